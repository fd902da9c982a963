// SPDX-License-Identifier: MIT
#include "svgfusion/icon/canonical.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "clips.h"
#include "dashes.h"
#include "dots.h"
#include "layers.h"
#include "shape_sets.h"
#include "stroke_area.h"
#include "svgfusion/base/text.h"
#include "svgfusion/icon/region.h"
#include "views.h"

namespace svgfusion::icon {
namespace {

using base::concat;
using svg::Box;
using svg::Matrix;

// Of a drawing that may become an icon: a hundred times what 99 of 100 icons have.
constexpr std::size_t kMaxSegments = 50'000;
constexpr std::size_t kMaxCutting = 1'000'000;  // segments of clips and masks, once for each shape

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

// Then its opacity is another thing than that of each of its paints.
bool paints_more_than_once(const svg::Group& group) {
  if (group.children.size() != 1) return group.children.size() > 1;
  const svg::Shape* shape = std::get_if<svg::Shape>(&group.children[0]);
  return shape == nullptr || (shape->fill && shape->stroke);
}

double overhang(const Box& box) {
  return std::max({-box.min_x, -box.min_y, box.max_x - kBoxSize, box.max_y - kBoxSize});
}

class Canonicaliser {
 public:
  Canonicaliser(const svg::Document& document, const CanonicalOptions& options,
                const CanonicalEffort& effort)
      : document_(document),
        options_(options),
        enough_contours_(effort.enough_contours),
        to_box_(to_box(document)),
        layers_(effort.cuts_layers) {}

  CanonicalResult run() {
    for (const svg::Problem& problem : document_.problems) {
      if (problem.kind == svg::Problem::Kind::kUnsupported) return {{}, to_text(problem)};
    }
    collect(document_.root, {});
    if (!reason_.empty()) return {{}, reason_, false, layers_.had_cuts()};
    return finish();
  }

 private:
  // The first reason counts; an empty one is none.
  void fail(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
  }

  void collect(const svg::Group& group, Views views) {
    if (group.opacity != 1 && paints_more_than_once(group) && !options_.drop_colors) {
      LayerStack around = std::exchange(layers_, layers_.begin_group());
      collect_within(group, std::move(views));
      LayerStack own = std::exchange(layers_, std::move(around));
      if (reason_.empty()) fail(layers_.end_group(std::move(own), group.opacity));
      return;
    }
    views.fade(group.opacity);
    collect_within(group, std::move(views));
  }

  void collect_within(const svg::Group& group, Views views) {
    for (auto clip = group.clip.get(); clip != nullptr; clip = clip->also.get())
      views.cut(*clip, to_box_);
    if (group.mask) fail(views.cut(*group.mask, to_box_));
    if (group.children.size() > 1 && views.are_faded() && !options_.drop_colors) fail(kFadedGroup);
    for (const svg::Node& node : group.children) {
      if (!reason_.empty()) return;
      if (const svg::Shape* shape = std::get_if<svg::Shape>(&node)) {
        add_shape(*shape, views);
      } else {
        collect(std::get<svg::Group>(node), views);
      }
    }
  }

  void add_shape(const svg::Shape& shape, const Views& views) {
    spend(shape.path);
    if (shape.fill && shape.stroke && views.are_faded() && !options_.drop_colors) fail(kFadedGroup);
    if (!reason_.empty()) return;
    const Matrix matrix = to_box_ * shape.transform;
    svg::Path path = svg::transformed(shape.path, matrix);
    if (!shape.stroke) {
      if (shape.fill) add_fill(shape, std::move(path), views);
      return;
    }
    if (!shape.fill) {
      add_stroke(shape, std::move(path), matrix, views);
      return;
    }
    if (shape.stroke_first) add_stroke(shape, path, matrix, views);
    add_fill(shape, path, views);
    if (!shape.stroke_first) add_stroke(shape, std::move(path), matrix, views);
  }

  void spend(const svg::Path& path) {
    segments_ += segment_count(path);
    if (segments_ > kMaxSegments) fail(concat("has more than ", kMaxSegments, " path segments"));
  }

  std::uint32_t color_of(svg::Color color, double alpha) const {
    if (options_.drop_colors) return Style{}.color;
    color.alpha *= alpha;
    return pack_color(color);
  }

  void add_fill(const svg::Shape& shape, svg::Path path, const Views& views) {
    const Box extent = close_for_fill(path);
    if (path.empty() || is_beyond(extent)) return;
    std::vector<FilledShape> area(1);
    area[0].path = std::move(path);
    area[0].rule = shape.fill->rule;
    add_area(std::move(area), extent, shape.fill->color, views);
  }

  // Paints the union of shapes, which have this extent, wherever it shows.
  void add_area(std::vector<FilledShape> area, const Box& extent, const svg::Color& color,
                const Views& views) {
    cutting_ += area.size() * views.cost();
    if (cutting_ > kMaxCutting) fail("its clip paths and masks cut too many shapes");
    for (const View& view : views) {
      if (!reason_.empty()) return;
      if (view.openings.empty()) {  // then there is no other view
        add_shown(std::move(area), extent, color_of(color, view.alpha));
        return;
      }
      std::vector<FilledShape> shown = seen_in(view, area);
      const Box seen = extent_of(shown);
      add_shown(std::move(shown), seen, color_of(color, view.alpha));
    }
  }

  void add_shown(std::vector<FilledShape> area, const Box& extent, std::uint32_t color) {
    if (area.empty() || is_beyond(extent)) return;
    cut_at_picture(area, extent);
    if (!reason_.empty()) return;
    Style style;
    style.color = color;
    fail(layers_.add_fills(style, extent, std::move(area)));
  }

  void add_stroke(const svg::Shape& shape, svg::Path path, const Matrix& matrix,
                  const Views& views) {
    const svg::Stroke& stroke = *shape.stroke;
    const double scale = matrix.mean_scale();
    Style style;
    style.kind = Style::Kind::kStroke;
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
    const View* view = views.of_all(extent);
    if (options_.expand_strokes || !matrix.is_similarity() || view == nullptr) {
      expand_stroke(shape, matrix, views);
      return;
    }
    if (is_beyond(extent)) return;
    if (overhang(line) > options_.max_outside) {
      expand_stroke(shape, matrix, views);
      return;
    }
    style.color = color_of(stroke.color, view->alpha);
    std::vector<svg::Subpath>& pieces = path.subpaths;
    if (!stroke.dashes.empty()) {
      std::vector<double> dashes = stroke.dashes;
      for (double& dash : dashes) dash *= scale;
      auto cut = cut_into_dashes(path, dashes, stroke.dash_offset * scale);
      if (!cut) {
        fail(kTooManyDashes);
        return;
      }
      pieces = std::move(*cut);
    }
    add_strokes(style, extent, std::move(pieces));
  }

  // Dots draw by their caps alone, so that rounding cannot lose them.
  void add_strokes(Style style, const Box& extent, std::vector<svg::Subpath> pieces) {
    std::vector<svg::Subpath> round, square;  // dots of other caps than the stroke has
    std::erase_if(pieces, [&](svg::Subpath& piece) {
      const auto cap = cap_of_dot(piece, style.cap, style.join);
      if (!cap) return false;
      if (*cap == svg::LineCap::kButt) return true;
      piece = dot_in(piece);
      if (*cap == style.cap) return false;
      (*cap == svg::LineCap::kRound ? round : square).push_back(std::move(piece));
      return true;
    });
    const auto add = [&](svg::LineCap cap, std::vector<svg::Subpath>& of_cap) {
      style.cap = cap;
      if (!of_cap.empty()) fail(layers_.add_strokes(style, extent, std::move(of_cap)));
    };
    add(style.cap, pieces);
    add(svg::LineCap::kRound, round);
    add(svg::LineCap::kSquare, square);
  }

  // As the fill of its outline: on request, and where no single stroke looks so.
  void expand_stroke(const svg::Shape& shape, const Matrix& matrix, const Views& views) {
    StrokeArea area = stroke_area(shape, matrix);
    fail(std::move(area.reason));
    const Box extent = extent_of(area.shapes);
    if (!area.shapes.empty() && !is_beyond(extent))
      add_area(std::move(area.shapes), extent, shape.stroke->color, views);
  }

  CanonicalResult finish() {
    const bool had_cuts = layers_.had_cuts();
    LayerContours contours = contours_of(layers_.take(), enough_contours_);
    fail(std::move(contours.reason));
    if (!reason_.empty() || contours.is_too_large)
      return {{}, reason_, contours.is_too_large, had_cuts};
    Icon& icon = contours.icon;
    if (icon.contours.empty()) fail("nothing is drawn");
    Box all;
    for (const Contour& contour : icon.contours) all.join(bounds(contour.geometry));
    require_within_box(all, options_.max_outside);
    if (!reason_.empty()) return {{}, reason_};
    put_in_order(icon);
    return {std::move(icon), {}, false, had_cuts};
  }

  // Beyond the picture nothing is shown: a little over its edge is kept, as it was drawn; what
  // reaches farther is cut off there.
  void cut_at_picture(std::vector<FilledShape>& shapes, const Box& extent) {
    if (overhang(extent) <= options_.max_outside) return;
    const svg::ClipShape picture{rectangle(document_.width, document_.height),
                                 picture_to_box(document_), svg::FillRule::kNonZero};
    for (FilledShape& shape : shapes) {
      if (!shape.is_cut()) require_within_box(bounds(shape.path), kMaxOverhang);
      shape.clips.push_back({picture});
    }
  }

  void require_within_box(const Box& box, double most) {
    if (overhang(box) > most)
      fail(concat("the drawing reaches more than ", most, " over its view box"));
  }

  const svg::Document& document_;
  const CanonicalOptions& options_;
  std::size_t enough_contours_;
  Matrix to_box_;
  LayerStack layers_;
  std::size_t segments_ = 0;
  std::size_t cutting_ = 0;
  std::string reason_;
};

}  // namespace

CanonicalResult canonical_icon(const svg::Document& document, const CanonicalOptions& options,
                               const CanonicalEffort& effort) {
  return Canonicaliser(document, options, effort).run();
}

}  // namespace svgfusion::icon
