// SPDX-License-Identifier: MIT
// A library to preload into a tool (LD_PRELOAD), which makes things go wrong with the files below
// one folder. In the environment:
//
//   SVGFUSION_FAULT_FOLDER   the folder
//   SVGFUSION_FAULT          kill:N    kill -9 at the Nth change of a file, a write half done
//                            full:N    from the Nth change on, no room for another byte
//                            readonly:N from the Nth change on, nothing can be made or renamed
//                            clock:0   the time of day jumps by hours, both ways, at every look
//
// A change is an open for writing, a write, a sync, a rename, a new folder or a removal.
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

struct Plan {
  std::string folder;
  std::string kind;
  long at = 0;
};

const Plan& plan() {
  static const Plan instance = [] {
    Plan out;
    const char* folder = std::getenv("SVGFUSION_FAULT_FOLDER");
    const char* fault = std::getenv("SVGFUSION_FAULT");
    if (folder == nullptr || fault == nullptr) return out;
    const std::string text = fault;
    const std::size_t colon = text.find(':');
    out.folder = folder;
    out.kind = text.substr(0, colon);
    out.at = std::atol(text.c_str() + colon + 1);
    return out;
  }();
  return instance;
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

bool is_below(const char* path) {
  return !plan().folder.empty() &&
         std::strncmp(path, plan().folder.c_str(), plan().folder.size()) == 0;
}

bool is_below(int fd) {
  if (plan().folder.empty()) return false;
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof path - 1);
  if (size <= 0) return false;
  path[size] = '\0';
  return is_below(path);
}

// Whether the fault acts on this change.
bool acts() {
  static long changes = 0;
  return ++changes >= plan().at;
}

[[noreturn]] void end_now() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

// For changes that only a kill or a read-only folder meets.
bool is_refused(bool makes_something) {
  if (!acts()) return false;
  if (plan().kind == "kill") end_now();
  if (plan().kind != "readonly" || !makes_something) return false;
  errno = EROFS;
  return true;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  static const auto real_open = real<int (*)(const char*, int, ...)>("open");
  if ((flags & (O_WRONLY | O_RDWR)) != 0 && is_below(path) && is_refused(true)) return -1;
  return real_open(path, flags, mode);
}

ssize_t write(int fd, const void* data, size_t size) {
  static const auto real_write = real<ssize_t (*)(int, const void*, size_t)>("write");
  if (!is_below(fd) || !acts()) return real_write(fd, data, size);
  if (plan().kind == "kill") {
    (void)real_write(fd, data, size / 2);
    end_now();
  }
  if (plan().kind != "full") return real_write(fd, data, size);
  errno = ENOSPC;
  return -1;
}

int fsync(int fd) {
  static const auto real_fsync = real<int (*)(int)>("fsync");
  if (is_below(fd) && is_refused(false)) return -1;
  return real_fsync(fd);
}

int rename(const char* from, const char* to) {
  static const auto real_rename = real<int (*)(const char*, const char*)>("rename");
  if (is_below(to) && is_refused(true)) return -1;
  return real_rename(from, to);
}

int mkdir(const char* path, mode_t mode) {
  static const auto real_mkdir = real<int (*)(const char*, mode_t)>("mkdir");
  if (is_below(path) && is_refused(true)) return -1;
  return real_mkdir(path, mode);
}

int unlinkat(int folder, const char* path, int flags) {
  static const auto real_unlinkat = real<int (*)(int, const char*, int)>("unlinkat");
  if ((folder == AT_FDCWD ? is_below(path) : is_below(folder)) && is_refused(false)) return -1;
  return real_unlinkat(folder, path, flags);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  static const auto real_clock = real<int (*)(clockid_t, struct timespec*)>("clock_gettime");
  const int result = real_clock(clock, now);
  if (clock == CLOCK_REALTIME && plan().kind == "clock") {
    static long looks = 0;
    ++looks;
    now->tv_sec += (looks % 2 == 0 ? -3600 : 3600) * (looks % 48);
  }
  return result;
}

}  // extern "C"
