// SPDX-License-Identifier: MIT
#include "svgfusion/svg/length.h"

#include <array>
#include <cmath>
#include <numbers>

#include "svgfusion/base/text.h"

namespace svgfusion::svg {
namespace {

struct UnitName {
  std::string_view name;
  double factor;
  Length::Unit unit = Length::Unit::kUser;
};
// CSS Values 4 §6. Those that measure a font's letters are what they are without a font.
constexpr std::array<UnitName, 13> kUnits{{{"", 1},
                                           {"px", 1},
                                           {"pt", 96.0 / 72},
                                           {"pc", 16},
                                           {"in", 96},
                                           {"mm", 96 / 25.4},
                                           {"cm", 96 / 2.54},
                                           {"q", 96 / 101.6},
                                           {"em", 1, Length::Unit::kEm},
                                           {"ex", 0.5, Length::Unit::kEm},
                                           {"ch", 0.5, Length::Unit::kEm},
                                           {"ic", 1, Length::Unit::kEm},
                                           {"rem", 1, Length::Unit::kRem}}};

}  // namespace

Length Length::computed(const LengthContext& context) const {
  return unit == Unit::kPercent ? *this : Length{resolve(context, LengthAxis::kOther)};
}

double Length::resolve(const LengthContext& context, LengthAxis axis) const {
  switch (unit) {
    case Unit::kUser:
      return value;
    case Unit::kEm:
      return value * context.font_size;
    case Unit::kRem:
      return value * context.root_font_size;
    case Unit::kPercent:
      break;
  }
  const double share = value / 100;
  switch (axis) {
    case LengthAxis::kX:
      return share * context.viewport_width;
    case LengthAxis::kY:
      return share * context.viewport_height;
    case LengthAxis::kOther:
      break;
  }
  return share * std::hypot(context.viewport_width, context.viewport_height) / std::sqrt(2.0);
}

std::optional<Length> parse_length(Cursor& cursor) {
  cursor.skip_space();
  const auto value = cursor.number();
  if (!value) return std::nullopt;
  if (cursor.take('%')) return Length{*value, Length::Unit::kPercent};
  const std::size_t before = cursor.position();
  const std::string unit = base::lower(cursor.identifier());
  for (const UnitName& row : kUnits) {
    if (unit == row.name) return Length{*value * row.factor, row.unit};
  }
  cursor.move_to(before);
  return std::nullopt;
}

std::optional<Length> parse_length(std::string_view text) {
  Cursor cursor(text);
  const auto length = parse_length(cursor);
  cursor.skip_space();
  return cursor.at_end() ? length : std::nullopt;
}

std::optional<double> parse_angle(Cursor& cursor) {
  const std::size_t begin = cursor.position();
  const auto value = cursor.number();
  if (!value) return std::nullopt;
  const std::string unit = base::lower(cursor.identifier());
  if (unit.empty() || unit == "deg") return value;
  if (unit == "grad") return *value * 0.9;
  if (unit == "rad") return *value * 180 / std::numbers::pi;
  if (unit == "turn") return *value * 360;
  cursor.move_to(begin);
  return std::nullopt;
}

}  // namespace svgfusion::svg
