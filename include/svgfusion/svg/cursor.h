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
    return c <= ' ' && (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f');
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
    const char* const begin = text_.data() + position_;
    const char* const end = text_.data() + text_.size();
    const char* const first = begin != end && (*begin == '+' || *begin == '-') ? begin + 1 : begin;
    std::uint64_t digits = 0;
    const char* const point = take_digits(first, end, digits);
    const char* at = point;
    if (at != end && *at == '.') at = take_digits(at + 1, end, digits);
    const std::ptrdiff_t decimals = at - point - (at != point);
    const std::ptrdiff_t count = point - first + decimals;
    if (count == 0) return std::nullopt;
    double value = 0;
    if (count <= kMostDigits && (at == end || (*at | 0x20) != 'e')) {
      // The quotient of two exact numbers, rounded once (Clinger, "How to read floating point
      // numbers accurately", 1990): so are nearly all that icons have.
      value = static_cast<double>(digits) / kPowers[static_cast<std::size_t>(decimals)];
    } else {
      const auto result = std::from_chars(first, end, value);
      if (result.ec != std::errc() || value > kLargest) return std::nullopt;
      at = result.ptr;
    }
    position_ = static_cast<std::size_t>(at - text_.data());
    return *begin == '-' ? -value : value;
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
  // Shifts digits into `number`, as far as it holds them; where they end.
  static const char* take_digits(const char* at, const char* end, std::uint64_t& number) {
    for (; at != end && is_digit(*at); ++at)
      number = 10 * number + static_cast<std::uint64_t>(*at - '0');
    return at;
  }

  static constexpr double kLargest = std::numeric_limits<float>::max();
  static constexpr int kMostDigits = 15;
  static constexpr std::array<double, kMostDigits + 1> kPowers{
      1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace svgfusion::svg
