// SPDX-License-Identifier: MIT
#include "svgfusion/base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "svgfusion/base/error.h"

namespace svgfusion::base {
namespace {

struct Loggers {
  std::shared_ptr<spdlog::logger> screen;
  std::shared_ptr<spdlog::logger> file;
  LogLevel level = LogLevel::kNormal;
};

Loggers& loggers() {
  static Loggers instance = [] {
    Loggers made;
    made.screen = std::make_shared<spdlog::logger>(
        "screen", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.screen->set_pattern("%v");
    return made;
  }();
  return instance;
}

void write(spdlog::level::level_enum level, const char* prefix, const std::string& message) {
  Loggers& log = loggers();
  log.screen->log(level, "{}{}", prefix, message);
  if (log.file) log.file->log(level, "{}", message);
}

}  // namespace

void start_log(LogLevel level) {
  Loggers& log = loggers();
  log.level = level;
  switch (level) {
    case LogLevel::kQuiet:
      log.screen->set_level(spdlog::level::warn);
      break;
    case LogLevel::kNormal:
      log.screen->set_level(spdlog::level::info);
      break;
    case LogLevel::kVerbose:
      log.screen->set_level(spdlog::level::debug);
      break;
  }
}

void start_log_file(const std::filesystem::path& path) {
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
    loggers().file = std::make_shared<spdlog::logger>("file", sink);
  } catch (const spdlog::spdlog_ex& error) {
    throw FileError(concat(path.string(), ": the log file cannot be opened: ", error.what()));
  }
  loggers().file->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
  loggers().file->set_level(spdlog::level::debug);
  loggers().file->flush_on(spdlog::level::debug);
}

void stop_log_file() { loggers().file.reset(); }

void log_debug(const std::string& message) { write(spdlog::level::debug, "", message); }
void log_info(const std::string& message) { write(spdlog::level::info, "", message); }
void log_warning(const std::string& message) { write(spdlog::level::warn, "warning: ", message); }
void log_error(const std::string& message) { write(spdlog::level::err, "error: ", message); }

void log_to_file_only(const std::string& message) {
  if (loggers().file) loggers().file->info("{}", message);
}

bool is_quiet() { return loggers().level == LogLevel::kQuiet; }

}  // namespace svgfusion::base
