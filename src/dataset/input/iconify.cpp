// SPDX-License-Identifier: MIT
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "iconify_reader.h"
#include "input_kinds.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/json.h"
#include "svgfusion/dataset/names.h"

namespace svgfusion::dataset {
namespace {

using base::concat;
namespace fs = std::filesystem;

constexpr std::uint64_t kMaxBytes = 128u << 20;
constexpr int kMaxAliasChain = 16;
constexpr const char* kCollections = "collections.json";

std::string_view text_of(const base::MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

std::int64_t count_bodies(std::string_view text) {
  constexpr std::string_view kKey = "\"body\"";
  const std::boyer_moore_horspool_searcher searcher(kKey.begin(), kKey.end());
  std::int64_t count = 0;
  for (auto at = text.begin(); (at = std::search(at, text.end(), searcher)) != text.end();) {
    at += kKey.size();
    ++count;
  }
  return count;
}

// An icon or an alias with everything it inherits.
struct Resolved {
  const IconifyEntry* body = nullptr;
  IconifyBox box;
  IconifyTurn turn;
  bool hidden = false;
};

class SetReader {
 public:
  SetReader(const fs::path& path, const std::string& prefix, IconifySet set)
      : path_(path), prefix_(prefix), set_(std::move(set)) {
    for (std::size_t i = 0; i < set_.icons.size(); ++i) icon_index_.emplace(set_.icons[i].name, i);
    for (std::size_t i = 0; i < set_.aliases.size(); ++i)
      alias_index_.emplace(set_.aliases[i].name, i);
    for (const auto& [category, names] : set_.categories) {
      for (const std::string& name : names) categories_[name].push_back(category);
    }
  }

  // Icons in the file's order, then those aliases that turn or mirror their icon: others show the
  // same drawing under a second name.
  std::vector<RawIcon> read() {
    std::vector<RawIcon> icons;
    icons.reserve(set_.icons.size());
    std::vector<RawIcon> turned;
    for (const IconifyEntry& alias : set_.aliases) {
      const std::optional<Resolved> resolved = resolve(alias);
      if (!resolved) {
        turned.push_back(describe(alias.name));
        turned.back().skip_reason = concat("names no icon of its set: '", alias.parent, "'");
      } else if (alias.turn.any()) {
        turned.push_back(describe(alias.name));
        draw(*resolved, resolved->body->body, turned.back());
      }
    }
    for (IconifyEntry& entry : set_.icons) {
      icons.push_back(describe(entry.name));
      draw({&entry, entry.box, entry.turn, entry.hidden}, entry.body, icons.back());
      entry.body = {};
    }
    std::move(turned.begin(), turned.end(), std::back_inserter(icons));
    return icons;
  }

 private:
  RawIcon describe(const std::string& name) const {
    RawIcon icon;
    icon.where = concat(path_.string(), ": icon ", name);
    icon.item.name = concat(prefix_, "/", name);
    icon.item.source = set_.prefix;
    icon.item.folder = set_.prefix;
    icon.item.family = base_name(name);
    icon.item.license = set_.license;
    if (const auto found = categories_.find(name); found != categories_.end())
      icon.item.categories = found->second;
    return icon;
  }

  std::optional<Resolved> resolve(const IconifyEntry& alias) const {
    Resolved out;
    const IconifyEntry* entry = &alias;
    for (int step = 0; step < kMaxAliasChain; ++step) {
      out.turn.add(entry->turn);
      out.box.fill_from(entry->box);
      out.hidden = out.hidden || entry->hidden;
      if (entry->parent.empty()) {
        out.body = entry;
        return out;
      }
      const std::string& parent = entry->parent;
      if (const auto icon = icon_index_.find(parent); icon != icon_index_.end()) {
        entry = &set_.icons[icon->second];
      } else if (const auto other = alias_index_.find(parent); other != alias_index_.end()) {
        entry = &set_.aliases[other->second];
      } else {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  void draw(const Resolved& resolved, const std::string& body, RawIcon& icon) const {
    if (resolved.hidden) {
      icon.skip_reason = "is hidden in its set";
      return;
    }
    IconifyBox box = resolved.box;
    box.fill_from(set_.box);
    icon.svg = iconify_svg(body, box, resolved.turn);
  }

  const fs::path& path_;
  const std::string& prefix_;
  IconifySet set_;
  std::unordered_map<std::string, std::size_t> icon_index_;
  std::unordered_map<std::string, std::size_t> alias_index_;
  std::unordered_map<std::string, std::vector<std::string>> categories_;
};

class IconifyInput final : public Input {
 public:
  IconifyInput(fs::path path, std::string prefix)
      : path_(std::move(path)), prefix_(std::move(prefix)) {
    const base::MappedFile file(path_);
    bytes_ = file.bytes().size();
    if (bytes_ > kMaxBytes)
      throw base::DataError(
          concat(path_.string(), ": is larger than the limit of ", kMaxBytes, " bytes"));
    expected_ = count_bodies(text_of(file));
  }
  std::int64_t expected_icons() const override { return expected_; }
  std::uint64_t bytes() const override { return bytes_; }
  std::vector<RawIcon> open() override { return SetReader(path_, prefix_, parse()).read(); }

 private:
  // The file is closed again before its icons are made: both together would be twice the memory.
  IconifySet parse() const {
    const base::MappedFile file(path_);
    return parse_iconify(text_of(file), path_.string());
  }

  fs::path path_;
  std::string prefix_;
  std::uint64_t bytes_ = 0;
  std::int64_t expected_ = 0;
};

}  // namespace

std::unique_ptr<Input> iconify_input(const fs::path& path, std::string prefix) {
  return std::make_unique<IconifyInput>(path, std::move(prefix));
}

std::vector<fs::path> iconify_sets(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".json" &&
        entry.path().filename() != kCollections) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& list : {folder / kCollections, folder / ".." / kCollections}) {
    if (!fs::exists(list)) continue;
    const nlohmann::json named = base::read_json(list);
    std::erase_if(files, [&](const fs::path& f) { return !named.contains(f.stem().string()); });
    break;
  }
  return files;
}

}  // namespace svgfusion::dataset
