// SPDX-License-Identifier: MIT
#include "labels.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/json.h"
#include "svgfusion/base/random.h"

namespace svgfusion::dataset {
namespace {

using base::concat;
using base::DataError;

constexpr const char* kOnlyLabel = "icon";

std::map<std::string, std::string> text_map(const nlohmann::json& names, const std::string& where) {
  std::map<std::string, std::string> out;
  if (!names.is_object()) throw DataError(concat(where, ": expected an object of names"));
  for (const auto& [key, value] : names.items()) {
    if (value.is_null()) continue;  // too general to be a label
    if (!value.is_string())
      throw DataError(concat(where, ": '", key, "' is no text; expected a label or null"));
    out[key] = value.get<std::string>();
  }
  return out;
}

}  // namespace

Labeler::Labeler(const DataConfig& config) : rule_(config.labels), file_(config.label_file) {
  if (rule_ == "concept") {
    if (file_.empty()) {
      throw base::ConfigError(
          "data.labels is 'concept' but data.label_file names no list of concepts; give a text "
          "file with one name a line, as data/labels/concept50.txt");
    }
    for (const std::string& line : base::split(base::read_file(file_), '\n')) {
      if (const std::string_view name = base::trim(line); !name.empty()) concepts_.emplace(name);
    }
    if (concepts_.empty()) throw DataError(concat(file_, ": lists no concept"));
  } else if (rule_ == "category" && !file_.empty()) {
    const nlohmann::json json = base::read_json(file_);
    if (!json.contains("map")) {
      throw DataError(concat(file_,
                             ": has no 'map'; expected {\"map\": {category: label or null}, "
                             "\"set_default\": {set: label}, \"default\": label}"));
    }
    category_map_ = text_map(json["map"], file_);
    if (json.contains("set_default")) set_default_ = text_map(json["set_default"], file_);
    if (json.contains("default") && json["default"].is_string()) default_ = json["default"];
  }
}

std::optional<std::string> Labeler::category(const SourceItem& item) const {
  if (file_.empty()) {
    if (item.categories.empty()) return std::nullopt;
    return item.categories.front();
  }
  for (const std::string& category : item.categories) {
    const std::string key = base::lower(category);
    for (const std::string& candidate : {concat(item.source, ":", key), key}) {
      const auto found = category_map_.find(candidate);
      if (found != category_map_.end()) return found->second;
    }
  }
  const auto fallback = set_default_.find(item.source);
  return fallback == set_default_.end() ? default_ : fallback->second;
}

// The longest beginning of the name, cut at dashes, that is a concept: "bell-off" → "bell".
std::optional<std::string> Labeler::concept_of(const std::string& family) const {
  std::string_view head = family;
  while (!head.empty()) {
    if (const auto found = concepts_.find(head); found != concepts_.end()) return *found;
    const std::size_t dash = head.rfind('-');
    head = dash == std::string_view::npos ? std::string_view() : head.substr(0, dash);
  }
  return std::nullopt;
}

std::optional<std::string> Labeler::label(const SourceItem& item, std::string& reason) const {
  if (rule_ == "none") return kOnlyLabel;
  if (rule_ == "name") return item.family;
  if (rule_ == "set") return item.source;
  if (rule_ == "category") {
    auto found = category(item);
    if (!found) reason = "its set gives it no category that is a label";
    return found;
  }
  if (rule_ == "concept") {
    auto found = concept_of(item.family);
    if (!found) reason = concat("its name begins with none of the concepts of ", file_);
    return found;
  }
  if (rule_ == "manifest" && item.label.empty()) {
    throw DataError(
        concat(item.name, ": has no label in a manifest; use --labels folder or none, or add one"));
  }
  if (rule_ != "folder" && !item.label.empty()) return item.label;
  return item.folder.empty() ? kOnlyLabel : item.folder;
}

void limit_labels(std::vector<Entry>& entries, const DataConfig& config) {
  if (config.min_per_label == 0 && config.max_labels == 0 && config.max_per_label == 0) return;
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::size_t>>> icons_of;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].kept()) icons_of[entries[i].label].emplace_back(base::fnv1a(entries[i].name), i);
  }
  const auto drop_all = [&](const std::string& label, const std::string& reason) {
    for (const auto& [hash, i] : icons_of[label]) entries[i].drop(Entry::Fate::kSurplus, reason);
  };
  std::vector<std::string> labels;
  for (const auto& [label, icons] : icons_of) {
    if (static_cast<std::int64_t>(icons.size()) < config.min_per_label) {
      drop_all(label, concat("its label has fewer than ", config.min_per_label, " icons"));
    } else {
      labels.push_back(label);
    }
  }
  std::stable_sort(labels.begin(), labels.end(), [&](const auto& a, const auto& b) {
    return icons_of[a].size() > icons_of[b].size();
  });
  for (std::size_t k = 0; k < labels.size(); ++k) {
    if (config.max_labels > 0 && k >= static_cast<std::size_t>(config.max_labels)) {
      drop_all(labels[k], concat("its label is not among the ", config.max_labels, " commonest"));
      continue;
    }
    auto& icons = icons_of[labels[k]];
    std::sort(icons.begin(), icons.end());
    for (std::size_t n = 0; n < icons.size() && config.max_per_label > 0; ++n) {
      if (n < static_cast<std::size_t>(config.max_per_label)) continue;
      entries[icons[n].second].drop(
          Entry::Fate::kSurplus, concat("its label has ", config.max_per_label, " icons already"));
    }
  }
}

}  // namespace svgfusion::dataset
