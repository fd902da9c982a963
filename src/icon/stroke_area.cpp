// SPDX-License-Identifier: MIT
#include "stroke_area.h"

#include <algorithm>

#include "dashes.h"
#include "layers.h"
#include "stroke_outline.h"

namespace svgfusion::icon {
namespace {

constexpr double kLeastScale = 1e-6;
constexpr std::size_t kMaxPieces = 5'000;

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
  const std::vector<svg::Subpath> pieces = stroke_pieces(path, pen, kOutlineTolerance / scale);
  if (pieces.size() > kMaxPieces) {
    out.reason = "a stroke has too many parts to be expanded";
    return out;
  }
  for (const svg::Subpath& piece : pieces) {
    FilledShape fill;
    fill.path.subpaths.push_back(svg::transformed(piece, to_box));
    out.pieces.push_back(std::move(fill));
  }
  return out;
}

}  // namespace svgfusion::icon
