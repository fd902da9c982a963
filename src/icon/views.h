// SPDX-License-Identifier: MIT
// Through what a drawing is seen: the clips, masks and opacities of the groups around a shape.
#pragma once

#include <string>
#include <vector>

#include "clips.h"
#include "svgfusion/icon/region.h"

namespace svgfusion::icon {

// Shows what lies inside all clips and outside all of `without`; in icon units.
struct Opening {
  Clips clips;
  std::vector<svg::ClipShape> without;
};

// Where the drawing shows at one strength: in any of the openings, or everywhere without any.
struct View {
  double alpha = 1;
  std::vector<Opening> openings;
};

// Views that have no point in common; one of everything to begin with.
class Views {
 public:
  void fade(double opacity);
  void cut(const svg::Clip& clip, const svg::Matrix& to_box);
  // Each view becomes one for each strength the mask lets through. Says why where it cannot, else
  // nothing.
  std::string cut(const svg::Mask& mask, const svg::Matrix& to_box);

  std::vector<View>::const_iterator begin() const { return views_.begin(); }
  std::vector<View>::const_iterator end() const { return views_.end(); }

  // Segments of all that cuts, which each shape seen through it costs.
  std::size_t cost() const;
  // Whether anything shows at less than its full strength.
  bool are_faded() const;
  // The view that shows all within the box, if one does.
  const View* of_all(const svg::Box& box) const;

 private:
  std::vector<View> views_{1};
};

// What the view shows of the union of shapes, as such shapes again.
std::vector<FilledShape> seen_in(const View& view, const std::vector<FilledShape>& area);

// The views that a mask makes of everything.
struct MaskViews {
  std::vector<View> views;
  std::string reason;  // not empty: the mask cannot be resolved
};
MaskViews mask_views(const svg::Mask& mask, const svg::Matrix& to_box);

}  // namespace svgfusion::icon
