// SPDX-License-Identifier: MIT
#include "shape_paint.h"

#include <algorithm>
#include <iterator>

#include "style_values.h"

namespace svgfusion::svg {
namespace {

std::optional<Fill> fill_of(const Style& style, const Path& path, PaintServers& servers,
                            const std::function<void(std::string)>& explain) {
  const auto color = servers.solid_color(style.fill, style, path, explain);
  if (!color) return std::nullopt;
  Fill fill{*color, style.fill_rule};
  fill.color.alpha *= style.fill_opacity;
  return fill.color.alpha == 0 ? std::nullopt : std::optional(fill);
}

std::optional<Stroke> stroke_of(const Style& style, const LengthContext& lengths, const Path& path,
                                PaintServers& servers,
                                const std::function<void(std::string)>& explain) {
  const auto resolved = [&](Length length) { return length.resolve(lengths, LengthAxis::kOther); };
  const auto color = servers.solid_color(style.stroke, style, path, explain);
  if (!color || !(resolved(style.stroke_width) > 0)) return std::nullopt;
  Stroke stroke{*color,
                resolved(style.stroke_width),
                style.stroke_linecap,
                style.stroke_linejoin,
                style.stroke_miterlimit,
                {},
                resolved(style.stroke_dashoffset)};
  std::transform(style.stroke_dasharray.begin(), style.stroke_dasharray.end(),
                 std::back_inserter(stroke.dashes), resolved);
  // Dashes of no length in all are none (SVG 2 §13.5.6).
  if (std::all_of(stroke.dashes.begin(), stroke.dashes.end(), [](double d) { return d == 0; }))
    stroke.dashes.clear();
  stroke.color.alpha *= style.stroke_opacity;
  return stroke.color.alpha == 0 ? std::nullopt : std::optional(std::move(stroke));
}

double length_of(const Path& path) {
  double total = 0;
  for (const Subpath& subpath : path.subpaths) {
    const Box box = bounds(subpath);
    const std::vector<Point> points =
        flatten(subpath, 1e-4 * std::max(box.width(), box.height()) + 1e-9);
    for (std::size_t i = 1; i < points.size(); ++i) total += distance(points[i - 1], points[i]);
  }
  return total;
}

// pathLength (SVG 2 §9.6.1): dashes are in units of which the whole path has so many.
void scale_dashes(const Element& element, const Path& path, Stroke& stroke) {
  const std::string_view* text = element.find("pathLength");
  if (text == nullptr || stroke.dashes.empty()) return;
  const auto stated = parse_length(std::string_view(*text));
  if (!stated || !(stated->value > 0)) return;
  const double scale = length_of(path) / stated->value;
  for (double& dash : stroke.dashes) dash *= scale;
  stroke.dash_offset *= scale;
}

}  // namespace

std::optional<Shape> painted_shape(Path path, const Element& element, const Declared& declared,
                                   const Style& style, const LengthContext& lengths,
                                   const Matrix& matrix, double screen_scale, PaintServers& servers,
                                   const std::function<void(std::string)>& explain) {
  Shape shape;
  shape.fill = fill_of(style, path, servers, explain);
  shape.stroke = stroke_of(style, lengths, path, servers, explain);
  if (!shape.fill && !shape.stroke) return std::nullopt;
  shape.path = std::move(path);
  shape.transform = matrix;
  if (shape.stroke) {
    scale_dashes(element, shape.path, *shape.stroke);
    // SVG 2 §8.13: the stroke is as on the screen, whatever the transforms between are.
    if (is_keyword(declared[Property::kVectorEffect], "non-scaling-stroke")) {
      const double px = 1 / screen_scale;
      shape.path = transformed(shape.path, matrix);
      shape.transform = {};
      shape.stroke->width *= px;
      for (double& dash : shape.stroke->dashes) dash *= px;
      shape.stroke->dash_offset *= px;
    }
  }
  shape.stroke_first = style.stroke_first;
  shape.crisp_edges = style.crisp_edges;
  shape.line = element.line;
  return shape;
}

}  // namespace svgfusion::svg
