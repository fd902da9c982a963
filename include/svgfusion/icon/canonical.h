// SPDX-License-Identifier: MIT
// From a resolved drawing to the canonical icon.
#pragma once

#include <cstdint>
#include <string>

#include "svgfusion/config/fields.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {

struct CanonicalOptions {
  bool drop_colors = false;
  bool expand_strokes = false;
  double max_outside = 1;
  double width_step = 0.001;

  void visit(config::FieldVisitor& fields) {
    fields.field("drop_colors", drop_colors, {.doc = "paint everything black and opaque"});
    fields.field("expand_strokes", expand_strokes,
                 {.doc = "turn strokes into fills of their outline; false keeps them strokes"});
    fields.field("max_outside", max_outside,
                 {.doc = "how far, in units of the 24 box, a drawing may reach over the picture: "
                         "what reaches farther is cut off at its edge, strokes as the fill of "
                         "their outline",
                  .min = 0,
                  .max = 24});
    fields.field("width_step", width_step,
                 {.doc = "stroke widths are rounded to multiples of this; 0 keeps them exact",
                  .min = 0,
                  .max = 4});
  }
};

// How far work on a drawing goes that will be dropped when it is too large.
struct CanonicalEffort {
  std::size_t enough_contours = SIZE_MAX;  // with more of them it is given up
  bool cuts_layers = true;                 // out of each other, where colours are painted in turns
};

struct CanonicalResult {
  Icon icon;
  std::string skip_reason;    // not empty: the drawing cannot be kept as it looks
  bool is_too_large = false;  // it has more than enough contours: they were not all looked for
  bool had_cuts = false;      // its layers were cut out of each other
};

inline constexpr const char* kTooManyToCut =
    "its many shapes lie over each other, which takes more contours than an icon may have";

// The drawing scaled to fit the 24 box and centred: fills of one colour become even-odd contours
// with the same picture, strokes stay strokes with their width in icon units, dashes become
// contours of their own.
CanonicalResult canonical_icon(const svg::Document& document, const CanonicalOptions& options = {},
                               const CanonicalEffort& effort = {});

}  // namespace svgfusion::icon
