// SPDX-License-Identifier: MIT
#include "svgfusion/icon/canonical.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "clips.h"
#include "dashes.h"
#include "layers.h"
#include "stroke_outline.h"
#include "svgfusion/base/text.h"
#include "svgfusion/icon/region.h"

namespace svgfusion::icon {
namespace {

using base::concat;
using svg::Box;
using svg::Matrix;

constexpr double kSlack = 1e-6;
constexpr std::size_t kMaxOutlinePieces = 5'000;
// Of a drawing that may become an icon: a hundred times what 99 of 100 icons have.
constexpr std::size_t kMaxSegments = 50'000;

// Fills that reach farther over the box are no icon; found early, they cost no work on huge curves.
constexpr double kMaxOverhang = kBoxSize;

// From the document's own picture, which may have another shape than the box: fitted and centred.
Matrix picture_to_box(const svg::Document& document) {
  return svg::view_box_transform({0, 0, document.width, document.height}, {}, 0, 0, kBoxSize,
                                 kBoxSize);
}

// From view box units, through the picture.
Matrix to_box(const svg::Document& document) {
  return picture_to_box(document) * svg::view_box_transform(document.view_box,
                                                            document.aspect_ratio, 0, 0,
                                                            document.width, document.height);
}

// Stray parts of a drawing are left beyond the box, where no viewer shows them.
bool is_beyond(const Box& box) {
  return box.max_x < 0 || box.max_y < 0 || box.min_x > kBoxSize || box.min_y > kBoxSize;
}

double overhang(const Box& box) {
  return std::max({-box.min_x, -box.min_y, box.max_x - kBoxSize, box.max_y - kBoxSize});
}

class Canonicaliser {
 public:
  Canonicaliser(const svg::Document& document, const CanonicalOptions& options)
      : document_(document), options_(options), to_box_(to_box(document)) {}

  CanonicalResult run() {
    for (const svg::Problem& problem : document_.problems) {
      if (problem.kind == svg::Problem::Kind::kUnsupported) return {{}, to_text(problem)};
    }
    collect(document_.root, 1, {});
    if (reason_.empty()) finish();
    if (!reason_.empty()) return {{}, reason_};
    put_in_order(icon_);
    return {std::move(icon_), {}};
  }

 private:
  // The first reason counts; an empty one is none.
  void fail(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
  }

  void collect(const svg::Group& group, double alpha, Clips clips) {
    alpha *= group.opacity;
    if (group.opacity != 1 && !options_.drop_colors && group.children.size() > 1) {
      fail("a half-transparent group of several shapes cannot be kept as separate contours");
      return;
    }
    for (auto clip = group.clip.get(); clip != nullptr; clip = clip->also.get()) {
      clips.emplace_back();
      for (const svg::ClipShape& part : clip->shapes) {
        clips.back().push_back({part.path, to_box_ * part.transform, part.rule});
      }
    }
    for (const svg::Node& node : group.children) {
      if (!reason_.empty()) return;
      if (const svg::Shape* shape = std::get_if<svg::Shape>(&node)) {
        add_shape(*shape, alpha, clips);
      } else {
        collect(std::get<svg::Group>(node), alpha, clips);
      }
    }
  }

  void add_shape(const svg::Shape& shape, double alpha, const Clips& clips) {
    for (const svg::Subpath& subpath : shape.path.subpaths)
      segments_ += subpath.segments.size() + 1;
    if (segments_ > kMaxSegments) {
      fail(concat("has more than ", kMaxSegments, " path segments"));
      return;
    }
    if (shape.fill && shape.stroke && alpha != 1 && !options_.drop_colors) {
      fail("a half-transparent shape with fill and stroke cannot be kept as separate contours");
      return;
    }
    const Matrix matrix = to_box_ * shape.transform;
    svg::Path path = svg::transformed(shape.path, matrix);
    if (!shape.stroke) {
      if (shape.fill) add_fill(shape, std::move(path), alpha, clips);
      return;
    }
    if (!shape.fill) {
      add_stroke(shape, std::move(path), matrix, alpha, clips);
      return;
    }
    if (shape.stroke_first) add_stroke(shape, path, matrix, alpha, clips);
    add_fill(shape, path, alpha, clips);
    if (!shape.stroke_first) add_stroke(shape, std::move(path), matrix, alpha, clips);
  }

  std::uint32_t color_of(svg::Color color, double alpha) const {
    if (options_.drop_colors) return Style{}.color;
    color.alpha *= alpha;
    return pack_color(color);
  }

  void add_fill(const svg::Shape& shape, svg::Path path, double alpha, const Clips& clips) {
    Box extent;
    std::erase_if(path.subpaths, [&](svg::Subpath& subpath) {
      subpath.closed = true;
      const Box box = bounds(subpath);
      const bool has_area = box.width() > kSlack && box.height() > kSlack;
      if (has_area) extent.join(box);
      return !has_area;
    });
    if (path.empty() || is_beyond(extent)) return;
    FilledShape filled{std::move(path), shape.fill->rule, clips_of_fill(clips, extent)};
    if (!reason_.empty()) return;
    Style style;
    style.color = color_of(shape.fill->color, alpha);
    fail(layers_.add_fills(style, extent, {std::move(filled)}));
  }

  void add_stroke(const svg::Shape& shape, svg::Path path, const Matrix& matrix, double alpha,
                  const Clips& clips) {
    const svg::Stroke& stroke = *shape.stroke;
    if (options_.expand_strokes) {
      expand_stroke(shape, matrix, alpha, clips);
      return;
    }
    if (!matrix.is_similarity()) {
      fail("a stroke under an uneven scale or a skew has no single width");
      return;
    }
    const double scale = matrix.mean_scale();
    Style style;
    style.kind = Style::Kind::kStroke;
    style.color = color_of(stroke.color, alpha);
    style.width = stroke.width * scale;
    if (options_.width_step > 0) {
      style.width =
          std::max(1.0, std::round(style.width / options_.width_step)) * options_.width_step;
    }
    style.cap = stroke.cap;
    style.join = stroke.join;
    style.miterlimit =
        stroke.join == svg::LineJoin::kMiter ? stroke.miterlimit : Style{}.miterlimit;

    const Box line = svg::bounds(path);
    const double reach =
        0.5 * style.width * (style.join == svg::LineJoin::kMiter ? style.miterlimit : 1.5);
    const Box extent{line.min_x - reach, line.min_y - reach, line.max_x + reach,
                     line.max_y + reach};
    if (is_beyond(extent)) return;
    require_within_box(line, options_.max_outside);
    if (!reason_.empty()) return;
    if (!that_cut(clips, extent).empty()) {
      fail("a clip path cuts a stroke");
      return;
    }
    std::vector<svg::Subpath>& pieces = path.subpaths;
    if (!stroke.dashes.empty()) {
      std::vector<double> dashes = stroke.dashes;
      for (double& dash : dashes) dash *= scale;
      auto cut = cut_into_dashes(path, dashes, stroke.dash_offset * scale);
      if (!cut) {
        fail("a stroke is cut into too many dashes");
        return;
      }
      pieces = std::move(*cut);
    }
    std::erase_if(pieces, [&](svg::Subpath& piece) {
      const Box box = bounds(piece);
      const bool is_dot = box.width() < kSlack && box.height() < kSlack;
      if (is_dot) piece = {piece.start, {svg::line_to(piece.start)}, false};
      return is_dot && style.cap == svg::LineCap::kButt;
    });
    fail(layers_.add_strokes(style, extent, std::move(pieces)));
  }

  // The stroke as the fill of its outline; made in the shape's own units, where the pen is round.
  void expand_stroke(const svg::Shape& shape, const Matrix& matrix, double alpha,
                     const Clips& clips) {
    const svg::Stroke& stroke = *shape.stroke;
    svg::Path path = shape.path;
    if (!stroke.dashes.empty()) {
      auto cut = cut_into_dashes(path, stroke.dashes, stroke.dash_offset);
      if (!cut) {
        fail("a stroke is cut into too many dashes");
        return;
      }
      path.subpaths = std::move(*cut);
    }
    const double scale = std::max(matrix.mean_scale(), kSlack);
    const Pen pen{stroke.width, stroke.cap, stroke.join, stroke.miterlimit};
    const std::vector<svg::Subpath> pieces = stroke_pieces(path, pen, kOutlineTolerance / scale);
    if (pieces.size() > kMaxOutlinePieces) {
      fail("a stroke has too many parts to be expanded");
      return;
    }
    std::vector<FilledShape> fills;
    Box extent;
    for (const svg::Subpath& piece : pieces) {
      svg::Subpath moved = svg::transformed(piece, matrix);
      extent.join(bounds(moved));
      fills.push_back({{{std::move(moved)}}, svg::FillRule::kNonZero, {}});
    }
    if (fills.empty() || is_beyond(extent)) return;
    const Clips cutting = clips_of_fill(clips, extent);
    if (!reason_.empty()) return;
    for (FilledShape& fill : fills) fill.clips = cutting;
    Style style;
    style.color = color_of(stroke.color, alpha);
    fail(layers_.add_fills(style, extent, std::move(fills)));
  }

  void finish() {
    for (Layer& layer : layers_.take()) {
      const std::size_t row = icon_.styles.size();
      icon_.styles.push_back(layer.style);
      if (!layer.fills.empty()) {
        auto contours = even_odd_contours(std::move(layer.fills));
        if (!contours) {
          fail("overlapping outlines cannot be made one even-odd contour set");
          return;
        }
        for (svg::Subpath& contour : *contours) icon_.contours.push_back({std::move(contour), row});
      }
      for (svg::Subpath& stroke : layer.strokes) icon_.contours.push_back({std::move(stroke), row});
    }
    if (icon_.contours.empty()) {
      fail("nothing is drawn");
      return;
    }
    Box all;
    for (const Contour& contour : icon_.contours) {
      all.join(bounds(contour.geometry));
    }
    require_within_box(all, options_.max_outside);
  }

  // What cuts a fill of this extent. Beyond the picture nothing is shown: a little over its edge is
  // kept, as it was drawn; what reaches farther is cut off there.
  Clips clips_of_fill(const Clips& clips, const Box& extent) {
    Clips kept = that_cut(clips, extent);
    if (overhang(extent) <= options_.max_outside) return kept;
    if (kept.empty()) require_within_box(extent, kMaxOverhang);
    kept.push_back({{rectangle(document_.width, document_.height), picture_to_box(document_),
                     svg::FillRule::kNonZero}});
    return kept;
  }

  void require_within_box(const Box& box, double most) {
    if (overhang(box) > most)
      fail(concat("the drawing reaches more than ", most, " over its view box"));
  }

  const svg::Document& document_;
  const CanonicalOptions& options_;
  Matrix to_box_;
  LayerStack layers_;
  std::size_t segments_ = 0;
  Icon icon_;
  std::string reason_;
};

}  // namespace

CanonicalResult canonical_icon(const svg::Document& document, const CanonicalOptions& options) {
  return Canonicaliser(document, options).run();
}

}  // namespace svgfusion::icon
