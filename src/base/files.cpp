// SPDX-License-Identifier: MIT
#include "svgfusion/base/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "svgfusion/base/error.h"

namespace svgfusion::base {
namespace {

namespace fs = std::filesystem;

std::string reason() { return std::strerror(errno); }

// Closes on every way out; `close_checked` reports errors that a write may only show at close.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool valid() const { return fd_ >= 0; }
  int get() const { return fd_; }
  bool close_checked() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

struct stat checked_stat(const Descriptor& file, const fs::path& path) {
  if (!file.valid()) {
    throw FileError(
        concat(path.string(), ": cannot be opened: ", reason(), "; expected a readable file"));
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) {
    throw FileError(concat(path.string(), ": cannot be examined: ", reason()));
  }
  if (S_ISDIR(info.st_mode)) {
    throw FileError(concat(path.string(), ": is a folder; expected a file"));
  }
  return info;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path temporary_name(const fs::path& path) {
  return folder_of(path) /
         concat(".", path.filename().string(), ".", static_cast<std::int64_t>(::getpid()), ".tmp");
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written =
        ::write(fd, content.data(), std::min<std::size_t>(content.size(), 1u << 30));
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::string read_file(const fs::path& path, std::uint64_t max_bytes) {
  Descriptor file(path, O_RDONLY);
  const struct stat info = checked_stat(file, path);
  const auto too_large = [&] {
    return FileError(concat(path.string(), ": is larger than the limit of ", max_bytes, " bytes"));
  };
  if (static_cast<std::uint64_t>(info.st_size) > max_bytes) throw too_large();
  std::string content;
  content.reserve(static_cast<std::size_t>(info.st_size));
  char buffer[1 << 16];
  while (true) {  // to the end, not to st_size: pipes and /dev files tell no size
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw FileError(concat(path.string(), ": cannot be read: ", reason()));
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > max_bytes) throw too_large();
  }
}

void write_file(const fs::path& path, std::span<const std::string_view> parts,
                Durability durability) {
  const fs::path temporary = temporary_name(path);
  const auto failed = [&](const char* what) {
    const std::string why = reason();
    ::unlink(temporary.c_str());
    return FileError(concat(path.string(), ": cannot be ", what, ": ", why,
                            "; choose a place that can be written"));
  };
  Descriptor file(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (!file.valid()) throw failed("created");
  for (const std::string_view part : parts) {
    if (!write_all(file.get(), part)) throw failed("written");
  }
  const bool is_synced = durability == Durability::kSynced;
  if ((is_synced && ::fsync(file.get()) != 0) || !file.close_checked()) throw failed("written");
  if (::rename(temporary.c_str(), path.c_str()) != 0) throw failed("put in place");
  if (is_synced) sync_folder(folder_of(path));
}

void write_file(const fs::path& path, std::string_view content, Durability durability) {
  write_file(path, std::span<const std::string_view>(&content, 1), durability);
}

void sync_file_system(const fs::path& folder) {
  const Descriptor opened(folder, O_RDONLY);
  if (!opened.valid() || ::syncfs(opened.get()) != 0) {
    throw FileError(concat(folder.string(), ": what was written cannot be kept: ", reason(),
                           "; write it again where there is room"));
  }
}

void append_file(const fs::path& path, std::string_view content) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (!file.valid() || !write_all(file.get(), content) || !file.close_checked()) {
    throw FileError(concat(path.string(), ": cannot be added to: ", reason(),
                           "; choose a place that can be written"));
  }
}

// Names as temporary_name makes them, ".NAME.PID.tmp", of a process that is no more.
void remove_leftovers(const fs::path& folder) {
  std::vector<fs::path> leftovers;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    const std::size_t suffix = name.find(".tmp");
    if (!name.starts_with(".") || suffix == std::string::npos) continue;
    const std::size_t dot = name.rfind('.', suffix - 1);
    const std::string digits = name.substr(dot + 1, suffix - dot - 1);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto process = static_cast<pid_t>(std::atol(digits.c_str()));
    if (::kill(process, 0) != 0 && errno == ESRCH) leftovers.push_back(it->path());
  }
  for (const fs::path& leftover : leftovers) fs::remove_all(leftover, error);
}

void ensure_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error || !fs::is_directory(path)) {
    throw FileError(concat(path.string(), ": the folder cannot be created: ",
                           error ? error.message() : "something else has this name",
                           "; choose a place that can be written"));
  }
  if (::access(path.c_str(), W_OK | X_OK) != 0) {
    throw FileError(concat(path.string(), ": the folder cannot be written: ", reason()));
  }
}

void sync_folder(const fs::path& path) {
  Descriptor folder(path, O_RDONLY | O_DIRECTORY);
  if (folder.valid()) ::fsync(folder.get());  // some file systems refuse; nothing to be done then
}

std::vector<fs::path> list_files(const fs::path& root, const std::vector<std::string>& extensions) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::recursive_directory_iterator it(root, fs::directory_options::skip_permission_denied, error);
  if (error) {
    throw FileError(concat(root.string(), ": the folder cannot be read: ", error.message()));
  }
  for (const fs::recursive_directory_iterator end; it != end; it.increment(error)) {
    if (error) throw FileError(concat(root.string(), ": cannot be read: ", error.message()));
    if (!it->is_regular_file(error)) continue;
    const std::string extension = lower(it->path().extension().string());
    if (std::find(extensions.begin(), extensions.end(), extension) != extensions.end()) {
      found.push_back(it->path());
    }
  }
  std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) {
    return a.generic_string() < b.generic_string();
  });
  return found;
}

AtomicFolder::AtomicFolder(fs::path final_path)
    : final_path_(std::move(final_path)), temporary_path_(temporary_name(final_path_)) {
  std::error_code ignored;
  fs::remove_all(temporary_path_, ignored);  // left by a process that was killed
  ensure_folder(temporary_path_);
}

AtomicFolder::~AtomicFolder() {
  if (committed_) return;
  std::error_code ignored;
  fs::remove_all(temporary_path_, ignored);
}

void AtomicFolder::commit() {
  SVGFUSION_CHECK(!committed_, final_path_.string());
  sync_folder(temporary_path_);
  fs::path aside = temporary_path_;
  aside += ".old";
  std::error_code error;
  if (fs::exists(final_path_)) fs::rename(final_path_, aside, error);
  if (!error) fs::rename(temporary_path_, final_path_, error);
  if (error) {
    throw FileError(concat(final_path_.string(), ": cannot be put in place: ", error.message()));
  }
  committed_ = true;
  sync_folder(folder_of(final_path_));
  fs::remove_all(aside, error);
}

MappedFile::MappedFile(const fs::path& path) {
  Descriptor file(path, O_RDONLY);
  const struct stat info = checked_stat(file, path);
  size_ = static_cast<std::size_t>(info.st_size);
  if (size_ == 0) return;
  void* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (mapped == MAP_FAILED) {
    throw FileError(concat(path.string(), ": cannot be mapped: ", reason()));
  }
  data_ = static_cast<const std::uint8_t*>(mapped);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::uint8_t*>(data_), size_);
}

}  // namespace svgfusion::base
