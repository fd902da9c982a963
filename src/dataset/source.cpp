// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/source.h"

#include <algorithm>
#include <map>
#include <set>

#include "input/input_kinds.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"

namespace svgfusion::dataset {
namespace {

using base::concat;
using base::DataError;
using base::FileError;
namespace fs = std::filesystem;

constexpr std::size_t kBatch = 64;
constexpr std::uint64_t kOpenBytes = 48u << 20;  // of inputs opened ahead
constexpr const char* kKinds =
    "an .svg file, a folder, a .tsv manifest, an Iconify .json set, or a .ttf or .otf font";

using Inputs = std::vector<std::unique_ptr<Input>>;

// Turns paths into inputs and sees to it that no name is given twice.
class InputFinder {
 public:
  explicit InputFinder(const SourceOptions& options) : options_(options) {}

  void add(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
      throw FileError(concat(path.string(), ": does not exist; expected ", kKinds));
    const std::size_t before = inputs_.size();
    const std::string extension = base::lower(path.extension().string());
    if (fs::is_directory(status)) {
      add_folder(path);
    } else if (std::find(kSvgEndings.begin(), kSvgEndings.end(), extension) != kSvgEndings.end()) {
      add_list({file_icon(path, path.has_parent_path() ? path.parent_path() : ".")});
    } else if (extension == ".tsv") {
      add_list(manifest_icons(path));
    } else if (extension == ".json") {
      inputs_.push_back(iconify_input(path, unique_prefix(path)));
    } else if (extension == ".ttf" || extension == ".otf") {
      inputs_.push_back(font_input(path, unique_prefix(path), options_.characters));
    } else {
      throw DataError(concat(path.string(), ": is of no kind that can be read; expected ", kKinds));
    }
    const bool any =
        std::any_of(inputs_.begin() + static_cast<std::ptrdiff_t>(before), inputs_.end(),
                    [](const auto& input) { return input->expected_icons() > 0; });
    if (!any) throw DataError(concat(path.string(), ": holds no icon; expected ", kKinds));
  }

  Inputs take() { return std::move(inputs_); }

 private:
  bool is_excluded(const std::string& set) const {
    const auto& sets = options_.excluded;
    return std::find(sets.begin(), sets.end(), set) != sets.end();
  }

  void add_folder(const fs::path& folder) {
    const std::vector<fs::path> sets = iconify_sets(folder);
    for (const fs::path& set : sets) {
      if (!is_excluded(set.stem().string()))
        inputs_.push_back(iconify_input(set, unique_prefix(set)));
    }
    std::vector<fs::path> fonts = base::list_files(folder, {".ttf", ".otf"});
    for (const fs::path& font : fonts)
      inputs_.push_back(font_input(font, unique_prefix(font), options_.characters));
    if (sets.empty() && fonts.empty()) add_list(folder_icons(folder));
  }

  void add_list(std::vector<RawIcon> icons) {
    std::erase_if(icons, [&](const RawIcon& icon) { return is_excluded(icon.item.source); });
    for (RawIcon& icon : icons) {  // a name that was there gets its set in front, then a number
      std::string& name = icon.item.name;
      for (int copy = 1; !names_.insert(name).second; ++copy)
        name = copy == 1 ? concat(icon.item.source, "/", name) : concat(name, "~", copy);
    }
    inputs_.push_back(list_input(std::move(icons)));
  }

  std::string unique_prefix(const fs::path& file) {
    const std::string stem = file.stem().string();
    const int copy = ++prefixes_[stem];
    return copy == 1 ? stem : concat(stem, "~", copy);
  }

  const SourceOptions& options_;
  Inputs inputs_;
  std::set<std::string> names_;
  std::map<std::string, int> prefixes_;
};

}  // namespace

Inputs find_inputs(const std::vector<fs::path>& paths, const SourceOptions& options) {
  InputFinder finder(options);
  for (const fs::path& path : paths) finder.add(path);
  return finder.take();
}

InputQueue::InputQueue(Inputs inputs, std::int64_t limit)
    : slots_(inputs.size()), limit_(limit), left_(limit > 0 ? limit : INT64_MAX) {
  for (std::size_t i = 0; i < inputs.size(); ++i) slots_[i].input = std::move(inputs[i]);
}

std::int64_t InputQueue::expected_icons() const {
  std::int64_t count = 0;
  for (const Slot& slot : slots_) count += slot.input->expected_icons();
  return limit_ > 0 ? std::min(count, limit_) : count;
}

// The front input may always be opened; later ones while memory allows, and never under a limit,
// which counts in order.
bool InputQueue::may_open(std::size_t index) const {
  if (slots_[index].state != State::kClosed || left_ <= 0) return false;
  return index == front_ ||
         (limit_ == 0 && open_bytes_ + slots_[index].input->bytes() <= kOpenBytes);
}

std::optional<InputQueue::Batch> InputQueue::take(std::size_t index) {
  Slot& slot = slots_[index];
  const std::size_t size = slot.icons.size();
  if (slot.taken == size || left_ <= 0) {
    slot.icons = {};
    slot.state = State::kDone;
    open_bytes_ -= slot.input->bytes();
    while (front_ < slots_.size() && slots_[front_].state == State::kDone) ++front_;
    changed_.notify_all();
    return std::nullopt;
  }
  const std::size_t count = std::min({kBatch, size - slot.taken, static_cast<std::size_t>(left_)});
  Batch batch{index, slot.taken, size, {}};
  const auto begin = slot.icons.begin() + static_cast<std::ptrdiff_t>(slot.taken);
  batch.icons.assign(std::make_move_iterator(begin),
                     std::make_move_iterator(begin + static_cast<std::ptrdiff_t>(count)));
  slot.taken += count;
  left_ -= static_cast<std::int64_t>(count);
  return batch;
}

std::optional<InputQueue::Batch> InputQueue::next() {
  std::unique_lock lock(mutex_);
  while (true) {
    for (std::size_t i = front_; i < slots_.size(); ++i) {
      if (slots_[i].state != State::kOpen) continue;
      if (auto batch = take(i)) return batch;
    }
    if (front_ == slots_.size() || left_ <= 0) return std::nullopt;
    std::size_t closed = front_;
    while (closed < slots_.size() && !may_open(closed)) ++closed;
    if (closed == slots_.size()) {
      changed_.wait(lock);
      continue;
    }
    Slot& slot = slots_[closed];
    slot.state = State::kOpening;
    open_bytes_ += slot.input->bytes();
    lock.unlock();
    std::vector<RawIcon> icons;
    try {
      icons = slot.input->open();
    } catch (...) {
      lock.lock();
      left_ = 0;
      changed_.notify_all();
      throw;
    }
    lock.lock();
    slot.icons = std::move(icons);
    slot.state = State::kOpen;
    changed_.notify_all();
  }
}

}  // namespace svgfusion::dataset
