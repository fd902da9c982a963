// SPDX-License-Identifier: MIT
#include "svgfusion/svg/shapes.h"

#include <algorithm>
#include <array>

#include "style_values.h"
#include "svgfusion/base/text.h"
#include "svgfusion/svg/path_builder.h"
#include "svgfusion/svg/path_data.h"

namespace svgfusion::svg {
namespace {

using base::concat;

class Attributes {
 public:
  Attributes(const Element& element, const Declared& declared, const LengthContext& context)
      : element_(element), declared_(declared), context_(context) {}

  // Unset when absent, "auto" or not a length.
  std::optional<double> get(Property property, LengthAxis axis) const {
    return resolve(declared_[property], axis);
  }
  double get_or_zero(Property property, LengthAxis axis) const {
    return get(property, axis).value_or(0);
  }
  double get_or_zero(std::string_view name, LengthAxis axis) const {
    return resolve(text(name), axis).value_or(0);
  }
  std::string_view text(std::string_view name) const {
    const std::string_view* value = element_.find(name);
    return value == nullptr ? std::string_view() : std::string_view(*value);
  }
  // The d attribute, or what stands in "d: path('…')".
  std::string_view path_data() const {
    std::string_view value = declared_[Property::kD];
    if (is_keyword(value, "none")) return {};
    if (!declared_.is_from_css(Property::kD)) return text("d");
    const std::size_t begin = value.find_first_of("'\"");
    const std::size_t end = value.find_last_of("'\"");
    return begin < end ? value.substr(begin + 1, end - begin - 1) : std::string_view();
  }

 private:
  std::optional<double> resolve(std::string_view text, LengthAxis axis) const {
    const auto length = parse_length(text);
    if (!length) return std::nullopt;
    return length->resolve(context_, axis);
  }

  const Element& element_;
  const Declared& declared_;
  const LengthContext& context_;
};

// Four quarter arcs from the 3 o'clock point on (§10.3, §10.4).
void add_ellipse(PathBuilder& builder, double cx, double cy, double rx, double ry) {
  builder.move_to({cx + rx, cy});
  builder.arc_to(rx, ry, 0, false, true, {cx, cy + ry});
  builder.arc_to(rx, ry, 0, false, true, {cx - rx, cy});
  builder.arc_to(rx, ry, 0, false, true, {cx, cy - ry});
  builder.arc_to(rx, ry, 0, false, true, {cx + rx, cy});
  builder.close();
}

// A negative radius counts as absent; one given stands for both ("auto" in SVG 2).
std::pair<double, double> radii(const Attributes& in) {
  auto rx = in.get(Property::kRx, LengthAxis::kX);
  auto ry = in.get(Property::kRy, LengthAxis::kY);
  if (rx && *rx < 0) rx.reset();
  if (ry && *ry < 0) ry.reset();
  return {rx.value_or(ry.value_or(0)), ry.value_or(rx.value_or(0))};
}

ShapeGeometry rect(const Attributes& in) {
  const double x = in.get_or_zero(Property::kX, LengthAxis::kX);
  const double y = in.get_or_zero(Property::kY, LengthAxis::kY);
  const double width = in.get_or_zero(Property::kWidth, LengthAxis::kX);
  const double height = in.get_or_zero(Property::kHeight, LengthAxis::kY);
  if (!(width > 0) || !(height > 0)) return {{}, "a rect needs a positive width and height"};
  auto [rx, ry] = radii(in);
  rx = std::min(rx, width / 2);
  ry = std::min(ry, height / 2);
  PathBuilder builder;
  if (rx == 0 || ry == 0) {
    builder.move_to({x, y});
    builder.line_to({x + width, y});
    builder.line_to({x + width, y + height});
    builder.line_to({x, y + height});
    builder.close();
    return {builder.take(), {}};
  }
  const auto line = [&](Point p) {
    if (!(builder.current() == p)) builder.line_to(p);
  };
  builder.move_to({x + rx, y});
  line({x + width - rx, y});
  builder.arc_to(rx, ry, 0, false, true, {x + width, y + ry});
  line({x + width, y + height - ry});
  builder.arc_to(rx, ry, 0, false, true, {x + width - rx, y + height});
  line({x + rx, y + height});
  builder.arc_to(rx, ry, 0, false, true, {x, y + height - ry});
  line({x, y + ry});
  builder.arc_to(rx, ry, 0, false, true, {x + rx, y});
  builder.close();
  return {builder.take(), {}};
}

ShapeGeometry circle(const Attributes& in) {
  const double r = in.get_or_zero(Property::kR, LengthAxis::kOther);
  if (!(r > 0)) return {{}, "a circle needs a positive r"};
  PathBuilder builder;
  add_ellipse(builder, in.get_or_zero(Property::kCx, LengthAxis::kX),
              in.get_or_zero(Property::kCy, LengthAxis::kY), r, r);
  return {builder.take(), {}};
}

ShapeGeometry ellipse(const Attributes& in) {
  const auto [rx, ry] = radii(in);
  if (!(rx > 0) || !(ry > 0)) return {{}, "an ellipse needs positive radii"};
  PathBuilder builder;
  add_ellipse(builder, in.get_or_zero(Property::kCx, LengthAxis::kX),
              in.get_or_zero(Property::kCy, LengthAxis::kY), rx, ry);
  return {builder.take(), {}};
}

ShapeGeometry line(const Attributes& in) {
  PathBuilder builder;
  builder.move_to({in.get_or_zero("x1", LengthAxis::kX), in.get_or_zero("y1", LengthAxis::kY)});
  builder.line_to({in.get_or_zero("x2", LengthAxis::kX), in.get_or_zero("y2", LengthAxis::kY)});
  return {builder.take(), {}};
}

ShapeGeometry poly(const Attributes& in, bool closed) {
  const std::vector<Point> points = parse_points(in.text("points"));
  if (points.size() < 2) return {{}, "fewer than two points"};
  PathBuilder builder;
  builder.move_to(points[0]);
  for (std::size_t i = 1; i < points.size(); ++i) builder.line_to(points[i]);
  if (closed) builder.close();
  return {builder.take(), {}};
}

ShapeGeometry path(const Attributes& in) {
  ParsedPath parsed = parse_path(in.path_data());
  ShapeGeometry geometry{std::move(parsed.path), {}};
  if (parsed.error_at) {
    geometry.problem =
        concat("path data broken at character ", *parsed.error_at, "; what came before it is kept");
  }
  return geometry;
}

struct ShapeRow {
  std::string_view name;
  ShapeGeometry (*make)(const Attributes&);
};
constexpr std::array<ShapeRow, 7> kShapes{
    {{"path", path},
     {"rect", rect},
     {"circle", circle},
     {"ellipse", ellipse},
     {"line", line},
     {"polyline", [](const Attributes& in) { return poly(in, false); }},
     {"polygon", [](const Attributes& in) { return poly(in, true); }}}};

const ShapeRow* find_shape(std::string_view name) {
  for (const ShapeRow& row : kShapes) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

bool is_shape(std::string_view name) { return find_shape(name) != nullptr; }

ShapeGeometry shape_geometry(const Element& element, const Declared& declared,
                             const LengthContext& context) {
  return find_shape(element.name)->make(Attributes(element, declared, context));
}

}  // namespace svgfusion::svg
