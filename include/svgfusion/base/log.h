// SPDX-License-Identifier: MIT
// People's text goes to stderr; stdout is for data. spdlog stays inside log.cpp.
#pragma once

#include <filesystem>
#include <string>

namespace svgfusion::base {

enum class LogLevel { kQuiet, kNormal, kVerbose };

// Sends every later line to stderr at the given level: quiet shows warnings and errors only.
void start_log(LogLevel level);

// Also appends every line, with its time, to `path`, until stop_log_file().
void start_log_file(const std::filesystem::path& path);
void stop_log_file();

void log_debug(const std::string& message);
void log_info(const std::string& message);
void log_warning(const std::string& message);
void log_error(const std::string& message);

// Writes only to the log file, for lines that stderr shows in another form (the progress line).
void log_to_file_only(const std::string& message);

bool is_quiet();

}  // namespace svgfusion::base
