// SPDX-License-Identifier: MIT
// An icon on its way through the prepare job.
#pragma once

#include <string>
#include <vector>

#include "svgfusion/dataset/dataset.h"
#include "svgfusion/dataset/prepare.h"

namespace svgfusion::dataset {

struct Entry {
  // Why an icon is not in the dataset; its text is in icon.skip_reason.
  enum class Fate : std::uint8_t { kKept, kSkipped, kDuplicate, kNearDuplicate, kLeak, kSurplus };

  std::string name;
  std::string family;
  std::string label;
  std::size_t source = 0;  // row of the job's table of sources
  Split split = Split::kTrain;
  Fate fate = Fate::kKept;
  PreparedIcon icon;
  std::vector<std::uint8_t> thumbnail;  // when near duplicates are looked for

  bool kept() const { return fate == Fate::kKept; }
  void drop(Fate why, std::string reason) {
    fate = why;
    icon.skip_reason = std::move(reason);
    icon.tokens = {};
    icon.styles = {};
    thumbnail = {};
  }
};

}  // namespace svgfusion::dataset
