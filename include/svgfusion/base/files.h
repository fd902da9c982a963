// SPDX-License-Identifier: MIT
// Files that are whole or absent: everything is written under a temporary name in the same
// folder, synced, then renamed (POSIX rename is atomic within a file system).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace svgfusion::base {

// The whole file. Throws FileError when it is missing, a folder, unreadable or larger than
// `max_bytes`.
std::string read_file(const std::filesystem::path& path, std::uint64_t max_bytes = UINT64_MAX);

// When a written file is on the disk: before the call returns, or once sync_file_system was called,
// which is faster for thousands of small files that can be made again.
enum class Durability { kSynced, kSyncedLater };

// Writes `parts` one after the other, atomically: others see the whole file or what was there
// before. Throws FileError; nothing is left behind.
void write_file(const std::filesystem::path& path, std::span<const std::string_view> parts,
                Durability durability = Durability::kSynced);
void write_file(const std::filesystem::path& path, std::string_view content,
                Durability durability = Durability::kSynced);

// Waits until all that was written where `folder` lies is on the disk. Throws FileError.
void sync_file_system(const std::filesystem::path& folder);

// Adds `content` to the end of a file, which is made where there is none. For logs: a crash may
// leave part of it. Throws FileError.
void append_file(const std::filesystem::path& path, std::string_view content);

// Removes what processes that are gone left half written in `folder` itself (not in its folders).
void remove_leftovers(const std::filesystem::path& folder);

// Creates the folder and its parents. Throws FileError when it cannot be used for writing.
void ensure_folder(const std::filesystem::path& path);

// Flushes a folder's entries to the disk, so that a rename in it survives a power cut.
void sync_folder(const std::filesystem::path& path);

// Regular files below `root`, in byte order of their path relative to it, whose lower-cased
// extension is one of `extensions` (with the dot). Links to folders are not followed.
std::vector<std::filesystem::path> list_files(const std::filesystem::path& root,
                                              const std::vector<std::string>& extensions);

// A folder that appears under its final name only when complete: fill `path()`, then `commit()`.
// Without a commit the destructor removes it.
class AtomicFolder {
 public:
  explicit AtomicFolder(std::filesystem::path final_path);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;

  const std::filesystem::path& path() const { return temporary_path_; }
  // Replaces an existing folder of the final name: that one is moved aside first, so that no
  // moment leaves neither.
  void commit();

 private:
  std::filesystem::path final_path_;
  std::filesystem::path temporary_path_;
  bool committed_ = false;
};

// A read-only memory map of a whole file.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::uint8_t> bytes() const { return {data_, size_}; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace svgfusion::base
