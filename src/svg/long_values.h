// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace svgfusion::svg {

// Attribute values set aside before the parser, which goes through them twice byte by byte; nearly
// all of an icon is path data. In their place stands a mark that no XML can hold.
class LongValues {
 public:
  static constexpr char kMark = '\x01';
  static constexpr std::size_t kLeast = 48;  // shorter ones are not worth it

  std::size_t bytes() const { return text_.size(); }
  void clear() {
    text_.clear();
    places_.clear();
  }

  // What is to stand in the value's place.
  std::string add(std::string_view value) {
    places_.emplace_back(text_.size(), value.size());
    text_ += value;
    return kMark + std::to_string(places_.size() - 1);
  }

  // The value for which `text` stands; `text` itself where it stands for none.
  std::string_view restored(std::string_view text) const {
    if (!text.starts_with(kMark)) return text;
    std::size_t index = places_.size();
    std::from_chars(text.data() + 1, text.data() + text.size(), index);
    if (index >= places_.size()) return text;
    return std::string_view(text_).substr(places_[index].first, places_[index].second);
  }

 private:
  std::string text_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;  // where each begins; how long it is
};

}  // namespace svgfusion::svg
