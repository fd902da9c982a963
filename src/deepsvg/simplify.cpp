// SPDX-License-Identifier: MIT
// DeepSVG's simplification: short pieces, fitted anew, and split where they are long.
#include <algorithm>
#include <array>

#include "fitter.h"
#include "float_math.h"
#include "svgfusion/base/text.h"

namespace svgfusion::deepsvg {
namespace {

using Row = std::array<double, 2>;
using Rows = std::array<Row, 4>;

Rows rows_of(const Command& c) {
  const auto row = [](Point p) { return Row{p.x, p.y}; };
  return {row(c.start), row(c.control1), row(c.control2), row(c.end)};
}

Row combine(const std::array<double, 4>& weights, const Rows& rows) {
  Row out{};
  for (std::size_t i = 0; i < 4; ++i) {
    out[0] += weights[i] * rows[i][0];
    out[1] += weights[i] * rows[i][1];
  }
  return out;
}

Point to_point(Row row) { return {static_cast<float>(row[0]), static_cast<float>(row[1])}; }

// Of the polyline through 100 points.
double length_of(const Command& c) {
  if (c.kind == Command::Kind::kLine) return distance(c.start, c.end);
  constexpr int kSamples = 100;
  const Rows rows = rows_of(c);
  double total = 0;
  Row before{};
  for (int i = 0; i < kSamples; ++i) {
    const double z = i == kSamples - 1 ? 1.0 : i * (1.0 / (kSamples - 1));
    const double z2 = z * z;
    const double z3 = z2 * z;
    const Row at =
        combine({1 - 3 * z + 3 * z2 - z3, 3 * z - 6 * z2 + 3 * z3, 3 * z2 - 3 * z3, z3}, rows);
    if (i > 0) total += std::hypot(at[0] - before[0], at[1] - before[1]);
    before = at;
  }
  return total;
}

// The parts before and after parameter z.
std::array<Command, 2> split_at(const Command& c, double z) {
  const Rows rows = rows_of(c);
  const double a = z - 1;
  const double a3 = std::pow(a, 3);
  const double z3 = std::pow(z, 3);
  const auto at = [&](const std::array<double, 4>& weights) {
    return to_point(combine(weights, rows));
  };
  const Point middle = at({-a3, 3 * (a * a) * z, -3 * a * (z * z), z3});
  return {cubic(at({1, 0, 0, 0}), at({-a, z, 0, 0}), at({a * a, -2 * a * z, z * z, 0}), middle),
          cubic(middle, at({0, a * a, -2 * a * z, z * z}), at({0, 0, -a, z}), at({0, 0, 0, 1}))};
}

void split_into(const Command& c, int count, std::vector<Command>& out) {
  if (c.kind == Command::Kind::kLine) {
    Point from = c.start;
    for (int i = 1; i <= count; ++i) {
      const double t = i == count ? 1.0 : i * (1.0 / count);
      const Point to = (1 - t) * c.start + t * c.end;
      out.push_back(line(from, to));
      from = to;
    }
    return;
  }
  Command rest = c;
  for (int i = 0; i + 1 < count; ++i) {
    const auto [part, after] = split_at(rest, 1.0 / (count - i));
    out.push_back(part);
    rest = after;
  }
  out.push_back(rest);
}

// Fitting takes the square of their number; icons have a few hundred at most.
constexpr double kMaxCommands = 10'000;

[[noreturn]] void throw_too_large() {
  throw base::SvgError(base::concat("a path falls into more than ", kMaxCommands,
                                    " pieces, the limit of this program's DeepSVG format"));
}

void split(Path& path, double max_length, bool splits_lines) {
  std::vector<Command> out;
  for (const Command& c : path.commands) {
    if (c.kind == Command::Kind::kLine && !splits_lines) {
      out.push_back(c);
    } else {
      const double pieces = std::ceil(length_of(c) / max_length);
      if (!(pieces <= kMaxCommands)) throw_too_large();
      split_into(c, std::max(static_cast<int>(pieces), 1), out);
    }
  }
  if (static_cast<double>(out.size()) > kMaxCommands) throw_too_large();
  path.commands = std::move(out);
}

}  // namespace

void simplify_heuristic(Drawing& drawing) {
  constexpr double kShort = 2;
  constexpr double kLong = 7.5;
  for (Group& group : drawing.groups) {
    for (Path& path : group.paths) {
      if (path.commands.empty()) continue;
      split(path, kShort, false);
      path.commands = fitted(path);
      split(path, kLong, true);
    }
  }
}

}  // namespace svgfusion::deepsvg
