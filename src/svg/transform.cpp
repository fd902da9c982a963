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

std::optional<Point> parse_transform_origin(std::string_view text, const LengthContext& lengths) {
  struct Item {
    std::string_view word;  // empty: a length
    Length length;
  };
  std::vector<Item> items;
  Cursor cursor(text);
  cursor.skip_space();
  while (!cursor.at_end() && items.size() < 2) {
    if (const auto length = parse_length(cursor)) {
      items.push_back({{}, *length});
    } else if (const std::string_view word = cursor.identifier(); !word.empty()) {
      items.push_back({word, {}});
    } else {
      return std::nullopt;
    }
    cursor.skip_space();
  }
  items.resize(2, {"center", {}});
  const auto is_vertical = [](const Item& i) { return i.word == "top" || i.word == "bottom"; };
  const auto is_horizontal = [](const Item& i) { return i.word == "left" || i.word == "right"; };
  if (is_vertical(items[0]) || is_horizontal(items[1])) std::swap(items[0], items[1]);
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
  for (const std::string& word : base::split(base::trim(text), ' ')) {
    if (word == "none") ratio.none = true;
    if (word == "slice") ratio.slice = true;
    if (word.size() == 8 && word[0] == 'x' && word[4] == 'Y') {
      const auto share = [](std::string_view part) {
        return part == "Min" ? 0.0 : part == "Max" ? 1.0 : 0.5;
      };
      ratio.align_x = share(std::string_view(word).substr(1, 3));
      ratio.align_y = share(std::string_view(word).substr(5, 3));
    }
  }
  return ratio;
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
