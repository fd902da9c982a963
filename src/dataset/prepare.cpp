// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/prepare.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <unordered_map>

#include "style_table.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/json.h"
#include "svgfusion/base/log.h"
#include "svgfusion/base/progress.h"
#include "svgfusion/base/random.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/config/config.h"

namespace svgfusion::dataset {
namespace {

using base::concat;
using base::DataError;
namespace fs = std::filesystem;

constexpr std::uint64_t kMaxFileBytes = 64u << 20;
constexpr std::int64_t kSkipsListed = 20;  // on the screen; the report has them all
constexpr std::uint64_t kFolds = 20;       // one for test, one for validation

// Runs `work(i)` for i in [0, count) on `threads` threads. The first exception stops all and is
// thrown again here.
template <class Work>
void parallel(std::size_t count, int threads, base::Progress& progress, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        base::throw_if_stopped("svgfusion-prepare");
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
      ++done;
      if (i % 64 == 0 && mutex.try_lock()) {
        progress.update(static_cast<std::int64_t>(done));
        mutex.unlock();
      }
    }
  };
  std::vector<std::thread> pool;
  for (int t = 1; t < threads; ++t) pool.emplace_back(run);
  run();
  for (std::thread& thread : pool) thread.join();
  if (failure) std::rethrow_exception(failure);
}

Split split_of(const SourceItem& item, const std::string& mode) {
  if (mode == "none") return Split::kTrain;
  const std::string& key = mode == "family" ? item.family : item.source;
  switch (base::fnv1a(key) % kFolds) {
    case 0:
      return Split::kTest;
    case 1:
      return Split::kValidation;
    default:
      return Split::kTrain;
  }
}

std::string label_of(const SourceItem& item, const std::string& mode) {
  constexpr const char* kOnlyLabel = "icon";
  if (mode == "none") return kOnlyLabel;
  if (mode == "manifest" && item.label.empty()) {
    throw DataError(
        concat(item.name, ": has no label in a manifest; use --labels folder or none, or add one"));
  }
  if (mode != "folder" && !item.label.empty()) return item.label;
  return item.folder.empty() ? kOnlyLabel : item.folder;
}

std::string token_key(const icon::TokenIcon& tokens) {
  std::string key;
  const auto put = [&](const auto& values) {
    key.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
    key += '|';
  };
  put(tokens.contour_offsets);
  put(tokens.commands);
  put(tokens.arguments);
  put(tokens.closed);
  put(tokens.styles);
  key += static_cast<char>(tokens.grid);
  return key;
}

// The part of a reason that many files share: without names, numbers and what follows a colon.
std::string kind_of(const std::string& reason, const std::string& name) {
  std::string text = reason;
  if (const std::size_t at = text.find(name); at != std::string::npos) {
    const std::size_t colon = text.find(": ", at + name.size());
    text = colon == std::string::npos ? "" : text.substr(colon + 2);
  }
  if (text.starts_with("<")) {
    const std::size_t line = text.find(" in line ");
    const std::size_t colon = text.find(": ");
    if (line != std::string::npos && colon != std::string::npos && line < colon)
      text.erase(line, colon - line);
  }
  std::string out;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && !out.empty() && out.back() == 'N') continue;
    out += digit ? 'N' : c;
  }
  return out;
}

class Job {
 public:
  explicit Job(const PrepareJob& job) : job_(job), items_(collect_items(job.inputs)) {
    if (job.limit > 0 && items_.size() > static_cast<std::size_t>(job.limit)) {
      items_.resize(static_cast<std::size_t>(job.limit));
    }
  }

  PrepareSummary run() {
    const auto begin = std::chrono::steady_clock::now();
    if (!job_.svg_folder.empty()) base::ensure_folder(job_.svg_folder);
    read_all();
    styles_ = share_styles(icons_, job_.data.max_styles);
    if (job_.data.duplicates == "drop") drop_duplicates();
    if (!job_.output.empty()) write();
    summarise();
    summary_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (!job_.report.empty()) base::write_json(job_.report, report());
    return summary_;
  }

 private:
  void read_all() {
    icons_.resize(items_.size());
    base::Progress progress("prepare", "icons", static_cast<std::int64_t>(items_.size()));
    parallel(items_.size(), job_.jobs, progress, [&](std::size_t i) { read_one(i); });
  }

  void read_one(std::size_t i) {
    const SourceItem& item = items_[i];
    PreparedIcon& icon = icons_[i];
    try {
      icon = prepare_icon(base::read_file(item.file, kMaxFileBytes), item.file.string(), job_);
    } catch (const base::FileError& error) {
      icon.skip_reason = error.what();
    }
    if (job_.strict) {
      if (!icon.notes.empty())
        throw DataError(
            concat(item.file.string(), ": ", icon.notes.front(), "; --strict makes this an error"));
      if (!icon.skip_reason.empty())
        throw DataError(
            concat(item.file.string(), ": ", icon.skip_reason, "; --strict makes this an error"));
    }
    if (icon.svg.empty()) return;
    const fs::path target = job_.svg_folder / safe_relative(item.name);
    base::ensure_folder(target.parent_path());
    base::write_file(target, icon.svg);
    icon.svg.clear();
    icon.svg.shrink_to_fit();
  }

  // A manifest may name "../x.svg"; what is written stays below the folder.
  static fs::path safe_relative(const std::string& name) {
    fs::path out;
    for (const fs::path& part : fs::path(name).relative_path()) {
      if (part != ".." && part != ".") out /= part;
    }
    return out.replace_extension(".svg");
  }

  void drop_duplicates() {
    std::unordered_map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < icons_.size(); ++i) {
      if (!icons_[i].skip_reason.empty()) continue;
      const auto [it, is_new] = first.emplace(token_key(icons_[i].tokens), i);
      if (is_new) continue;
      icons_[i].skip_reason = concat("the same drawing as ", items_[it->second].name);
      is_duplicate_.insert(i);
    }
  }

  void write() {
    DatasetInfo info;
    info.styles = styles_;
    info.limits = job_.data.limits;
    std::map<std::string, std::int32_t> labels;
    std::map<std::string, std::int32_t> families;
    std::map<std::string, std::set<std::string>> licenses;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!icons_[i].skip_reason.empty()) continue;
      labels[label_of(items_[i], job_.data.labels)];
      families[items_[i].family];
      if (!items_[i].license.empty()) licenses[items_[i].source].insert(items_[i].license);
    }
    for (auto& [name, index] : labels) {
      index = static_cast<std::int32_t>(info.label_names.size());
      info.label_names.push_back(name);
    }
    std::int32_t next_family = 0;
    for (auto& [name, index] : families) index = next_family++;
    for (const auto& [source, names] : licenses) {
      info.sources["license: " + source] = base::join({names.begin(), names.end()}, ", ");
    }
    info.sources["options"] = config::dump(job_.data).dump();
    std::vector<Sample> samples;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!icons_[i].skip_reason.empty()) continue;
      samples.push_back({icons_[i].tokens, labels[label_of(items_[i], job_.data.labels)],
                         families[items_[i].family], split_of(items_[i], job_.data.split),
                         items_[i].name});
    }
    if (samples.empty()) {
      throw DataError(
          concat("none of ", base::count_of(static_cast<std::int64_t>(items_.size()), "icon"),
                 " could be kept; first reason: ", icons_.empty() ? "" : icons_[0].skip_reason));
    }
    write_dataset(job_.output, info, samples);
  }

  void summarise() {
    std::int64_t listed = 0;
    summary_.read = static_cast<std::int64_t>(items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const PreparedIcon& icon = icons_[i];
      if (icon.skip_reason.empty()) {
        ++summary_.kept;
        summary_.contours += static_cast<std::int64_t>(icon.tokens.contour_count());
        summary_.commands += static_cast<std::int64_t>(icon.tokens.commands.size());
      } else if (is_duplicate_.contains(i)) {
        ++summary_.duplicates;
      } else {
        if (++listed <= kSkipsListed) {
          base::log_info(concat("skipped ", items_[i].name, ": ", icon.skip_reason));
        } else {
          base::log_debug(concat("skipped ", items_[i].name, ": ", icon.skip_reason));
        }
        ++summary_.reasons[kind_of(icon.skip_reason, items_[i].file.string())];
      }
      for (const std::string& note : icon.notes)
        base::log_debug(concat(items_[i].name, ": ", note));
    }
  }

  nlohmann::json report() const {
    nlohmann::json skipped = nlohmann::json::array();
    nlohmann::json notes = nlohmann::json::array();
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!icons_[i].skip_reason.empty())
        skipped.push_back({{"file", items_[i].name}, {"reason", icons_[i].skip_reason}});
      if (!icons_[i].notes.empty())
        notes.push_back({{"file", items_[i].name}, {"notes", icons_[i].notes}});
    }
    nlohmann::json styles = nlohmann::json::array();
    for (const icon::Style& style : styles_) styles.push_back(to_text(style));
    return {{"read", summary_.read},
            {"kept", summary_.kept},
            {"duplicates", summary_.duplicates},
            {"contours", summary_.contours},
            {"commands", summary_.commands},
            {"seconds", summary_.seconds},
            {"reasons", summary_.reasons},
            {"styles", styles},
            {"skipped", skipped},
            {"notes", notes},
            {"options", config::dump(job_.data)}};
  }

  const PrepareJob& job_;
  std::vector<SourceItem> items_;
  std::vector<PreparedIcon> icons_;
  std::set<std::size_t> is_duplicate_;
  std::vector<icon::Style> styles_;
  PrepareSummary summary_;
};

}  // namespace

PrepareSummary prepare(const PrepareJob& job) { return Job(job).run(); }

}  // namespace svgfusion::dataset
