// SPDX-License-Identifier: MIT
#include "iconify_reader.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "long_strings.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"

namespace svgfusion::dataset {
namespace {

using base::concat;
using base::DataError;
using nlohmann::json;

constexpr std::size_t kMaxDepth = 32;
// The largest set in use has 32,000 icons and 104 MB.
constexpr std::size_t kMaxIcons = 200'000;
constexpr std::size_t kMaxCategorised = 1'000'000;
constexpr double kDefaultSize = 16;  // of Iconify, where neither icon nor set says one

// Takes the parts of the format that say how icons look, as they stream by. `path_` holds the keys
// from the root to the value at hand; elements of an array have none.
class Handler final : public json::json_sax_t {
 public:
  // `long_strings`: what the marks of a shortened text stand for.
  Handler(std::string_view where, std::vector<std::string> long_strings)
      : where_(where), long_strings_(std::move(long_strings)) {}

  IconifySet set;
  std::size_t error_at = 0;
  std::string error;

  bool null() override { return true; }
  bool boolean(bool value) override {
    IconifyEntry* entry = entry_at_field();
    if (entry == nullptr) return true;
    if (path_[2] == "hidden") entry->hidden = value;
    if (path_[2] == "hFlip") entry->turn.flip_x = value;
    if (path_[2] == "vFlip") entry->turn.flip_y = value;
    return true;
  }
  bool number_integer(number_integer_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    return number(value);
  }
  bool string(string_t& value) override {
    take(whole(value));
    return true;
  }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*count*/) override { return open(); }
  bool start_array(std::size_t /*count*/) override {
    if (path_.size() == 2 && path_[0] == "categories") set.categories.push_back({path_[1], {}});
    return open();
  }
  bool key(string_t& value) override {
    path_.resize(depth_);
    path_.back() = whole(value);
    if (depth_ != 2) return true;
    if (path_[0] == "icons") set.icons.emplace_back().name = path_[1];
    if (path_[0] == "aliases") set.aliases.emplace_back().name = path_[1];
    if (set.icons.size() + set.aliases.size() > kMaxIcons)
      throw DataError(concat(where_, ": holds more than ", kMaxIcons, " icons and aliases"));
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& failure) override {
    error_at = position;
    error = failure.what();
    return false;
  }

 private:
  // Copied where it is the lexer's, who keeps its buffer for the next text.
  std::string whole(const string_t& value) {
    const bool is_set_aside = next_long_ < long_strings_.size() && value == ShortenedJson::kMark;
    if (is_set_aside) return std::move(long_strings_[next_long_++]);
    return value;
  }
  void take(std::string value) {
    if (IconifyEntry* entry = entry_at_field()) {
      if (path_[2] == "body") {
        entry->body = std::move(value);
      } else if (path_[2] == "parent") {
        entry->parent = std::move(value);
      }
    } else if (path_.size() == 1 && path_[0] == "prefix") {
      set.prefix = std::move(value);
    } else if (path_.size() == 3 && path_[0] == "info" && path_[1] == "license") {
      if (path_[2] == "spdx" || (path_[2] == "title" && set.license.empty()))
        set.license = std::move(value);
    } else if (path_.size() == 3 && path_[0] == "categories" && !set.categories.empty()) {
      if (++categorised_ > kMaxCategorised)
        throw DataError(
            concat(where_, ": lists more than ", kMaxCategorised, " names in categories"));
      set.categories.back().second.push_back(std::move(value));
    }
  }
  bool open() {
    if (++depth_ > kMaxDepth)
      throw DataError(concat(where_, ": nested deeper than ", kMaxDepth, " levels"));
    path_.resize(depth_);
    return true;
  }
  bool close() {
    path_.resize(--depth_);
    return true;
  }
  // The icon or alias whose own field the value at hand is.
  IconifyEntry* entry_at_field() {
    if (path_.size() != 3 || depth_ != 3) return nullptr;
    if (path_[0] == "icons" && !set.icons.empty()) return &set.icons.back();
    return path_[0] == "aliases" && !set.aliases.empty() ? &set.aliases.back() : nullptr;
  }
  bool number(double value) {
    IconifyEntry* entry = entry_at_field();
    const bool at_root = path_.size() == 1;
    if (entry == nullptr && !at_root) return true;
    IconifyBox& box = at_root ? set.box : entry->box;
    const std::string& name = path_.back();
    if (name == "left") box.left = value;
    if (name == "top") box.top = value;
    if (name == "width") box.width = value;
    if (name == "height") box.height = value;
    if (name == "rotate" && entry != nullptr)
      entry->turn.quarter_turns = static_cast<int>(std::fmod(value, 4));
    return true;
  }

  std::string_view where_;
  std::vector<std::string> long_strings_;
  std::size_t next_long_ = 0;
  std::size_t depth_ = 0;
  std::size_t categorised_ = 0;
  std::vector<std::string> path_;
};

}  // namespace

void IconifyBox::fill_from(const IconifyBox& other) {
  if (!left) left = other.left;
  if (!top) top = other.top;
  if (!width) width = other.width;
  if (!height) height = other.height;
}

void IconifyTurn::add(const IconifyTurn& other) {
  quarter_turns += other.quarter_turns;
  flip_x = flip_x != other.flip_x;
  flip_y = flip_y != other.flip_y;
}

IconifySet parse_iconify(std::string_view text, std::string_view where) {
  ShortenedJson shortened = shorten_json(text);
  Handler handler(where, std::move(shortened.strings));
  if (!json::sax_parse(shortened.text, &handler)) {
    Handler exact(where, {});  // for the error's place in the text as it stands
    json::sax_parse(text.data(), text.data() + text.size(), &exact);
    throw DataError(concat(where, ": ", base::json_error(text, exact.error_at, exact.error)));
  }
  if (handler.set.prefix.empty() || handler.set.icons.empty()) {
    throw DataError(concat(where, ": is no Iconify icon set: it has no ",
                           handler.set.prefix.empty() ? "'prefix'" : "'icons'"));
  }
  return std::move(handler.set);
}

std::string iconify_svg(std::string_view body, IconifyBox box, const IconifyTurn& turn) {
  box.fill_from({0, 0, kDefaultSize, kDefaultSize});
  const double centre_x = *box.left + *box.width / 2;
  const double centre_y = *box.top + *box.height / 2;
  const int quarters = (turn.quarter_turns % 4 + 4) % 4;
  if (quarters % 2 == 1) {  // the box turns about its centre too
    std::swap(box.width, box.height);
    box.left = centre_x - *box.width / 2;
    box.top = centre_y - *box.height / 2;
  }
  const auto number = [](double value) { return base::to_fixed(value, 6); };
  std::string svg;
  svg.reserve(body.size() + 256);
  svg += concat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" "
      "xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"",
      number(*box.width), "\" height=\"", number(*box.height), "\" viewBox=\"", number(*box.left),
      " ", number(*box.top), " ", number(*box.width), " ", number(*box.height), "\">");
  if (turn.any()) {
    svg += concat("<g transform=\"rotate(", 90 * quarters, " ", number(centre_x), " ",
                  number(centre_y), ") translate(", number(centre_x), " ", number(centre_y),
                  ") scale(", turn.flip_x ? -1 : 1, " ", turn.flip_y ? -1 : 1, ") translate(",
                  number(-centre_x), " ", number(-centre_y), ")\">");
  }
  svg += body;
  if (turn.any()) svg += "</g>";
  svg += "</svg>";
  return svg;
}

}  // namespace svgfusion::dataset
