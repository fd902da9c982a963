// SPDX-License-Identifier: MIT
// One Iconify icon set as its JSON says it (https://iconify.design/docs/types/iconify-json.html),
// and an icon of it as an SVG document.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace svgfusion::dataset {

// Position and size of the view box; what is unset comes from the parent, then the set, then
// 0 0 16 16.
struct IconifyBox {
  std::optional<double> left, top, width, height;
  void fill_from(const IconifyBox& other);
};

struct IconifyTurn {
  int quarter_turns = 0;  // clockwise on the screen, after the flips
  bool flip_x = false;    // left to right
  bool flip_y = false;
  bool any() const { return quarter_turns % 4 != 0 || flip_x || flip_y; }
  void add(const IconifyTurn& other);
};

struct IconifyEntry {
  std::string name;
  std::string body;    // of an icon: the inside of an <svg>
  std::string parent;  // of an alias
  IconifyBox box;
  IconifyTurn turn;
  bool hidden = false;
};

struct IconifySet {
  std::string prefix;
  std::string license;  // SPDX identifier, else its title
  IconifyBox box;
  std::vector<IconifyEntry> icons;
  std::vector<IconifyEntry> aliases;
  std::vector<std::pair<std::string, std::vector<std::string>>> categories;
};

// Throws DataError with the place for bad JSON and for what is no icon set.
IconifySet parse_iconify(std::string_view text, std::string_view where);

std::string iconify_svg(std::string_view body, IconifyBox box, const IconifyTurn& turn);

}  // namespace svgfusion::dataset
