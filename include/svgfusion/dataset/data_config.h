// SPDX-License-Identifier: MIT
// The `data` part of an experiment's configuration: where the dataset is, and how svgfusion-prepare
// makes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "svgfusion/icon/canonical.h"
#include "svgfusion/icon/simplify.h"
#include "svgfusion/icon/tokens.h"

namespace svgfusion::dataset {

// What `labels` and `split` may say; svgfusion-prepare has options of the same names.
inline const std::vector<std::string_view> kLabelRules{"auto", "manifest", "folder",  "name",
                                                       "set",  "category", "concept", "none"};
inline const std::vector<std::string_view> kSplitRules{"none", "family", "source"};
inline const std::vector<std::string_view> kFormats{"canonical", "deepsvg"};

struct DataConfig {
  std::string dataset;
  std::string format = "canonical";
  std::string deepsvg_order = "preprocess";
  double deepsvg_zoom = 1;
  std::string labels = "auto";
  std::string label_file;
  std::int64_t min_per_label = 0;
  std::int64_t max_per_label = 0;
  std::int64_t max_labels = 0;
  std::string split = "none";
  std::vector<std::string> test_sets;
  std::vector<std::string> validation_sets;
  std::vector<std::string> excluded_sets;
  double leak_distance = 0.05;
  std::string duplicates = "drop";
  double near_distance = 0.05;
  std::string paint = "any";
  std::int64_t max_styles = 32;
  std::int64_t palette = 0;
  std::vector<std::string> characters = default_characters();
  double refine_below = 0;
  std::int64_t grid_bits = icon::kMostGridBits;
  icon::CanonicalOptions canonical;
  icon::SimplifyOptions simplify;
  icon::TokenLimits limits;

  // A to Z, a to z and 0 to 9: the 62 classes of font data sets.
  static std::vector<std::string> default_characters();
  // The defaults of a format: deepsvg has the reference's limits of 8, 30 and 50 and its
  // grid, and keeps equal icons as it does.
  static DataConfig defaults(const std::string& format);

  void visit(config::FieldVisitor& fields) {
    fields.field("dataset", dataset,
                 {.doc = "the dataset file that training reads, relative to the working folder"});
    fields.field("format", format,
                 {.doc = "canonical: drawings as SVG means them; deepsvg: as DeepSVG's own "
                         "preprocessing reads them, quirks included",
                  .choices = kFormats});
    fields.field("deepsvg_order", deepsvg_order,
                 {.doc = "format deepsvg: preprocess is its preprocess.py (zoom 0.9, paths only); "
                         "simplify its dataset.simplify() (shapes too, no zoom)",
                  .choices = {"preprocess", "simplify"}});
    fields.field("deepsvg_zoom", deepsvg_zoom,
                 {.doc = "format deepsvg: about the centre before the grid; 0.7 is its mean "
                         "augmentation",
                  .min = 0.01,
                  .max = 1});
    fields.field("labels", labels,
                 {.doc = "where labels come from. auto: the manifest where it has them, else the "
                         "folder; name: the drawing's name without words of style or size; "
                         "category: the icon set's own, through label_file where given; concept: "
                         "the name's longest beginning that label_file lists",
                  .choices = kLabelRules});
    fields.field("label_file", label_file,
                 {.doc = "for category: JSON {\"map\": {category: label}, \"set_default\": {set: "
                         "label}, \"default\": label}; for concept: text, one name a line"});
    fields.field("min_per_label", min_per_label,
                 {.doc = "labels with fewer icons are left out", .min = 0, .max = 1e9});
    fields.field("max_per_label", max_per_label,
                 {.doc = "icons kept of a label; 0: all", .min = 0, .max = 1e9});
    fields.field("max_labels", max_labels,
                 {.doc = "so many labels, the commonest; 0: all", .min = 0, .max = 1e9});
    fields.field("split", split,
                 {.doc = "what stays together in train, validation or test; none: all is train",
                  .choices = kSplitRules});
    fields.field("test_sets", test_sets,
                 {.doc = "with split source: the icon sets of the test split; neither these nor "
                         "validation_sets given: one set in twenty each"});
    fields.field("validation_sets", validation_sets,
                 {.doc = "with split source: the icon sets of the validation split"});
    fields.field("excluded_sets", excluded_sets, {.doc = "icon sets that are left out"});
    fields.field("leak_distance", leak_distance,
                 {.doc = "icons for training whose picture is this near to one held out are "
                         "dropped; 0: none are",
                  .min = 0,
                  .max = 0.5});
    fields.field("duplicates", duplicates,
                 {.doc = "drop: icons that are equal on the grid, after the first; near: also "
                         "those whose picture is within near_distance",
                  .choices = {"drop", "near", "keep"}});
    fields.field("near_distance", near_distance,
                 {.doc = "between two pictures of 24 x 24 values: the sum of differences over the "
                         "larger sum of ink",
                  .min = 0,
                  .max = 0.5});
    fields.field("paint", paint,
                 {.doc = "icons to keep: any; fill or stroke: in one opaque colour, only filled or "
                         "only stroked; mono: in one opaque colour",
                  .choices = {"any", "fill", "stroke", "mono"}});
    fields.field("max_styles", max_styles,
                 {.doc = "rows of the style table; icons of rarer styles are skipped",
                  .min = 1,
                  .max = 255});
    fields.field("palette", palette,
                 {.doc = "colours of the whole dataset, chosen to fit it; others become the "
                         "nearest; 0: all colours stay",
                  .min = 0,
                  .max = 255});
    fields.field("characters", characters, {.doc = "glyphs to take from a font"});
    fields.field("grid_bits", grid_bits,
                 {.doc = "bits of a coordinate: 10 are 1,024 values; each fewer doubles the grid's "
                         "steps, which hairlines and small details lose by, and leaves models the "
                         "fewer values to tell apart",
                  .min = icon::kLeastGridBits,
                  .max = icon::kMostGridBits});
    fields.field("refine_below", refine_below,
                 {.doc = "icons whose picture on the grid has a lower IoU get their rounding "
                         "searched for a better one; 0: never",
                  .min = 0,
                  .max = 1});
    fields.group("canonical", canonical, "from a drawing to the canonical icon");
    fields.group("simplify", simplify, "fewer commands");
    struct Limits {
      icon::TokenLimits& limits;
      void visit(config::FieldVisitor& inner) {
        inner.field("max_contours", limits.max_contours,
                    {.doc = "contours an icon", .min = 1, .max = 256});
        inner.field("max_commands_per_contour", limits.max_commands_per_contour,
                    {.doc = "commands a contour, its move included", .min = 2, .max = 1024});
        inner.field("max_commands", limits.max_commands,
                    {.doc = "commands an icon", .min = 2, .max = 8192});
      }
    } wrapped{limits};
    fields.group("limits", wrapped, "larger icons are skipped");
  }
};

}  // namespace svgfusion::dataset
