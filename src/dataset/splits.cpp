// SPDX-License-Identifier: MIT
#include "splits.h"

#include <algorithm>

#include "svgfusion/base/random.h"

namespace svgfusion::dataset {
namespace {

constexpr std::uint64_t kFolds = 20;  // one for test, one for validation

Split fold_of(const std::string& key) {
  switch (base::fnv1a(key) % kFolds) {
    case 0:
      return Split::kTest;
    case 1:
      return Split::kValidation;
    default:
      return Split::kTrain;
  }
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Split split_of(const Entry& entry, const std::string& source_name, const DataConfig& config) {
  if (config.split == "none") return Split::kTrain;
  if (config.split == "family") return fold_of(entry.family);
  if (config.test_sets.empty() && config.validation_sets.empty()) return fold_of(source_name);
  if (contains(config.test_sets, source_name)) return Split::kTest;
  if (contains(config.validation_sets, source_name)) return Split::kValidation;
  return Split::kTrain;
}

}  // namespace svgfusion::dataset
