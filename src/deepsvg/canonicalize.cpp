// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "arcs.h"
#include "float_math.h"
#include "svgfusion/base/text.h"

namespace svgfusion::deepsvg {
namespace {

template <class Map>
void map_points(Command& c, const Map& map) {
  for (Point* p : {&c.start, &c.control1, &c.control2, &c.end}) *p = map(*p);
}

template <class Map>
void map_points(Drawing& drawing, const Map& map) {
  for (Group& group : drawing.groups) {
    for (Path& path : group.paths) {
      for (Command& command : path.commands) map_points(command, map);
    }
  }
}

// About the centre of the view box, which goes to `center`.
void zoom_to(Drawing& drawing, float factor, Point center) {
  const Point middle = drawing.view_origin + 0.5 * drawing.view_size;
  map_points(drawing, [&](Point p) {
    p = p + -middle;
    p = {p.x * factor, p.y * factor};
    return p + center;
  });
  for (Group& group : drawing.groups) {
    for (Path& path : group.paths) {
      for (Command& c : path.commands) c.radius = {c.radius.x * factor, c.radius.y * factor};
    }
  }
}

void check_movable(const Drawing& drawing) {
  for (const Group& group : drawing.groups) {
    if (group.element != "path") {
      throw base::SvgError(base::concat(
          "<", group.element, ">: DeepSVG's preprocessing fails on shapes that are no path"));
    }
    for (const Path& path : group.paths) {
      if (path.commands.empty())
        throw base::SvgError("a shape of no length; DeepSVG's preprocessing fails on it");
    }
  }
}

void to_paths(Drawing& drawing) {
  for (Group& group : drawing.groups) {
    group.element = "path";
    for (Path& path : group.paths) {
      std::vector<Command> out;
      for (const Command& command : path.commands) {
        if (command.kind != Command::Kind::kArc) {
          out.push_back(command);
          continue;
        }
        if (command.radius == Point{} || is_close(command.start, command.end)) continue;
        const std::vector<Command> cubics = arc_to_cubics(command);
        out.insert(out.end(), cubics.begin(), cubics.end());
      }
      path.commands = std::move(out);
    }
  }
}

void split_paths(Drawing& drawing) {
  std::vector<Group> groups;
  for (Group& group : drawing.groups) {
    for (Path& path : group.paths) groups.push_back({group.element, {std::move(path)}});
  }
  drawing.groups = std::move(groups);
}

// The reference's order, which is not transitive: the scan keeps the first least one it meets.
bool is_left_to(const Command& a, const Command& b) {
  const Point p = a.start;
  const Point q = b.start;
  if (p.y == q.y) return p.x < q.x;
  const auto close = [](double u, double v) {
    return std::fabs(u - v) <= 1e-8 + 1e-5 * std::fabs(v);
  };
  return p.y < q.y || (close(norm(p), norm(q)) && p.x < q.x);
}

void start_at_top_left(Path& path) {
  if (!path.closed) return;
  std::size_t first = 0;
  for (std::size_t i = 1; i < path.commands.size(); ++i) {
    if (is_left_to(path.commands[i], path.commands[first])) first = i;
  }
  std::rotate(path.commands.begin(), path.commands.begin() + static_cast<std::ptrdiff_t>(first),
              path.commands.end());
}

// By the commands' ends alone; an implicit closing edge does not count.
bool is_clockwise(const Path& path) {
  if (path.commands.size() == 1) {
    const Command& c = path.commands[0];
    return c.start.x < c.end.x || (c.start.x == c.end.x && c.start.y <= c.end.y);
  }
  double twice_area = 0;
  for (const Command& c : path.commands) twice_area += cross(c.start, c.end);
  return twice_area >= 0;
}

void reverse(Path& path) {
  std::reverse(path.commands.begin(), path.commands.end());
  for (Command& c : path.commands) {
    std::swap(c.start, c.end);
    std::swap(c.control1, c.control2);
  }
}

std::string decimals(float value) {
  std::array<char, 64> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  std::string out(text.data(), end);
  return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

}  // namespace

void normalize(Drawing& drawing, float side) {
  check_movable(drawing);
  const float factor = side / std::max(drawing.view_size.x, drawing.view_size.y);
  zoom_to(drawing, factor, {side * 0.5f, side * 0.5f});
  drawing.view_origin = {};
  drawing.view_size = {side, side};
}

void zoom(Drawing& drawing, double factor) {
  check_movable(drawing);
  zoom_to(drawing, static_cast<float>(factor), drawing.view_origin + 0.5 * drawing.view_size);
}

void canonicalize(Drawing& drawing, bool normalizes) {
  to_paths(drawing);
  if (normalizes) normalize(drawing);
  split_paths(drawing);
  for (Group& group : drawing.groups) {
    std::erase_if(group.paths[0].commands,
                  [](const Command& c) { return is_close(c.start, c.end); });
  }
  std::erase_if(drawing.groups, [](const Group& g) { return g.paths[0].commands.empty(); });
  for (Group& group : drawing.groups) start_at_top_left(group.paths[0]);
  std::stable_sort(drawing.groups.begin(), drawing.groups.end(),
                   [](const Group& a, const Group& b) {
                     const Point p = a.paths[0].commands[0].start;
                     const Point q = b.paths[0].commands[0].start;
                     return p.y < q.y || (p.y == q.y && p.x < q.x);
                   });
  for (Group& group : drawing.groups) {
    Path& path = group.paths[0];
    if (!is_clockwise(path)) reverse(path);
    path.closed = false;
  }
}

void numericalize(Drawing& drawing) {
  constexpr float kValues = 256;
  normalize(drawing, kValues);
  const auto round = [](float v) {
    return std::fmin(std::fmax(std::nearbyintf(v), 0.0f), kValues - 1);  // half to even
  };
  map_points(drawing, [&](Point p) { return Point{round(p.x), round(p.y)}; });
}

std::string to_text(const Path& path) {
  const auto pair = [](Point p) { return decimals(p.x) + ' ' + decimals(p.y); };
  std::string out;
  if (path.commands.empty()) return out;
  out = "M" + pair(path.commands[0].start);
  for (const Command& c : path.commands) {
    switch (c.kind) {
      case Command::Kind::kLine:
        out += " L" + pair(c.end);
        break;
      case Command::Kind::kCubic:
        out += " C" + pair(c.control1) + ' ' + pair(c.control2) + ' ' + pair(c.end);
        break;
      case Command::Kind::kArc:
        out += base::concat(" A", pair(c.radius), " ", decimals(static_cast<float>(c.rotation)),
                            " ", c.large, " ", c.sweep, " ", pair(c.end));
        break;
    }
  }
  return path.closed ? out + " Z" : out;
}

}  // namespace svgfusion::deepsvg
