// SPDX-License-Identifier: MIT
// What a mask paints, from the strengths it lets through to where it lets them.
#include <algorithm>
#include <cmath>
#include <map>

#include "stroke_area.h"
#include "views.h"

namespace svgfusion::icon {
namespace {

constexpr int kFull = 255;  // a picture has no more strengths
constexpr std::size_t kMaxItems = 200;
constexpr std::size_t kMaxCopied = 100'000;  // segments of parts, once for each that they lie over

// One paint of the mask, over those before it.
struct Item {
  int strength;  // of kFull
  bool is_opaque;
  std::vector<svg::ClipShape> area;  // a union
  Clips clips;
  svg::Box extent;
};

std::vector<FilledShape> shapes_of(const Item& item) {
  std::vector<FilledShape> shapes;
  for (const svg::ClipShape& part : item.area)
    shapes.push_back({part.path, part.rule, item.clips, {}});
  return shapes;
}

class MaskReader {
 public:
  MaskReader(const svg::Mask& mask, const svg::Matrix& to_box) : mask_(mask), to_box_(to_box) {}

  MaskViews read() {
    add(mask_.content, 1, {});
    MaskViews out;
    if (reason_.empty()) out.views = views();
    out.reason = std::move(reason_);
    return out;
  }

 private:
  void fail(const char* reason) {
    if (reason_.empty()) reason_ = reason;
  }

  void add(const svg::Group& group, double alpha, Clips clips) {
    if (group.mask) fail("a mask inside a mask is not supported");
    if (group.opacity != 1 && group.children.size() > 1)
      fail("a half-transparent group of several shapes in a mask is not supported");
    for (auto clip = group.clip.get(); clip != nullptr; clip = clip->also.get()) {
      clips.emplace_back();
      for (const svg::ClipShape& part : clip->shapes)
        clips.back().push_back({part.path, to_box_ * part.transform, part.rule});
    }
    for (const svg::Node& node : group.children) {
      if (!reason_.empty()) return;
      if (const svg::Shape* shape = std::get_if<svg::Shape>(&node)) {
        add(*shape, alpha * group.opacity, clips);
      } else {
        add(std::get<svg::Group>(node), alpha * group.opacity, clips);
      }
    }
  }

  void add(const svg::Shape& shape, double alpha, const Clips& clips) {
    if (shape.fill && shape.stroke && alpha != 1)
      fail("a half-transparent shape with fill and stroke in a mask is not supported");
    if (shape.stroke && shape.stroke_first) add_stroke(shape, alpha, clips);
    if (shape.fill) {
      svg::Path path = svg::transformed(shape.path, to_box_ * shape.transform);
      close_for_fill(path);
      add(shape.fill->color, alpha, {{std::move(path), {}, shape.fill->rule}}, clips);
    }
    if (shape.stroke && !shape.stroke_first) add_stroke(shape, alpha, clips);
  }

  void add_stroke(const svg::Shape& shape, double alpha, const Clips& clips) {
    StrokeArea area = stroke_area(shape, to_box_ * shape.transform);
    if (!area.reason.empty()) {
      reason_ = std::move(area.reason);
      return;
    }
    std::vector<svg::ClipShape> parts;
    for (FilledShape& part : area.shapes) parts.push_back({std::move(part.path), {}, part.rule});
    add(shape.stroke->color, alpha, std::move(parts), clips);
  }

  void add(svg::Color color, double alpha, std::vector<svg::ClipShape> area, const Clips& clips) {
    color.alpha *= alpha;
    Item item{static_cast<int>(std::lround(kFull * svg::strength(color, mask_))),
              color.alpha == 1,
              std::move(area),
              {},
              {}};
    for (const svg::ClipShape& part : item.area) item.extent.join(svg::bounds(part.path));
    if (item.extent.empty()) return;
    item.clips = that_cut(clips, item.extent);
    if (!item.is_opaque && lies_over_another(item))
      fail("half-transparent parts of a mask lie over each other");
    items_.push_back(std::move(item));
    if (items_.size() > kMaxItems) fail("a mask has too many parts");
  }

  // Over what lets nothing through a half-transparent part is as over nothing.
  bool lies_over_another(const Item& item) const {
    return std::any_of(items_.begin(), items_.end(), [&](const Item& before) {
      return before.strength > 0 && !svg::apart(before.extent, item.extent) &&
             overlap(shapes_of(before), shapes_of(item));
    });
  }

  // Each part shows where none of another strength was painted over it.
  std::vector<View> views() {
    std::map<int, View> by_strength;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      Item& item = items_[i];
      if (item.strength == 0) continue;
      Opening opening{item.clips, {}};
      for (std::size_t over = i + 1; over < items_.size(); ++over) {
        const Item& other = items_[over];
        if (other.strength == item.strength || svg::apart(other.extent, item.extent)) continue;
        if (!other.clips.empty()) fail("a clip path inside a mask is not supported");
        opening.without.insert(opening.without.end(), other.area.begin(), other.area.end());
        for (const svg::ClipShape& part : other.area) copied_ += segment_count(part.path);
        if (copied_ > kMaxCopied) fail("a mask has too many parts over each other");
        if (!reason_.empty()) return {};
      }
      opening.clips.push_back(item.area);
      View& view = by_strength.try_emplace(item.strength, View{0, {}}).first->second;
      view.alpha = static_cast<double>(item.strength) / kFull;
      view.openings.push_back(std::move(opening));
    }
    std::vector<View> out;
    out.reserve(by_strength.size());
    for (auto& [strength, view] : by_strength) out.push_back(std::move(view));
    return out;
  }

  const svg::Mask& mask_;
  const svg::Matrix& to_box_;
  std::vector<Item> items_;
  std::size_t copied_ = 0;
  std::string reason_;
};

}  // namespace

MaskViews mask_views(const svg::Mask& mask, const svg::Matrix& to_box) {
  return MaskReader(mask, to_box).read();
}

}  // namespace svgfusion::icon
