// SPDX-License-Identifier: MIT
#include "svgfusion/icon/tokens.h"

#include <algorithm>
#include <cmath>

#include "rounding.h"
#include "svgfusion/base/error.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

// The contour with grid coordinates, without segments that became points and without lines that
// became parts of their neighbours. False when nothing is left of it.
bool snap_contour(svg::Subpath& contour, const Style& style, Grid grid) {
  const bool is_fill = style.kind == Style::Kind::kFill;
  round_to_grid(contour, is_fill ? 0 : style.width, grid);
  contour.start = grid.snapped(contour.start);
  std::size_t kept = 0;
  Point current = contour.start;
  for (Segment s : contour.segments) {
    s.end = grid.snapped(s.end);
    if (s.kind == Segment::Kind::kCubic) {
      s.control1 = grid.snapped(s.control1);
      s.control2 = grid.snapped(s.control2);
      const Point along = s.end - current;
      const auto on_chord = [&](Point p) {
        const double t = dot(p - current, along);
        return cross(p - current, along) == 0 && t >= 0 && t <= dot(along, along);
      };
      if (!(s.end == current) && on_chord(s.control1) && on_chord(s.control2))
        s = svg::line_to(s.end);
    }
    const bool is_point = s.end == current && (s.kind == Segment::Kind::kLine ||
                                               (s.control1 == current && s.control2 == current));
    if (is_point) continue;
    contour.segments[kept++] = s;
    current = s.end;
  }
  if (kept == 0) {
    if (is_fill || contour.segments.empty()) return false;
    contour.segments[kept++] = svg::line_to(contour.start);  // a dot
  }
  contour.segments.resize(kept);
  if (contour.closed && contour.segments.size() > 1 &&
      contour.segments.back().kind == Segment::Kind::kLine && contour.end() == contour.start) {
    contour.segments.pop_back();
  }
  if (!is_fill) return true;
  const svg::Box box = bounds(contour);
  return box.width() > 0 && box.height() > 0;
}

void append(Command command, const Segment& s, TokenIcon& out) {
  const auto value = [&](double coordinate) { return out.grid.nearest(coordinate); };
  Arguments arguments{};
  if (command == Command::kCubic) {
    arguments = {value(s.control1.x), value(s.control1.y), value(s.control2.x),
                 value(s.control2.y)};
  }
  arguments[4] = value(s.end.x);
  arguments[5] = value(s.end.y);
  out.commands.push_back(command);
  out.arguments.push_back(arguments);
}

// Calls `visit` with every point of the icon.
template <class Visit>
void for_each_point(const Icon& icon, const Visit& visit) {
  for (const Contour& contour : icon.contours) {
    visit(contour.geometry.start);
    for (const Segment& s : contour.geometry.segments) {
      visit(s.end);
      if (s.kind == Segment::Kind::kLine) continue;
      visit(s.control1);
      visit(s.control2);
    }
  }
}

}  // namespace

std::optional<Grid> best_grid(const Icon& icon, int bits) {
  // Added and taken away again it rounds to an integer: the last bit of numbers near it is 1.
  constexpr double kToInteger = 6755399441055744.0;  // 1.5 * 2^52
  constexpr double kCentre = kBoxSize / 2;           // icon units
  thread_local std::vector<double> offsets;          // of every coordinate from the centre
  offsets.clear();
  double low = 0;
  double high = 0;
  const auto add = [&](double coordinate) {
    offsets.push_back(coordinate - kCentre);
    low = std::min(low, offsets.back());
    high = std::max(high, offsets.back());
  };
  for_each_point(icon, [&](Point p) {
    add(p.x);
    add(p.y);
  });
  std::array<double, kGridCount> per_unit{};
  for (std::uint8_t row = 0; row < kGridCount; ++row)
    per_unit[row] = Grid{row, static_cast<std::uint8_t>(bits)}.steps_per_unit();
  std::array<double, kGridCount> errors{};  // in steps of the grids
  for (const double offset : offsets) {
    for (std::size_t row = 0; row < kGridCount; ++row) {
      const double steps = offset * per_unit[row];
      errors[row] += std::abs(steps - ((steps + kToInteger) - kToInteger));
    }
  }
  std::optional<Grid> best;
  double best_error = 0;
  for (std::uint8_t row = 0; row < kGridCount; ++row) {
    const Grid grid{row, static_cast<std::uint8_t>(bits)};
    if (!grid.reaches({kCentre + low, kCentre + high})) continue;
    const double error = errors[row] * grid.step();
    if (best && error > best_error * (1 - 1e-6) - 1e-9) continue;
    best = grid;
    best_error = error;
  }
  return best;
}

TokenIcon to_tokens(Icon icon, Grid grid) {
  std::erase_if(icon.contours, [&](Contour& contour) {
    return !snap_contour(contour.geometry, icon.styles[contour.style], grid);
  });
  // Ordering drops unused style rows; keep the rows of the icon that was given.
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < icon.styles.size(); ++row) {
    if (std::any_of(icon.contours.begin(), icon.contours.end(),
                    [&](const Contour& c) { return c.style == row; })) {
      rows.push_back(row);
    }
  }
  put_in_order(icon);
  TokenIcon out;
  out.grid = grid;
  std::size_t commands = 0;
  for (const Contour& contour : icon.contours) commands += contour.geometry.segments.size() + 1;
  out.commands.reserve(commands);
  out.arguments.reserve(commands);
  out.contour_offsets.reserve(icon.contours.size() + 1);
  out.closed.reserve(icon.contours.size());
  out.styles.reserve(icon.contours.size());
  for (const Contour& contour : icon.contours) {
    append(Command::kMove, svg::line_to(contour.geometry.start), out);
    for (const Segment& s : contour.geometry.segments) {
      append(s.kind == Segment::Kind::kLine ? Command::kLine : Command::kCubic, s, out);
    }
    out.contour_offsets.push_back(static_cast<std::uint32_t>(out.commands.size()));
    out.closed.push_back(contour.geometry.closed ? 1 : 0);
    out.styles.push_back(static_cast<std::uint8_t>(rows[contour.style]));
  }
  return out;
}

Icon from_tokens(const TokenIcon& tokens, const std::vector<Style>& styles) {
  Icon icon;
  icon.styles = styles;
  for (std::size_t c = 0; c < tokens.contour_count(); ++c) {
    SVGFUSION_CHECK(tokens.styles[c] < styles.size(), "style row ", tokens.styles[c]);
    Contour contour;
    contour.style = tokens.styles[c];
    contour.geometry.closed = tokens.closed[c] != 0;
    for (std::uint32_t i = tokens.contour_offsets[c]; i < tokens.contour_offsets[c + 1]; ++i) {
      const Arguments& a = tokens.arguments[i];
      const auto point = [&](std::size_t k) {
        return Point{tokens.grid.coordinate(a[k]), tokens.grid.coordinate(a[k + 1])};
      };
      switch (tokens.commands[i]) {
        case Command::kMove:
          contour.geometry.start = point(4);
          break;
        case Command::kLine:
          contour.geometry.segments.push_back(svg::line_to(point(4)));
          break;
        case Command::kCubic:
          contour.geometry.segments.push_back(svg::cubic_to(point(0), point(2), point(4)));
          break;
      }
    }
    icon.contours.push_back(std::move(contour));
  }
  return icon;
}

std::string over_limit(std::size_t count, const char* what, std::int64_t limit) {
  return base::concat(count, " ", what, ", more than the limit of ", limit);
}

std::string over_limits(const TokenIcon& tokens, const TokenLimits& limits) {
  if (tokens.contour_count() > static_cast<std::size_t>(limits.max_contours)) {
    return over_limit(tokens.contour_count(), "contours", limits.max_contours);
  }
  for (std::size_t c = 0; c < tokens.contour_count(); ++c) {
    if (tokens.contour_length(c) > limits.max_commands_per_contour) {
      return over_limit(tokens.contour_length(c), "commands in one contour",
                        limits.max_commands_per_contour);
    }
  }
  if (tokens.commands.size() > static_cast<std::size_t>(limits.max_commands)) {
    return over_limit(tokens.commands.size(), "commands", limits.max_commands);
  }
  return {};
}

}  // namespace svgfusion::icon
