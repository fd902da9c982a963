// SPDX-License-Identifier: MIT
// JSON whose long strings are set aside before a parser sees it. An icon set is nearly all path
// data, and nlohmann_json reads it character by character: that was 9 % of all the time of
// preparing icons, and is 3 % with long strings set aside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace svgfusion::dataset {

struct ShortenedJson {
  // What a long string is replaced by: the character U+0001, which no text uses.
  static constexpr std::string_view kMark = "\x01";

  std::string text;                  // JSON where the given text is JSON, not where it is not
  std::vector<std::string> strings;  // what the marks of `text` stand for, in order
};

// Only strings of plain ASCII are set aside; those with escapes of code points or with anything
// wrong stay where they are, for the parser to judge. Nothing is where the text has marks of its
// own.
ShortenedJson shorten_json(std::string_view text);

}  // namespace svgfusion::dataset
