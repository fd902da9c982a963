// SPDX-License-Identifier: MIT
#include "report.h"

#include <nlohmann/json.hpp>

#include "svgfusion/base/log.h"
#include "svgfusion/config/config.h"

namespace svgfusion::dataset {
namespace {

using base::concat;

constexpr std::int64_t kSkipsListed = 20;  // on the screen; the report has them all

// The part of a reason that many icons share: without lines and numbers.
std::string kind_of(std::string text) {
  if (text.starts_with("<") || text.starts_with("line ")) {
    const std::size_t line = text.find("line ");
    const std::size_t colon = text.find(": ");
    const std::size_t cut = line == 0 ? 0 : line - std::string_view(" in ").size();
    if (line != std::string::npos && colon != std::string::npos && line < colon)
      text.erase(cut, line == 0 ? colon + 2 : colon - cut);
  }
  std::string out;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && !out.empty() && out.back() == 'N') continue;
    out += digit ? 'N' : c;
  }
  return out;
}

const char* kind_of(Entry::Fate fate) {
  switch (fate) {
    case Entry::Fate::kDuplicate:
      return "the same drawing as another";
    case Entry::Fate::kNearDuplicate:
      return "looks like another";
    case Entry::Fate::kLeak:
      return "looks like one of another split";
    default:
      return nullptr;
  }
}

}  // namespace

std::string without_place(std::string_view reason, std::string_view where) {
  if (!reason.starts_with(where)) return std::string(reason);
  reason.remove_prefix(where.size());
  const bool has_line =
      reason.size() > 1 && reason[0] == ':' && reason[1] >= '0' && reason[1] <= '9';
  if (has_line) return concat("line ", reason.substr(1));
  while (!reason.empty() && (reason.front() == ':' || reason.front() == ' '))
    reason.remove_prefix(1);
  return std::string(reason);
}

PrepareSummary summarise(const std::vector<Entry>& entries, const std::vector<SourceSet>& sources) {
  PrepareSummary summary;
  summary.read = static_cast<std::int64_t>(entries.size());
  for (const Entry& entry : entries) {
    if (entry.kept()) {
      ++summary.kept;
      ++summary.splits[name_of(entry.split)];
      const std::string& license = sources[entry.source].license;
      ++summary.licenses[license.empty() ? "not stated" : license];
      summary.contours += static_cast<std::int64_t>(entry.icon.tokens.contour_count());
      summary.commands += static_cast<std::int64_t>(entry.icon.tokens.commands.size());
      continue;
    }
    summary.duplicates += entry.fate == Entry::Fate::kDuplicate;
    summary.near_duplicates += entry.fate == Entry::Fate::kNearDuplicate;
    summary.leaks += entry.fate == Entry::Fate::kLeak;
    const char* kind = kind_of(entry.fate);
    ++summary.reasons[kind != nullptr ? kind : kind_of(entry.icon.skip_reason)];
  }
  return summary;
}

nlohmann::json report(const PrepareSummary& summary, const std::vector<Entry>& entries,
                      const std::vector<icon::Style>& styles, const DataConfig& config) {
  nlohmann::json skipped = nlohmann::json::array();
  nlohmann::json notes = nlohmann::json::array();
  for (const Entry& entry : entries) {
    if (!entry.kept())
      skipped.push_back({{"file", entry.name}, {"reason", entry.icon.skip_reason}});
    if (!entry.icon.notes.empty())
      notes.push_back({{"file", entry.name}, {"notes", entry.icon.notes}});
  }
  nlohmann::json style_names = nlohmann::json::array();
  for (const icon::Style& style : styles) style_names.push_back(to_text(style));
  return {{"read", summary.read},
          {"kept", summary.kept},
          {"duplicates", summary.duplicates},
          {"near_duplicates", summary.near_duplicates},
          {"leaks", summary.leaks},
          {"contours", summary.contours},
          {"commands", summary.commands},
          {"read_seconds", summary.read_seconds},
          {"seconds", summary.seconds},
          {"splits", summary.splits},
          {"licenses", summary.licenses},
          {"reasons", summary.reasons},
          {"styles", std::move(style_names)},
          {"skipped", std::move(skipped)},
          {"notes", std::move(notes)},
          {"options", config::dump(config)}};
}

void list_skipped(const std::vector<Entry>& entries) {
  std::int64_t listed = 0;
  for (const Entry& entry : entries) {
    for (const std::string& note : entry.icon.notes)
      base::log_debug(concat(entry.name, ": ", note));
    if (entry.kept()) continue;
    const std::string text = concat("left out ", entry.name, ": ", entry.icon.skip_reason);
    if (entry.fate == Entry::Fate::kSkipped && ++listed <= kSkipsListed) {
      base::log_info(text);
    } else {
      base::log_debug(text);
    }
  }
}

}  // namespace svgfusion::dataset
