// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/names.h"

#include <algorithm>
#include <array>

#include "svgfusion/base/text.h"

namespace svgfusion::dataset {
namespace {

// Words at the end of a name that say how a drawing is styled, not what it shows.
constexpr std::array<std::string_view, 38> kStyleWords{
    "fill",      "filled",   "outline", "outlined", "solid", "bold",  "thin",     "light",
    "regular",   "duotone",  "rounded", "round",    "sharp", "line",  "linear",   "twotone",
    "12",        "16",       "20",      "24",       "28",    "32",    "48",       "alt",
    "sm",        "broken",   "mini",    "micro",    "color", "black", "semibold", "medium",
    "extrabold", "two-tone", "stroke",  "flat",     "thick", "o"};

}  // namespace

std::string base_name(std::string_view file_name) {
  std::string name = base::lower(file_name.substr(0, file_name.rfind('.')));
  if (const std::size_t mark = name.rfind("__"); mark != std::string::npos) name.erase(0, mark + 2);
  for (char& c : name) {
    if (c == '_' || c == ' ') c = '-';
  }
  while (true) {
    const std::size_t dash = name.rfind('-');
    if (dash == std::string::npos || dash == 0) return name;
    const std::string_view last = std::string_view(name).substr(dash + 1);
    if (std::find(kStyleWords.begin(), kStyleWords.end(), last) == kStyleWords.end()) return name;
    name.resize(dash);
  }
}

}  // namespace svgfusion::dataset
