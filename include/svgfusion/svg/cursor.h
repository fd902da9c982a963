// SPDX-License-Identifier: MIT
// A bounded cursor over text with the number grammar that path data, transforms, points and CSS
// share (SVG 2 §9.3.9). Never reads past the end, never allocates, knows no locale.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace svgfusion::svg {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool at_end() const { return position_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  std::size_t position() const { return position_; }
  void move_to(std::size_t position) { position_ = position; }
  std::string_view rest() const { return text_.substr(position_); }
  std::string_view since(std::size_t begin) const { return text_.substr(begin, position_ - begin); }

  bool take(char wanted) {
    if (at_end() || text_[position_] != wanted) return false;
    ++position_;
    return true;
  }
  bool take(std::string_view wanted) {
    if (!rest().starts_with(wanted)) return false;
    position_ += wanted.size();
    return true;
  }
  void advance(std::size_t count = 1) { position_ = std::min(position_ + count, text_.size()); }

  static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

  void skip_space() {
    while (!at_end() && is_space(text_[position_])) ++position_;
  }
  // White space with at most one comma in it; tells whether there was a comma.
  bool skip_space_and_comma() {
    skip_space();
    const bool comma = take(',');
    if (comma) skip_space();
    return comma;
  }

  // [+-]? (digits [. digits*]? | . digits) ([eE] [+-]? digits)?  Leaves the cursor where it was
  // when there is no number or it is beyond single precision, the range of numbers (SVG 2 §4.2):
  // sums and products of a few are then finite.
  std::optional<double> number() {
    const std::size_t begin = position_;
    std::size_t first = begin;
    if (first < text_.size() && (text_[first] == '+' || text_[first] == '-')) ++first;
    const bool digit = first < text_.size() && is_digit(text_[first]);
    const bool point =
        first + 1 < text_.size() && text_[first] == '.' && is_digit(text_[first + 1]);
    if (!digit && !point) return std::nullopt;
    if (const auto decimal = short_decimal(first)) {
      return text_[begin] == '-' ? -*decimal : *decimal;
    }
    double value = 0;
    const auto result = std::from_chars(text_.data() + first, text_.data() + text_.size(), value);
    if (result.ec != std::errc() || value > kLargest) return std::nullopt;
    position_ = static_cast<std::size_t>(result.ptr - text_.data());
    return text_[begin] == '-' ? -value : value;
  }

  // A single 0 or 1, which needs no separator behind it.
  std::optional<bool> flag() {
    if (take('0')) return false;
    if (take('1')) return true;
    return std::nullopt;
  }

  // Letters, digits, '-', '_' and everything beyond ASCII.
  std::string_view identifier() {
    const std::size_t begin = position_;
    while (!at_end()) {
      const char c = text_[position_];
      if (!is_letter(c) && !is_digit(c) && c != '-' && c != '_' && (c & 0x80) == 0) break;
      ++position_;
    }
    return since(begin);
  }

 private:
  // The number at `first` when it has no exponent and at most 15 digits, as nearly all have: then
  // it is the quotient of two exact ones, rounded once (Clinger, "How to read floating point
  // numbers accurately", 1990).
  std::optional<double> short_decimal(std::size_t first) {
    std::uint64_t digits = 0;
    int count = 0;
    std::size_t at = first;
    const auto take_digits = [&] {
      const std::size_t from = at;
      for (; at < text_.size() && is_digit(text_[at]) && count <= kMostDigits; ++at, ++count)
        digits = 10 * digits + static_cast<std::uint64_t>(text_[at] - '0');
      return static_cast<std::size_t>(at - from);
    };
    take_digits();
    std::size_t decimals = 0;
    if (at < text_.size() && text_[at] == '.') {
      ++at;
      decimals = take_digits();
    }
    if (count > kMostDigits || (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')))
      return std::nullopt;
    position_ = at;
    return static_cast<double>(digits) / kPowers[decimals];
  }

  static constexpr double kLargest = std::numeric_limits<float>::max();
  static constexpr int kMostDigits = 15;
  static constexpr std::array<double, kMostDigits + 1> kPowers{
      1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace svgfusion::svg
