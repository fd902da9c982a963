// SPDX-License-Identifier: MIT
#include "stroke_area.h"

#include <algorithm>

#include "dashes.h"
#include "layers.h"
#include "stroke_outline.h"

namespace svgfusion::icon {
namespace {

constexpr double kLeastScale = 1e-6;
constexpr std::size_t kMaxShapes = 5'000;

}  // namespace

StrokeArea stroke_area(const svg::Shape& shape, const svg::Matrix& to_box) {
  const svg::Stroke& stroke = *shape.stroke;
  StrokeArea out;
  svg::Path path = shape.path;
  if (!stroke.dashes.empty()) {
    auto cut = cut_into_dashes(path, stroke.dashes, stroke.dash_offset);
    if (!cut) {
      out.reason = kTooManyDashes;
      return out;
    }
    path.subpaths = std::move(*cut);
  }
  const double scale = std::max(to_box.mean_scale(), kLeastScale);
  const Pen pen{stroke.width, stroke.cap, stroke.join, stroke.miterlimit};
  out.shapes = stroke_shapes(path, pen, kOutlineTolerance / scale);
  if (out.shapes.size() > kMaxShapes) out.reason = "a stroke has too many parts to be expanded";
  for (FilledShape& part : out.shapes) part.path = svg::transformed(part.path, to_box);
  return out;
}

}  // namespace svgfusion::icon
