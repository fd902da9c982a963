// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "svgfusion/svg/cursor.h"

namespace svgfusion::svg {

struct Color {
  std::uint8_t red = 0, green = 0, blue = 0;
  double alpha = 1;  // 0 to 1
  friend bool operator==(const Color&, const Color&) = default;
};

// #rgb, #rgba, #rrggbb, #rrggbbaa, rgb(), rgba(), hsl(), hsla(), hwb() and the named colours (CSS
// Color 4; case-insensitive). `currentColor` and `none` are for the caller. Unset when there is no
// colour at the cursor.
std::optional<Color> parse_color(Cursor& cursor);
std::optional<Color> parse_color(std::string_view text);

// "#rrggbb"; alpha is written apart.
std::string to_hex(const Color& color);

// Relative luminance, 0 to 1, of the channels as they are; alpha does not count.
double luminance(const Color& color);
// The gray, with the same alpha, whose luminance is that of the colour's linear light.
Color linear_gray(const Color& color);

// The light that a channel of sRGB stands for, 0 to 1 (CSS Color 4 §10.2).
double linear_light(std::uint8_t channel);

}  // namespace svgfusion::svg
