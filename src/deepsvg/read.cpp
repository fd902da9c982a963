// SPDX-License-Identifier: MIT
// What DeepSVG sees of a file: elements by kind, attributes of the element alone (no style sheets,
// transforms or groups), and a path grammar of its own.
#include <array>
#include <functional>

#include "float_math.h"
#include "path_reader.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/text.h"
#include "svgfusion/svg/xml.h"

namespace svgfusion::deepsvg {
namespace {

using base::concat;
using base::SvgError;

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
    return data ? read_path(*data) : std::vector<Path>{};
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
  for (const svg::Element* child : e.children) {
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
        for (const svg::Element* child : e.children) visit(*child);
      };
      visit(*tree);
    }
    return drawing;
  } catch (const SvgError& error) {
    throw SvgError(concat(where, ": ", error.what()));
  }
}

}  // namespace svgfusion::deepsvg
