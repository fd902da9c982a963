// SPDX-License-Identifier: MIT
// The `data` part of an experiment's configuration: where the dataset is, and how svgfusion-prepare
// makes it.
#pragma once

#include <string>

#include "svgfusion/icon/canonical.h"
#include "svgfusion/icon/simplify.h"
#include "svgfusion/icon/tokens.h"

namespace svgfusion::dataset {

struct DataConfig {
  std::string dataset;
  std::string labels = "auto";
  std::string split = "none";
  std::string duplicates = "drop";
  std::int64_t max_styles = 32;
  double refine_below = 0.985;
  icon::CanonicalOptions canonical;
  icon::SimplifyOptions simplify;
  icon::TokenLimits limits;

  void visit(config::FieldVisitor& fields) {
    fields.field("dataset", dataset,
                 {.doc = "the dataset file that training reads, relative to the working folder"});
    fields.field(
        "labels", labels,
        {.doc = "where labels come from; auto: the manifest where it has them, else the folder",
         .choices = {"auto", "manifest", "folder", "none"}});
    fields.field("split", split,
                 {.doc = "what stays together in train, validation or test; none: all is train",
                  .choices = {"none", "family", "source"}});
    fields.field(
        "duplicates", duplicates,
        {.doc = "icons that are equal on the grid, after the first", .choices = {"drop", "keep"}});
    fields.field("max_styles", max_styles,
                 {.doc = "rows of the style table; icons of rarer styles are skipped",
                  .min = 1,
                  .max = 255});
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
