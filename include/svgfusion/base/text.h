// SPDX-License-Identifier: MIT
// Locale-free text: numbers are written with std::to_chars, never with printf or streams.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace svgfusion::base {

// Shortest text that reads back as the same number.
std::string to_text(double value);
std::string to_text(std::int64_t value);
std::string to_text(std::uint64_t value);

// `decimals` digits after the point at most, no trailing zeros, never "-0".
std::string to_fixed(double value, int decimals);

inline void append_text(std::string& out, std::string_view text) { out += text; }
template <class T>
requires std::is_arithmetic_v<T>
void append_text(std::string& out, T value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, char>) {
    out += value;
  } else if constexpr (std::is_floating_point_v<T>) {
    out += to_text(static_cast<double>(value));
  } else if constexpr (std::is_unsigned_v<T>) {
    out += to_text(static_cast<std::uint64_t>(value));
  } else {
    out += to_text(static_cast<std::int64_t>(value));
  }
}

// Joins its arguments into one string.
template <class... Args>
std::string concat(const Args&... args) {
  std::string out;
  (append_text(out, args), ...);
  return out;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::vector<std::string> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string lower(std::string_view text);

// "1 file", "3 files".
std::string count_of(std::int64_t count, std::string_view noun);

// Up to `limit` of `candidates` that are close to `word` by edit distance, nearest first.
std::vector<std::string> nearest_words(std::string_view word,
                                       const std::vector<std::string>& candidates,
                                       std::size_t limit = 3);

// " (did you mean 'a' or 'b'?)", or empty when nothing is close.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace svgfusion::base
