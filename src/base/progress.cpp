// SPDX-License-Identifier: MIT
#include "svgfusion/base/progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <utility>

#include "svgfusion/base/log.h"
#include "svgfusion/base/text.h"

namespace svgfusion::base {

std::string clock_text(double seconds) {
  const auto total = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
  const auto two = [](std::int64_t value) { return concat(value < 10 ? "0" : "", value); };
  if (total >= 3600) return concat(total / 3600, ":", two(total / 60 % 60), ":", two(total % 60));
  return concat(total / 60, ":", two(total % 60));
}

Progress::Progress(std::string what, std::string unit, std::int64_t total, std::int64_t start)
    : what_(std::move(what)),
      unit_(std::move(unit)),
      total_(total),
      start_(start),
      done_(start),
      on_terminal_(::isatty(STDERR_FILENO) == 1),
      begin_(std::chrono::steady_clock::now()),
      last_shown_(begin_) {}

Progress::~Progress() { clear(); }

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

double Progress::rate() const {
  return static_cast<double>(done_ - start_) / std::max(seconds(), 1e-9);
}

std::string Progress::line(const std::string& note) const {
  const double per_second = rate();
  std::string text = concat(what_, " ", done_, "/", total_, " ", unit_);
  if (!note.empty()) text += concat("  ", note);
  text += concat("  ", to_fixed(per_second, per_second < 100 ? 1 : 0), "/s");
  if (per_second > 0) {
    text += concat("  ", clock_text(static_cast<double>(total_ - done_) / per_second), " left");
  }
  return text;
}

void Progress::update(std::int64_t done, const std::string& note) {
  done_ = done;
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> since = now - last_shown_;
  if (is_quiet() || since.count() < (on_terminal_ ? 0.2 : 10.0)) return;
  last_shown_ = now;
  if (on_terminal_) {
    std::fprintf(stderr, "\r\033[K%s", line(note).c_str());
    std::fflush(stderr);
    line_is_open_ = true;
  } else {
    log_info(line(note));
  }
}

void Progress::clear() {
  if (!std::exchange(line_is_open_, false)) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

}  // namespace svgfusion::base
