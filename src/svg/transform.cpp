// SPDX-License-Identifier: MIT
#include "svgfusion/svg/transform.h"

#include <algorithm>
#include <numbers>

#include "svgfusion/base/text.h"
#include "svgfusion/svg/cursor.h"

namespace svgfusion::svg {
namespace {

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

std::optional<Matrix> function_matrix(std::string_view name, const std::vector<double>& n) {
  if (name == "matrix" && n.size() == 6) return Matrix{n[0], n[1], n[2], n[3], n[4], n[5]};
  if (name == "translate" && (n.size() == 1 || n.size() == 2)) {
    return translation(n[0], n.size() == 2 ? n[1] : 0);
  }
  if (name == "scale" && (n.size() == 1 || n.size() == 2)) {
    return scaling(n[0], n.size() == 2 ? n[1] : n[0]);
  }
  if (name == "rotate" && (n.size() == 1 || n.size() == 3)) {
    const double c = std::cos(radians(n[0]));
    const double s = std::sin(radians(n[0]));
    const Matrix turn{c, s, -s, c, 0, 0};
    if (n.size() == 1) return turn;
    return translation(n[1], n[2]) * turn * translation(-n[1], -n[2]);
  }
  if (name == "skewX" && n.size() == 1) return Matrix{1, 0, std::tan(radians(n[0])), 1, 0, 0};
  if (name == "skewY" && n.size() == 1) return Matrix{1, std::tan(radians(n[0])), 0, 1, 0, 0};
  return std::nullopt;
}

// The functions that only style sheets know, by those that attributes know too.
std::optional<Matrix> css_function_matrix(std::string_view name, const std::vector<double>& n) {
  if (name == "rotate" && n.size() != 1) return std::nullopt;
  if (n.size() == 1) {
    if (name == "translateX") return translation(n[0], 0);
    if (name == "translateY") return translation(0, n[0]);
    if (name == "scaleX") return scaling(n[0], 1);
    if (name == "scaleY") return scaling(1, n[0]);
    if (name == "rotateZ") return function_matrix("rotate", n);
    if (name == "skew") return function_matrix("skewX", n);
  }
  if (name == "skew" && n.size() == 2)
    return Matrix{1, std::tan(radians(n[1])), std::tan(radians(n[0])), 1, 0, 0};
  return function_matrix(name, n);
}

// Numbers, angles in degrees, or lengths, by what the function takes (CSS Transforms 1 §9); the
// opening bracket is already taken.
std::optional<std::vector<double>> css_arguments(std::string_view name, Cursor& cursor,
                                                 const LengthContext& lengths) {
  const bool takes_lengths = name.starts_with("translate");
  const bool takes_angles = name.starts_with("rotate") || name.starts_with("skew");
  std::vector<double> values;
  cursor.skip_space();
  while (!cursor.take(')')) {
    if (takes_lengths) {
      const auto length = parse_length(cursor);
      if (!length) return std::nullopt;
      const bool is_second = name == "translateY" || values.size() == 1;
      values.push_back(length->resolve(lengths, is_second ? LengthAxis::kY : LengthAxis::kX));
    } else if (takes_angles) {
      const auto angle = parse_angle(cursor);
      if (!angle) return std::nullopt;
      values.push_back(*angle);
    } else {
      const auto number = cursor.number();
      if (!number) return std::nullopt;
      values.push_back(cursor.take('%') ? *number / 100 : *number);
    }
    cursor.skip_space_and_comma();
  }
  return values;
}

}  // namespace

std::optional<Matrix> parse_transform(std::string_view text) {
  Matrix result;
  Cursor cursor(text);
  cursor.skip_space();
  while (!cursor.at_end()) {
    const std::string_view name = cursor.identifier();
    cursor.skip_space();
    if (name.empty() || !cursor.take('(')) return std::nullopt;
    std::vector<double> numbers;
    cursor.skip_space();
    while (!cursor.take(')')) {
      const auto value = cursor.number();
      if (!value) return std::nullopt;
      numbers.push_back(*value);
      cursor.skip_space_and_comma();
    }
    const auto matrix = function_matrix(name, numbers);
    if (!matrix) return std::nullopt;
    result = result * *matrix;
    cursor.skip_space_and_comma();
  }
  return result;
}

std::optional<Matrix> parse_css_transform(std::string_view text, const LengthContext& lengths) {
  Matrix result;
  Cursor cursor(text);
  cursor.skip_space();
  if (cursor.rest() == "none") return result;
  while (!cursor.at_end()) {
    const std::string_view name = cursor.identifier();
    if (name.empty() || !cursor.take('(')) return std::nullopt;
    const auto arguments = css_arguments(name, cursor, lengths);
    const auto matrix = arguments ? css_function_matrix(name, *arguments) : std::nullopt;
    if (!matrix) return std::nullopt;
    result = result * *matrix;
    cursor.skip_space();
  }
  return result;
}

std::optional<Point> parse_transform_origin(std::string_view text, const LengthContext& lengths) {
  struct Item {
    std::string_view word;  // empty: a length
    Length length;
  };
  std::vector<Item> items;
  Cursor cursor(text);
  cursor.skip_space();
  while (!cursor.at_end()) {
    if (const auto length = parse_length(cursor)) {
      items.push_back({{}, *length});
    } else if (const std::string_view word = cursor.identifier(); !word.empty()) {
      items.push_back({word, {}});
    } else {
      return std::nullopt;
    }
    cursor.skip_space();
  }
  // A third value, the depth, moves nothing in a plane.
  if (items.empty() || items.size() > 3 || (items.size() == 3 && !items[2].word.empty()))
    return std::nullopt;
  const bool one = items.size() == 1;
  items.resize(2, {"center", {}});
  const auto fits = [](const Item& item, std::string_view near, std::string_view far) {
    return item.word.empty() || item.word == "center" || item.word == near || item.word == far;
  };
  const auto is_vertical = [](const Item& i) { return i.word == "top" || i.word == "bottom"; };
  // Two keywords, or one alone, may stand in either order.
  const bool words = !items[0].word.empty() && !items[1].word.empty();
  if ((one || words) && (is_vertical(items[0]) || !fits(items[1], "top", "bottom")))
    std::swap(items[0], items[1]);
  if (!fits(items[0], "left", "right") || !fits(items[1], "top", "bottom")) return std::nullopt;
  const auto resolve = [&](const Item& item, LengthAxis axis) {
    Length length = item.length;
    if (!item.word.empty()) {
      const bool far = item.word == "right" || item.word == "bottom";
      length = {item.word == "center" ? 50.0 : far ? 100.0 : 0.0, Length::Unit::kPercent};
    }
    return length.resolve(lengths, axis);
  };
  return Point{resolve(items[0], LengthAxis::kX), resolve(items[1], LengthAxis::kY)};
}

AspectRatio parse_aspect_ratio(std::string_view text) {
  AspectRatio ratio;
  Cursor cursor(text);
  const auto next_word = [&] {
    cursor.skip_space();
    return cursor.identifier();
  };
  std::string_view align = next_word();
  if (align == "defer") align = next_word();
  if (align == "none") {
    ratio.none = true;
  } else {
    const auto share = [](std::string_view part) -> std::optional<double> {
      if (part == "Min") return 0;
      if (part == "Mid") return 0.5;
      if (part == "Max") return 1;
      return std::nullopt;
    };
    if (align.size() != 8 || align[0] != 'x' || align[4] != 'Y') return {};
    const auto x = share(align.substr(1, 3));
    const auto y = share(align.substr(5, 3));
    if (!x || !y) return {};
    ratio.align_x = *x;
    ratio.align_y = *y;
  }
  const std::string_view fit = next_word();
  ratio.slice = fit == "slice";
  if (!fit.empty() && fit != "meet" && fit != "slice") return {};
  cursor.skip_space();
  return cursor.at_end() ? ratio : AspectRatio{};
}

std::optional<ViewBox> parse_view_box(std::string_view text) {
  double values[4];
  Cursor cursor(text);
  cursor.skip_space();
  for (double& value : values) {
    const auto number = cursor.number();
    if (!number) return std::nullopt;
    value = *number;
    cursor.skip_space_and_comma();
  }
  if (!cursor.at_end() || values[2] < 0 || values[3] < 0) return std::nullopt;
  return ViewBox{values[0], values[1], values[2], values[3]};
}

Matrix view_box_transform(const ViewBox& box, const AspectRatio& ratio, double x, double y,
                          double width, double height) {
  double scale_x = width / box.width;
  double scale_y = height / box.height;
  if (!ratio.none) {
    scale_x = scale_y = ratio.slice ? std::max(scale_x, scale_y) : std::min(scale_x, scale_y);
  }
  const double shift_x = x + (width - box.width * scale_x) * ratio.align_x - box.x * scale_x;
  const double shift_y = y + (height - box.height * scale_y) * ratio.align_y - box.y * scale_y;
  return {scale_x, 0, 0, scale_y, shift_x, shift_y};
}

}  // namespace svgfusion::svg
