// SPDX-License-Identifier: MIT
#include "views.h"

#include <algorithm>

namespace svgfusion::icon {
namespace {

constexpr std::size_t kMaxCost = 100'000;  // of masks in masks, in segments

std::size_t cost_of(const std::vector<svg::ClipShape>& parts) {
  std::size_t cost = 0;
  for (const svg::ClipShape& part : parts) cost += segment_count(part.path);
  return cost;
}

std::size_t cost_of(const std::vector<View>& views) {
  std::size_t cost = 0;
  for (const View& view : views) {
    for (const Opening& opening : view.openings) {
      cost += 1 + cost_of(opening.without);
      for (const auto& clip : opening.clips) cost += cost_of(clip);
    }
  }
  return cost;
}

std::size_t openings_in(const std::vector<View>& views) {
  std::size_t count = 0;
  for (const View& view : views) count += view.openings.size();
  return count;
}

Opening both(Opening a, const Opening& b) {
  a.clips.insert(a.clips.end(), b.clips.begin(), b.clips.end());
  a.without.insert(a.without.end(), b.without.begin(), b.without.end());
  return a;
}

svg::Box extent_of(const svg::ClipShape& part) {
  return svg::bounds(svg::transformed(part.path, part.transform));
}

std::vector<svg::ClipShape> that_touch(const std::vector<svg::ClipShape>& parts,
                                       const svg::Box& box) {
  std::vector<svg::ClipShape> touching;
  std::copy_if(parts.begin(), parts.end(), std::back_inserter(touching),
               [&](const svg::ClipShape& part) { return !svg::apart(extent_of(part), box); });
  return touching;
}

// What the opening shows of a shape, as shapes whose union it is.
void add_seen(const Opening& opening, const FilledShape& shape, std::vector<FilledShape>& shown) {
  const svg::Box extent = svg::bounds(shape.path);
  FilledShape cut = shape;
  for (auto& clip : that_cut(opening.clips, extent)) cut.clips.push_back(std::move(clip));
  cut.without = that_touch(opening.without, extent);
  // A rectangle around all of a clip shows the clip.
  const auto within = [&](const auto& clip) {
    return std::all_of(clip.begin(), clip.end(), [&](const svg::ClipShape& part) {
      return extent.contains(extent_of(part), 0);
    });
  };
  const auto clip = is_rectangle(shape.path)
                        ? std::find_if(cut.clips.begin(), cut.clips.end(), within)
                        : cut.clips.end();
  if (clip == cut.clips.end()) {
    shown.push_back(std::move(cut));
    return;
  }
  const std::vector<svg::ClipShape> parts = std::move(*clip);
  cut.clips.erase(clip);
  for (const svg::ClipShape& part : parts) {
    FilledShape own = cut;
    own.path = svg::transformed(part.path, part.transform);
    own.rule = part.rule;
    close_for_fill(own.path);
    if (!own.path.empty()) shown.push_back(std::move(own));
  }
}

}  // namespace

void Views::fade(double opacity) {
  for (View& view : views_) view.alpha *= opacity;
}

void Views::cut(const svg::Clip& clip, const svg::Matrix& to_box) {
  std::vector<svg::ClipShape> parts;
  for (const svg::ClipShape& part : clip.shapes)
    parts.push_back({part.path, to_box * part.transform, part.rule});
  for (View& view : views_) {
    if (view.openings.empty()) view.openings.emplace_back();
    for (Opening& opening : view.openings) opening.clips.push_back(parts);
  }
}

std::string Views::cut(const svg::Mask& mask, const svg::Matrix& to_box) {
  const MaskViews of_mask = mask_views(mask, to_box);
  if (!of_mask.reason.empty()) return of_mask.reason;
  // Each opening of one goes with each of the other.
  if ((1 + openings_in(views_)) * cost_of(of_mask.views) +
          (1 + openings_in(of_mask.views)) * cost_of(views_) >
      kMaxCost)
    return "its masks have too many parts";
  std::vector<View> all;
  for (const View& outer : views_) {
    for (const View& inner : of_mask.views) {
      View view{outer.alpha * inner.alpha, {}};
      if (outer.openings.empty()) view.openings = inner.openings;
      for (const Opening& a : outer.openings) {
        for (const Opening& b : inner.openings) view.openings.push_back(both(a, b));
      }
      all.push_back(std::move(view));
    }
  }
  views_ = std::move(all);
  return {};
}

std::size_t Views::cost() const { return cost_of(views_); }

bool Views::are_faded() const {
  return std::any_of(views_.begin(), views_.end(),
                     [](const View& view) { return view.alpha != 1; });
}

const View* Views::of_all(const svg::Box& box) const {
  for (const View& view : views_) {
    if (view.openings.empty()) return &view;
    for (const Opening& opening : view.openings) {
      if (that_touch(opening.without, box).empty() && that_cut(opening.clips, box).empty())
        return &view;
    }
  }
  return nullptr;
}

std::vector<FilledShape> seen_in(const View& view, const std::vector<FilledShape>& area) {
  std::vector<FilledShape> shown;
  for (const Opening& opening : view.openings) {
    for (const FilledShape& shape : area) add_seen(opening, shape, shown);
  }
  return shown;
}

}  // namespace svgfusion::icon
