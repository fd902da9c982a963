// SPDX-License-Identifier: MIT
// What DeepSVG sees of a file: elements by kind, attributes of the element alone (no style sheets,
// transforms or groups), and a path grammar of its own.
#include <array>
#include <charconv>
#include <functional>
#include <optional>

#include "float_math.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/text.h"
#include "svgfusion/svg/xml.h"

namespace svgfusion::deepsvg {
namespace {

using base::concat;
using base::SvgError;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The whole text as a number.
std::optional<double> to_double(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// Every match of [-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?, whatever stands between: "1." is 1, and
// "01.5" one number even after the flag of an arc.
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

Point point(double x, double y) { return {static_cast<float>(x), static_cast<float>(y)}; }

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

double number(const svg::Element& e, std::string_view name) {
  const std::string_view* text = e.find(name);
  const std::string_view value = text ? base::trim(*text) : std::string_view();
  if (const auto found = to_double(value)) return *found;
  throw SvgError(concat("<", e.name, "> in line ", e.line, ": ", name, " is '", value,
                        "'; DeepSVG wants a plain number there"));
}

double number_or_zero(const svg::Element& e, std::string_view name) {
  const std::string_view* text = e.find(name);
  return text && !text->empty() ? number(e, name) : 0;
}

Path ellipse(Point center, Point radius) {
  const Point rx{radius.x, 0};
  const Point ry{0, radius.y};
  const std::array<Point, 4> at{center + rx, center + ry, center - rx, center - ry};
  Path path;
  for (std::size_t i = 0; i < 4; ++i) {
    Command arc = line(at[i], at[(i + 1) % 4]);
    arc.kind = Command::Kind::kArc;
    arc.radius = radius;
    arc.sweep = true;
    path.commands.push_back(arc);
  }
  path.closed = true;
  return path;
}

Path polyline(const std::vector<Point>& points, bool closed) {
  Path path;
  for (std::size_t i = 0; i + 1 < points.size(); ++i)
    path.commands.push_back(line(points[i], points[i + 1]));
  path.closed = closed;
  return path;
}

std::vector<Path> paths_of(const svg::Element& e) {
  const auto pair = [&](std::string_view x, std::string_view y) {
    return point(number(e, x), number(e, y));
  };
  if (e.name == "path") {
    const std::string_view* data = e.find("d");
    return data ? PathReader().read(*data) : std::vector<Path>{};
  }
  if (e.name == "rect") {
    const std::string_view* x = e.find("x");
    const std::string_view* y = e.find("y");
    const Point at = point(x ? number(e, "x") : 0, y ? number(e, "y") : 0);
    const Point size = pair("width", "height");
    return {polyline({at, at + Point{size.x, 0}, at + size, at + Point{0, size.y}, at}, true)};
  }
  if (e.name == "circle") {
    const Point center = pair("cx", "cy");
    return {ellipse(center, pair("r", "r"))};
  }
  if (e.name == "ellipse") {
    const Point center = pair("cx", "cy");
    return {ellipse(center, pair("rx", "ry"))};
  }
  if (e.name == "line") {
    const Point from = point(number_or_zero(e, "x1"), number_or_zero(e, "y1"));
    return {polyline({from, point(number_or_zero(e, "x2"), number_or_zero(e, "y2"))}, false)};
  }
  const std::string_view* text = e.find("points");
  const std::vector<double> n = find_numbers(text ? *text : std::string_view());
  if (n.size() % 2 != 0)
    throw SvgError(concat("<", e.name, "> in line ", e.line,
                          ": an odd count of numbers in points; DeepSVG stops there"));
  std::vector<Point> points;
  for (std::size_t i = 0; i < n.size(); i += 2) points.push_back(point(n[i], n[i + 1]));
  return {polyline(points, e.name == "polygon")};
}

const svg::Element* find_svg(const svg::Element& e) {
  if (e.name == "svg") return &e;
  for (const auto& child : e.children) {
    if (const svg::Element* found = find_svg(*child)) return found;
  }
  return nullptr;
}

void read_view_box(const svg::Element& root, Drawing& drawing) {
  const std::string_view* text = root.find("viewBox");
  std::vector<float> values;
  if (text) {
    for (const std::string& part : base::split(*text, ' ')) {
      const auto value = to_double(base::trim(part));
      if (!value) {
        values.clear();
        break;
      }
      values.push_back(static_cast<float>(*value));
    }
  }
  if (values.size() != 4) {
    throw SvgError(
        "its viewBox is not four numbers with one space between them, which is all DeepSVG reads");
  }
  drawing.view_origin = {values[0], values[1]};
  drawing.view_size = {values[2], values[3]};
}

}  // namespace

Drawing read(std::string_view bytes, std::string_view where) {
  const auto tree = svg::parse_xml(bytes, where);
  try {
    const svg::Element* root = find_svg(*tree);
    if (!root) throw SvgError("has no <svg> element");
    Drawing drawing;
    read_view_box(*root, drawing);
    for (const char* name : {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}) {
      const std::function<void(const svg::Element&)> visit = [&](const svg::Element& e) {
        if (e.name == name) drawing.groups.push_back({name, paths_of(e)});
        for (const auto& child : e.children) visit(*child);
      };
      visit(*tree);
    }
    return drawing;
  } catch (const SvgError& error) {
    throw SvgError(concat(where, ": ", error.what()));
  }
}

}  // namespace svgfusion::deepsvg
