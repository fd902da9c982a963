// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/prepare.h"

#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "known_texts.h"
#include "labels.h"
#include "near_duplicates.h"
#include "report.h"
#include "splits.h"
#include "style_table.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/json.h"
#include "svgfusion/base/progress.h"
#include "svgfusion/base/random.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/config/config.h"
#include "svgfusion/dataset/dataset_writer.h"
#include "svgfusion/dataset/deepsvg_grid.h"
#include "svgfusion/dataset/source.h"
#include "workers.h"

namespace svgfusion::dataset {
namespace {

using base::concat;
using base::DataError;
namespace fs = std::filesystem;

// Hundreds of thousands of icons stay until the dataset is written.
void give_back_slack(icon::TokenIcon& tokens) {
  tokens.contour_offsets.shrink_to_fit();
  tokens.commands.shrink_to_fit();
  tokens.arguments.shrink_to_fit();
  tokens.closed.shrink_to_fit();
  tokens.styles.shrink_to_fit();
}

// Icon sets with their licences, numbered as they come. The numbers depend on the order in which
// threads come by; only names and licences go out.
class SourceTable {
 public:
  std::size_t row(const std::string& name, const std::string& license) {
    const std::lock_guard lock(mutex_);
    const auto [it, is_new] = rows_.emplace(std::pair(name, license), sources_.size());
    if (is_new) sources_.push_back({name, license});
    return it->second;
  }
  const std::vector<SourceSet>& all() const { return sources_; }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::size_t> rows_;
  std::vector<SourceSet> sources_;
};

class Job {
 public:
  explicit Job(const PrepareJob& job)
      : job_(job),
        labeler_(job.data),
        queue_(find_inputs(job.inputs, {job.data.characters, job.data.excluded_sets}), job.limit),
        by_input_(queue_.input_count()),
        known_texts_(static_cast<std::size_t>(queue_.expected_icons())),
        progress_("prepare", "icons", queue_.expected_icons()) {}

  PrepareSummary run() {
    const auto begin = std::chrono::steady_clock::now();
    if (!job_.svg_folder.empty()) base::ensure_folder(job_.svg_folder);
    read_all();
    const double read_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    select();
    PrepareSummary summary = summarise(entries_, sources_.all());
    summary.read_seconds = read_seconds;
    if (!job_.output.empty()) write();
    summary.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (!job_.report.empty())
      base::write_json(job_.report, report(summary, entries_, styles_, job_.data));
    list_skipped(entries_);
    return summary;
  }

 private:
  void read_all() {
    std::mutex progress_mutex;
    run_in_parallel(job_.jobs, [&](const std::atomic<bool>& has_failed) {
      while (auto batch = has_failed ? std::nullopt : queue_.next()) {
        read_batch(*batch);
        const std::lock_guard lock(progress_mutex);
        done_ += static_cast<std::int64_t>(batch->icons.size());
        progress_.update(done_);
      }
    });
    std::size_t count = 0;
    for (const std::vector<Entry>& entries : by_input_) count += entries.size();
    entries_.reserve(count);
    for (std::vector<Entry>& entries : by_input_) {
      std::move(entries.begin(), entries.end(), std::back_inserter(entries_));
      entries = {};
    }
    std::erase_if(entries_, [](const Entry& entry) { return entry.name.empty(); });  // over --limit
  }

  void read_batch(InputQueue::Batch& batch) {
    std::vector<Entry>& entries = by_input_[batch.input];
    {
      const std::lock_guard lock(entries_mutex_);
      if (entries.empty()) entries.resize(batch.of);
    }
    for (std::size_t i = 0; i < batch.icons.size(); ++i) {
      base::throw_if_stopped("svgfusion-prepare");
      read_icon(batch.icons[i], entries[batch.first + i]);
      batch.icons[i] = {};  // a file's text may be large
    }
  }

  void read_icon(RawIcon& raw, Entry& entry) {
    entry.name = std::move(raw.item.name);
    std::string reason = std::move(raw.skip_reason);
    if (!raw.file.empty()) load(raw, reason);
    std::optional<Fingerprint> new_text;
    if (reason.empty()) {
      new_text = understand_once(raw, entry.icon);
      reason = entry.icon.skip_reason;
    }
    if (job_.strict && !entry.icon.notes.empty()) fail_strictly(raw, entry.icon.notes.front());
    if (job_.strict && !reason.empty()) fail_strictly(raw, reason);
    write_svg(entry);
    if (reason.empty()) {
      if (auto label = labeler_.label(raw.item, reason)) {
        entry.label = std::move(*label);
      } else {
        new_text.reset();  // what was understood is lost with the entry
      }
    }
    entry.family = std::move(raw.item.family);
    entry.source = sources_.row(raw.item.source, raw.item.license);
    if (reason.empty()) {
      give_back_slack(entry.icon.tokens);
      entry.split = split_of(entry, raw.item.source, job_.data);
      if (looks_for_pictures()) {
        entry.thumbnail = thumbnail(icon::from_tokens(entry.icon.tokens, entry.icon.styles));
      }
    } else {
      entry.drop(Entry::Fate::kSkipped, without_place(reason, raw.where));
    }
    if (new_text) known_texts_.add(*new_text, entry.icon);
  }

  // The fingerprint of the text where it had to be read. Icons that are written as SVG files give
  // their picture away, and those of fonts have no text.
  std::optional<Fingerprint> understand_once(const RawIcon& raw, PreparedIcon& icon) {
    std::optional<Fingerprint> text;
    if (!raw.drawing && job_.svg_folder.empty()) {
      text = fingerprint(raw.svg);
      if (const PreparedIcon* known = known_texts_.find(*text)) {
        icon = *known;
        return std::nullopt;
      }
    }
    icon = understand(raw);
    return text;
  }

  static void load(RawIcon& raw, std::string& reason) {
    try {
      raw.svg = base::read_file(raw.file, svg::XmlLimits{}.max_bytes);
    } catch (const base::FileError& error) {
      reason = error.what();
    }
  }

  PreparedIcon understand(const RawIcon& raw) const {
    const bool deepsvg = job_.data.format == "deepsvg";
    if (raw.drawing && deepsvg) {
      PreparedIcon out;
      out.skip_reason = "is no SVG text, which is all that data.format deepsvg reads";
      return out;
    }
    if (raw.drawing) return prepare_icon(*raw.drawing, job_);
    return deepsvg ? prepare_deepsvg_icon(raw.svg, raw.where, job_)
                   : prepare_icon(raw.svg, raw.where, job_);
  }

  [[noreturn]] static void fail_strictly(const RawIcon& raw, const std::string& reason) {
    throw DataError(concat(raw.where, ": ", without_place(reason, raw.where),
                           "; --strict makes this an error"));
  }

  void write_svg(Entry& entry) const {
    if (entry.icon.svg.empty()) return;
    const fs::path target = job_.svg_folder / safe_relative(entry.name);
    base::ensure_folder(target.parent_path());
    base::write_file(target, entry.icon.svg);
    entry.icon.svg = {};
  }

  // A manifest may name "../x.svg"; what is written stays below the folder.
  static fs::path safe_relative(const std::string& name) {
    fs::path out;
    for (const fs::path& part : fs::path(name).relative_path()) {
      if (part != ".." && part != ".") out /= part;
    }
    if (out.extension() == ".svg") return out;
    return out += ".svg";
  }

  bool looks_for_pictures() const {
    const DataConfig& data = job_.data;
    return data.duplicates == "near" || (data.split != "none" && data.leak_distance > 0);
  }

  void select() {
    styles_ = share_styles(entries_, job_.data, job_.jobs);
    if (job_.data.duplicates != "keep") drop_duplicates();
    if (looks_for_pictures()) drop_lookalikes(entries_, job_.data);
    limit_labels(entries_, job_.data);
  }

  // Of equal icons the first stays, but one that is held out wins over one for training.
  void drop_duplicates() {
    std::unordered_map<Fingerprint, std::size_t, FingerprintHash> first;
    for (const Split split : {Split::kTest, Split::kValidation, Split::kTrain}) {
      for (std::size_t i = 0; i < entries_.size(); ++i) {
        Entry& entry = entries_[i];
        if (!entry.kept() || entry.split != split) continue;
        const auto [it, is_new] = first.emplace(fingerprint(entry.icon.tokens), i);
        if (is_new) continue;
        entry.drop(Entry::Fate::kDuplicate,
                   concat("the same drawing as ", entries_[it->second].name));
      }
    }
  }

  void write() {
    DatasetInfo info;
    info.styles = styles_;
    info.limits = job_.data.limits;
    info.grid_bits = static_cast<int>(job_.data.grid_bits);
    std::map<std::string, std::int32_t> labels;
    std::map<std::string, std::int32_t> families;
    for (const Entry& entry : entries_) {
      if (!entry.kept()) continue;
      labels[entry.label];
      families[entry.family];
      const SourceSet& set = sources_.all()[entry.source];
      if (!set.license.empty()) info.sources["license: " + set.name] = set.license;
    }
    if (labels.empty()) {
      throw DataError(concat(
          "none of ", base::count_of(static_cast<std::int64_t>(entries_.size()), "icon"),
          " could be kept; first reason: ", entries_.empty() ? "" : entries_[0].icon.skip_reason));
    }
    for (auto& [name, index] : labels) {
      index = static_cast<std::int32_t>(info.label_names.size());
      info.label_names.push_back(name);
    }
    std::int32_t next_family = 0;
    for (auto& [name, index] : families) index = next_family++;
    info.sources["options"] = config::dump(job_.data).dump();
    DatasetWriter writer;
    for (Entry& entry : entries_) {
      if (!entry.kept()) continue;
      writer.add({std::move(entry.icon.tokens), labels[entry.label], families[entry.family],
                  entry.split, entry.name});
    }
    writer.write(job_.output, info);
  }

  const PrepareJob& job_;
  Labeler labeler_;
  InputQueue queue_;
  std::vector<std::vector<Entry>> by_input_;
  std::vector<Entry> entries_;
  std::mutex entries_mutex_;
  KnownTexts known_texts_;
  SourceTable sources_;
  std::vector<icon::Style> styles_;
  base::Progress progress_;
  std::int64_t done_ = 0;
};

}  // namespace

PrepareSummary prepare(const PrepareJob& job) {
  if (job.data.format == "deepsvg" && job.data.grid_bits != kDeepSvgGrid.bits) {
    throw base::ConfigError(concat("data.grid_bits is ", job.data.grid_bits,
                                   ", but data.format deepsvg has a grid of its own, of ",
                                   int{kDeepSvgGrid.bits}, " bits; leave grid_bits out"));
  }
  return Job(job).run();
}

}  // namespace svgfusion::dataset
