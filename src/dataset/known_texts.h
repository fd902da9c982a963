// SPDX-License-Identifier: MIT
// Icon sets share drawings to the letter (of the npm package's icons one in 25 repeats another):
// a text is read once.
#pragma once

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "fingerprint.h"
#include "svgfusion/dataset/prepare.h"

namespace svgfusion::dataset {

// May be used by several threads. Which of equal texts is read does not show: reading is a pure
// function of the text.
class KnownTexts {
 public:
  // `expected`: about how many texts will come, which a file may only pretend.
  explicit KnownTexts(std::size_t expected) {
    constexpr std::size_t kMost = 1 << 20;
    icons_.reserve(std::min(expected, kMost));
  }

  // What was understood of this text, null if nothing yet.
  const PreparedIcon* find(const Fingerprint& text) const {
    const std::lock_guard lock(mutex_);
    const auto found = icons_.find(text);
    return found == icons_.end() ? nullptr : found->second;
  }
  // `icon` must neither move nor change while others may find it, and name no place of its own.
  void add(const Fingerprint& text, const PreparedIcon& icon) {
    const std::lock_guard lock(mutex_);
    icons_.emplace(text, &icon);
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<Fingerprint, const PreparedIcon*, FingerprintHash> icons_;
};

}  // namespace svgfusion::dataset
