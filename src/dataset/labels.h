// SPDX-License-Identifier: MIT
// From what is known of an icon to its class label.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "entry.h"
#include "svgfusion/dataset/data_config.h"
#include "svgfusion/dataset/source.h"

namespace svgfusion::dataset {

class Labeler {
 public:
  // Reads config.label_file where the rule needs it. Throws FileError, DataError or ConfigError.
  explicit Labeler(const DataConfig& config);

  // Unset when the rule gives this icon no label; `reason` then says why. Throws DataError when
  // the rule is `manifest` and there is no label in one.
  std::optional<std::string> label(const SourceItem& item, std::string& reason) const;

 private:
  std::optional<std::string> category(const SourceItem& item) const;
  std::optional<std::string> concept_of(const std::string& family) const;

  std::string rule_;
  std::string file_;
  std::map<std::string, std::string> category_map_;  // "category" or "set:category" → label
  std::map<std::string, std::string> set_default_;
  std::optional<std::string> default_;
  std::set<std::string, std::less<>> concepts_;
};

// Applies config.min_per_label, max_labels and max_per_label: drops what is too rare or too much.
// Which icons of a label stay is decided by a hash of their names, so no set is preferred.
void limit_labels(std::vector<Entry>& entries, const DataConfig& config);

}  // namespace svgfusion::dataset
