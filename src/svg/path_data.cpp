// SPDX-License-Identifier: MIT
#include "svgfusion/svg/path_data.h"

#include <array>
#include <utility>

#include "svgfusion/base/text.h"
#include "svgfusion/svg/cursor.h"
#include "svgfusion/svg/path_builder.h"

namespace svgfusion::svg {
namespace {

// Every fact about a command letter's arguments. P: a point (two numbers, offset by the current
// point when relative), x and y: one coordinate, n: a plain number, f: a flag.
struct CommandRow {
  char letter;
  std::string_view arguments;
};
constexpr std::array<CommandRow, 10> kCommands{{{'M', "P"},
                                                {'L', "P"},
                                                {'H', "x"},
                                                {'V', "y"},
                                                {'C', "PPP"},
                                                {'S', "PP"},
                                                {'Q', "PP"},
                                                {'T', "P"},
                                                {'A', "nnnffP"},
                                                {'Z', ""}}};

struct Arguments {
  std::array<Point, 3> points;
  std::array<double, 3> numbers{};
  std::array<bool, 2> flags{};
};

class PathReader {
 public:
  explicit PathReader(std::string_view text) : cursor_(text) {}

  ParsedPath read() {
    ParsedPath parsed;
    cursor_.skip_space();
    while (!cursor_.at_end()) {
      if (!read_command()) {
        parsed.error_at = cursor_.position();
        break;
      }
    }
    parsed.path = builder_.take();
    return parsed;
  }

 private:
  // One letter and all its repeats. False leaves the cursor at the error.
  bool read_command() {
    const char given = cursor_.peek();
    relative_ = given >= 'a' && given <= 'z';
    char letter = relative_ ? static_cast<char>(given - 'a' + 'A') : given;
    const CommandRow* row = find(letter);
    if (row == nullptr || (letter != 'M' && !builder_.has_start())) return false;
    cursor_.advance();
    cursor_.skip_space();
    if (row->arguments.empty()) {
      builder_.close();
      previous_ = letter;
      return true;
    }
    bool comma = false;
    do {
      Arguments arguments;
      if (!read_arguments(row->arguments, arguments) || !draw(letter, arguments)) return false;
      previous_ = letter;
      if (letter == 'M') letter = 'L';  // further pairs after a move are lines
      comma = cursor_.skip_space_and_comma();
    } while (starts_number(cursor_.peek()));
    return !comma || !cursor_.at_end();  // browsers take a comma before a letter too
  }

  static const CommandRow* find(char letter) {
    for (const CommandRow& row : kCommands) {
      if (row.letter == letter) return &row;
    }
    return nullptr;
  }
  static bool starts_number(char c) {
    return Cursor::is_digit(c) || c == '.' || c == '-' || c == '+';
  }

  bool read_arguments(std::string_view kinds, Arguments& out) {
    std::size_t points = 0;
    std::size_t numbers = 0;
    std::size_t flags = 0;
    const Point origin = relative_ ? builder_.current() : Point{};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if (i != 0) cursor_.skip_space_and_comma();
      if (kinds[i] == 'f') {
        const auto flag = cursor_.flag();
        if (!flag) return false;
        out.flags[flags++] = *flag;
        continue;
      }
      const auto first = cursor_.number();
      if (!first) return false;
      switch (kinds[i]) {
        case 'n':
          out.numbers[numbers++] = *first;
          break;
        case 'x':
          out.points[points++] = {origin.x + *first, builder_.current().y};
          break;
        case 'y':
          out.points[points++] = {builder_.current().x, origin.y + *first};
          break;
        default: {
          cursor_.skip_space_and_comma();
          const auto second = cursor_.number();
          if (!second) return false;
          out.points[points++] = origin + Point{*first, *second};
        }
      }
      if (kinds[i] != 'n' && !PathBuilder::is_near(out.points[points - 1])) return false;
    }
    return true;
  }

  // False draws nothing: a reflected control is too far.
  bool draw(char letter, const Arguments& in) {
    const Point current = builder_.current();
    // S and T reflect the last control only after a curve of their own kind (§9.3.6, §9.3.7).
    const auto reflected = [&](char one, char other) {
      return previous_ == one || previous_ == other ? 2 * current - control_ : current;
    };
    switch (letter) {
      case 'M':
        builder_.move_to(in.points[0]);
        break;
      case 'L':
      case 'H':
      case 'V':
        builder_.line_to(in.points[0]);
        break;
      case 'C':
        cubic(in.points[0], in.points[1], in.points[2]);
        break;
      case 'S': {
        const Point control = reflected('C', 'S');
        if (!PathBuilder::is_near(control)) return false;
        cubic(control, in.points[0], in.points[1]);
        break;
      }
      case 'Q':
        quadratic(in.points[0], in.points[1]);
        break;
      case 'T': {
        const Point control = reflected('Q', 'T');
        if (!PathBuilder::is_near(control)) return false;
        quadratic(control, in.points[0]);
        break;
      }
      default:
        builder_.arc_to(in.numbers[0], in.numbers[1], in.numbers[2], in.flags[0], in.flags[1],
                        in.points[0]);
    }
    return true;
  }

  void cubic(Point c1, Point c2, Point end) {
    builder_.cubic_to(c1, c2, end);
    control_ = c2;
  }
  void quadratic(Point control, Point end) {
    builder_.quadratic_to(control, end);
    control_ = control;
  }

  Cursor cursor_;
  PathBuilder builder_;
  Point control_;
  char previous_ = '\0';
  bool relative_ = false;
};

void append_point(std::string& out, Point p, int decimals) {
  out += base::to_fixed(p.x, decimals);
  out += ' ';
  out += base::to_fixed(p.y, decimals);
}

// The control of the quadratic that a cubic was raised from, if it was, and readers take it.
std::optional<Point> quadratic_control(Point start, const Segment& s) {
  const Point a = 0.5 * (3 * s.control1 - start);
  const Point b = 0.5 * (3 * s.control2 - s.end);
  const double size = distance(start, s.end) + distance(start, a);
  const bool is_raised = distance(a, b) <= 1e-9 * size && PathBuilder::is_near(a);
  return is_raised ? std::optional(a) : std::nullopt;
}

void append_subpath(std::string& out, const Subpath& subpath, int decimals) {
  out += 'M';
  append_point(out, subpath.start, decimals);
  Point current = subpath.start;
  for (const Segment& segment : subpath.segments) {
    const Point start = std::exchange(current, segment.end);
    if (segment.kind == Segment::Kind::kLine) {
      out += 'L';
    } else if (const auto control = quadratic_control(start, segment)) {
      out += 'Q';
      append_point(out, *control, decimals);
      out += ' ';
    } else {
      out += 'C';
      append_point(out, segment.control1, decimals);
      out += ' ';
      append_point(out, segment.control2, decimals);
      out += ' ';
    }
    append_point(out, segment.end, decimals);
  }
  if (subpath.closed) out += 'Z';
}

}  // namespace

ParsedPath parse_path(std::string_view text) { return PathReader(text).read(); }

std::vector<Point> parse_points(std::string_view text) {
  std::vector<Point> points;
  Cursor cursor(text);
  cursor.skip_space();
  while (true) {
    const auto x = cursor.number();
    if (!x) return points;
    cursor.skip_space_and_comma();
    const auto y = cursor.number();
    if (!y) return points;
    points.push_back({*x, *y});
    cursor.skip_space_and_comma();
  }
}

std::string write_path(const Subpath& subpath, int decimals) {
  std::string out;
  append_subpath(out, subpath, decimals);
  return out;
}

std::string write_path(const Path& path, int decimals) {
  std::string out;
  for (const Subpath& subpath : path.subpaths) append_subpath(out, subpath, decimals);
  return out;
}

}  // namespace svgfusion::svg
