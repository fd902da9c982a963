// SPDX-License-Identifier: MIT
#include "svgfusion/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "svgfusion/base/error.h"

namespace svgfusion::base {
namespace {

template <class T>
std::string chars_of(T value) {
  char buffer[64];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, result.ptr);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substitute});
    }
  }
  return row.back();
}

}  // namespace

std::string to_text(double value) { return chars_of(value); }
std::string to_text(std::int64_t value) { return chars_of(value); }
std::string to_text(std::uint64_t value) { return chars_of(value); }

std::string to_fixed(double value, int decimals) {
  SVGFUSION_CHECK(std::isfinite(value), "to_fixed of ", value);
  constexpr double kExact = 1e15;  // whole numbers below are those of an integer
  if (std::abs(value) < kExact && value == std::trunc(value))
    return chars_of(static_cast<std::int64_t>(value));
  char buffer[400];
  const auto result =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
  std::string text(buffer, result.ptr);
  if (text.find('.') != std::string::npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string count_of(std::int64_t count, std::string_view noun) {
  return concat(count, " ", noun, count == 1 ? "" : "s");
}

std::vector<std::string> nearest_words(std::string_view word,
                                       const std::vector<std::string>& candidates,
                                       std::size_t limit) {
  std::vector<std::pair<std::size_t, std::string>> scored;
  const std::string folded = lower(word);
  for (const std::string& candidate : candidates) {
    const std::string other = lower(candidate);
    std::size_t distance = edit_distance(folded, other);
    if (!folded.empty() && other.find(folded) != std::string::npos) {
      distance = std::min<std::size_t>(distance, 1);
    }
    if (distance <= std::max<std::size_t>(2, word.size() / 3)) {
      scored.emplace_back(distance, candidate);
    }
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> nearest;
  for (const auto& [distance, candidate] : scored) {
    if (nearest.size() == limit) break;
    nearest.push_back(candidate);
  }
  return nearest;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  std::vector<std::string> quoted;
  for (const std::string& near : nearest_words(word, candidates)) {
    quoted.push_back(concat("'", near, "'"));
  }
  if (quoted.empty()) return {};
  return concat(" (did you mean ", join(quoted, " or "), "?)");
}

}  // namespace svgfusion::base
