// SPDX-License-Identifier: MIT
// One status line for long work: done of total, rate and time left. Rewritten in place on a
// terminal; elsewhere a plain line every ten seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace svgfusion::base {

// "1:02:03" or "4:05".
std::string clock_text(double seconds);

class Progress {
 public:
  // `start` is where the count begins, for work that resumes: the rate leaves it out.
  Progress(std::string what, std::string unit, std::int64_t total, std::int64_t start = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Shows `done` and `note` when it is time to; cheap to call often.
  void update(std::int64_t done, const std::string& note = {});
  // Makes room for an ordinary log line.
  void clear();
  // Units a second since the start.
  double rate() const;
  double seconds() const;

 private:
  std::string line(const std::string& note) const;

  std::string what_;
  std::string unit_;
  std::int64_t total_;
  std::int64_t start_;
  std::int64_t done_;
  bool on_terminal_;
  bool line_is_open_ = false;
  std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point last_shown_;
};

}  // namespace svgfusion::base
