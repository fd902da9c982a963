// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "svgfusion/svg/cursor.h"

namespace svgfusion::svg {

// What relative units refer to.
struct LengthContext {
  double viewport_width = 100;
  double viewport_height = 100;
  double font_size = 16;
  double root_font_size = 16;
};

enum class LengthAxis { kX, kY, kOther };  // kOther: the normalised diagonal (SVG 2 §8.9)

struct Length {
  enum class Unit { kUser, kPercent, kEm, kRem };
  double value = 0;  // absolute units are already user units: 1 in = 96 px (CSS Values 4 §6.2)
  Unit unit = Unit::kUser;

  double resolve(const LengthContext& context, LengthAxis axis) const;
  // What is inherited: in user units, or a percentage still, which refers to the viewport of the
  // element that uses it.
  Length computed(const LengthContext& context) const;
};

// A number with an optional unit; unset for anything else.
std::optional<Length> parse_length(Cursor& cursor);
std::optional<Length> parse_length(std::string_view text);

// In degrees: a number with deg, grad, rad, turn or nothing behind it (CSS Values 4 §7.1).
std::optional<double> parse_angle(Cursor& cursor);

}  // namespace svgfusion::svg
