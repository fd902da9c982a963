// SPDX-License-Identifier: MIT
// DeepSVG's own path grammar.
#include "path_reader.h"

#include <charconv>

#include "float_math.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/text.h"

namespace svgfusion::deepsvg {
namespace {

using base::concat;
using base::SvgError;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One path's data. Subpaths start at M; Z ends one, and what follows before the next M is lost.
class PathReader {
 public:
  std::vector<Path> read(std::string_view data) {
    constexpr std::string_view kLetters = "MmZzLlHhVvCcSsQqTtAa";
    std::size_t i = data.find_first_of(kLetters);
    while (i != std::string_view::npos && i < data.size()) {
      const std::size_t next = data.find_first_of(kLetters, i + 1);
      run(data[i], find_numbers(data.substr(i + 1, next - i - 1)));
      i = next;
    }
    end_path();
    return std::move(paths_);
  }

 private:
  void run(char letter, const std::vector<double>& n) {
    const bool relative = letter >= 'a';
    const char kind = relative ? static_cast<char>(letter - 'a' + 'A') : letter;
    if (kind == 'Z') {
      if (!n.empty()) throw SvgError("a number follows Z; DeepSVG stops there");
      close();
      return;
    }
    std::size_t per = 2;
    if (kind == 'H' || kind == 'V') per = 1;
    if (kind == 'S' || kind == 'Q') per = 4;
    if (kind == 'C') per = 6;
    if (kind == 'A') per = 7;
    if (n.empty() || n.size() % per != 0) {
      throw SvgError(concat("expected a multiple of ", per, " numbers after ", letter, ", found ",
                            n.size(), "; DeepSVG stops there"));
    }
    for (std::size_t i = 0; i < n.size(); i += per) {
      // Further pairs after M are lines.
      one(kind == 'M' && i > 0 ? 'L' : kind, relative,
          {n.begin() + static_cast<std::ptrdiff_t>(i),
           n.begin() + static_cast<std::ptrdiff_t>(i + per)});
    }
  }

  void one(char kind, bool relative, const std::vector<double>& n) {
    const auto at = [&](std::size_t i) {
      const Point p = point(n[i], n[i + 1]);
      return relative ? p + position_ : p;
    };
    Command command;
    switch (kind) {
      case 'M':
        end_path();
        position_ = initial_ = at(0);
        is_open_ = true;
        before_is_cubic_ = false;
        return;
      case 'L':
        command = line(position_, at(0));
        break;
      case 'H':
        command = line(position_,
                       {static_cast<float>(n[0] + (relative ? position_.x : 0.0)), position_.y});
        break;
      case 'V':
        command = line(position_,
                       {position_.x, static_cast<float>(n[0] + (relative ? position_.y : 0.0))});
        break;
      case 'C':
        command = cubic(position_, at(0), at(2), at(4));
        break;
      case 'Q':  // both controls at the quadratic's one
        command = cubic(position_, at(0), at(0), at(2));
        break;
      case 'S':
        command = cubic(position_, reflected(), at(0), at(2));
        break;
      case 'T':
        command = cubic(position_, reflected(), reflected(), at(0));
        break;
      default:
        command = line(position_, at(5));
        command.kind = Command::Kind::kArc;
        command.radius = point(n[0], n[1]);
        command.rotation = n[2];
        command.large = static_cast<int>(n[3]);
        command.sweep = static_cast<int>(n[4]);
        break;
    }
    before_is_cubic_ = command.kind == Command::Kind::kCubic;
    control_before_ = command.control2;
    position_ = command.end;
    if (is_open_) open_.commands.push_back(command);
  }

  // After any cubic, whether S or T follows.
  Point reflected() const { return before_is_cubic_ ? 2 * position_ - control_before_ : position_; }

  void close() {
    open_.closed = true;
    end_path();
    position_ = initial_;
    before_is_cubic_ = false;
  }

  void end_path() {
    if (is_open_ && !open_.commands.empty()) paths_.push_back(std::move(open_));
    open_ = {};
    is_open_ = false;
  }

  std::vector<Path> paths_;
  Path open_;
  bool is_open_ = false;
  Point position_, initial_, control_before_;
  bool before_is_cubic_ = false;
};

}  // namespace

std::optional<double> to_double(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::vector<double> find_numbers(std::string_view text) {
  std::vector<double> numbers;
  std::size_t i = 0;
  const auto digits = [&](std::size_t at) {
    while (at < text.size() && is_digit(text[at])) ++at;
    return at;
  };
  while (i < text.size()) {
    std::size_t at = i;
    if (text[at] == '-' || text[at] == '+') ++at;
    const std::size_t whole = digits(at);
    std::size_t end = whole;
    if (whole < text.size() && text[whole] == '.' && digits(whole + 1) > whole + 1)
      end = digits(whole + 1);
    if (end == at) {  // no digit: no number starts here
      ++i;
      continue;
    }
    if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
      std::size_t exponent = end + 1;
      if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+')) ++exponent;
      if (digits(exponent) > exponent) end = digits(exponent);
    }
    numbers.push_back(to_double(text.substr(i, end - i)).value_or(0));
    i = end;
  }
  return numbers;
}

std::vector<Path> read_path(std::string_view data) { return PathReader().read(data); }

}  // namespace svgfusion::deepsvg
