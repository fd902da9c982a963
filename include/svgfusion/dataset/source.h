// SPDX-License-Identifier: MIT
// Where icons come from. Every input (files, folders, manifests, Iconify JSON, fonts) hands out the
// same thing: raw icons with what is known of them, in a fixed order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "svgfusion/svg/document.h"

namespace svgfusion::dataset {

struct SourceItem {
  std::string name;    // unique; relative to the input it came from: "bell/a.svg", "mdi/bell"
  std::string source;  // icon set: the manifest's column, the set's prefix, else the input's name
  std::string label;   // of the manifest, or the character of a glyph; empty where there is none
  std::string folder;  // name of the file's own folder below the input; empty at its top
  std::string family;  // of the manifest, else base_name of the file
  std::string license;
  std::vector<std::string> categories;  // as the icon set names them
};

// One icon before it is understood: exactly one of `file`, `svg` and `drawing` is set, unless
// `skip_reason` says why there is none.
struct RawIcon {
  SourceItem item;
  std::string where;  // for messages: the file, and the icon in it
  std::filesystem::path file;
  std::string svg;
  std::optional<svg::Document> drawing;
  std::string skip_reason;
};

struct SourceOptions {
  std::vector<std::string> characters;  // of a font: the glyphs to take, one UTF-8 character each
  std::vector<std::string> excluded;    // names of icon sets that are left out
};

// One input that opens as a whole.
class Input {
 public:
  virtual ~Input() = default;
  virtual std::int64_t expected_icons() const = 0;  // for progress: may be a little off
  virtual std::uint64_t bytes() const = 0;          // what opening it holds in memory, about
  virtual std::vector<RawIcon> open() = 0;          // once; throws FileError or DataError
};

// Looks at every path: an .svg file, a folder (all .svg below it, or, when it holds Iconify sets,
// those), a .tsv manifest, an Iconify .json set, a .ttf or .otf font. Throws FileError or DataError
// for what is none of these, and for an input without any icon.
std::vector<std::unique_ptr<Input>> find_inputs(const std::vector<std::filesystem::path>& paths,
                                                const SourceOptions& options = {});

// Hands out the icons of all inputs in batches to several threads. Inputs are opened by whoever
// asks next, a few ahead while memory allows, so that memory stays bounded.
class InputQueue {
 public:
  struct Batch {
    std::size_t input = 0;  // index among the inputs
    std::size_t first = 0;  // index of icons[0] in it
    std::size_t of = 0;     // icons in this input
    std::vector<RawIcon> icons;
  };

  // At most `limit` icons are handed out, the first ones; 0: all.
  InputQueue(std::vector<std::unique_ptr<Input>> inputs, std::int64_t limit);

  std::size_t input_count() const { return slots_.size(); }
  std::int64_t expected_icons() const;
  // Unset when nothing is left. Waits while others open an input. Throws what opening throws.
  std::optional<Batch> next();

 private:
  enum class State : std::uint8_t { kClosed, kOpening, kOpen, kDone };
  struct Slot {
    std::unique_ptr<Input> input;
    State state = State::kClosed;
    std::vector<RawIcon> icons;
    std::size_t taken = 0;
  };
  std::optional<Batch> take(std::size_t index);
  bool may_open(std::size_t index) const;

  std::vector<Slot> slots_;
  std::int64_t limit_;
  std::int64_t left_;
  std::size_t front_ = 0;  // every slot before it is done
  std::uint64_t open_bytes_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace svgfusion::dataset
