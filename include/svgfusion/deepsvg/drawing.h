// SPDX-License-Identifier: MIT
// DeepSVG's own reading of SVG files (Carlier et al. 2020, package svglib), reproduced with its
// quirks: which elements it sees, how it rounds, what it loses. For data that must equal what the
// reference program trained on; everything else reads SVG through the rooms `svg` and `icon`.
//
// All arithmetic on coordinates is in float32, as there; scalars are doubles that are rounded to
// float32 where they meet a coordinate. Results are exact to the integer after numericalize().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace svgfusion::deepsvg {

struct Point {
  float x = 0;
  float y = 0;
  friend Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
  friend Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
  friend Point operator-(Point a) { return {-a.x, -a.y}; }
  friend Point operator*(double s, Point p) {
    const auto f = static_cast<float>(s);
    return {f * p.x, f * p.y};
  }
  friend bool operator==(Point a, Point b) = default;
};

struct Command {
  enum class Kind : std::uint8_t { kLine, kCubic, kArc };
  Kind kind = Kind::kLine;
  Point start, control1, control2, end;
  // Of an arc.
  Point radius;
  double rotation = 0;  // degrees
  int large = 0;
  int sweep = 0;
};

struct Path {
  std::vector<Command> commands;
  bool closed = false;
};

// One element of the file, in DeepSVG's order: by kind of element, then as they stand.
struct Group {
  std::string element;  // "path", "rect", …; what is no path cannot be moved before to_paths()
  std::vector<Path> paths;
};

struct Drawing {
  Point view_origin;
  Point view_size;
  std::vector<Group> groups;
};

// Throws SvgError where the reference raises an exception. `where` names the file in messages.
Drawing read(std::string_view svg, std::string_view where);

// Scales the view box to 0 0 side side, letterboxed. Throws SvgError for a shape that is no path,
// as the reference does: its preprocessing skips such files.
void normalize(Drawing& drawing, float side = 24);
void zoom(Drawing& drawing, double factor);

// Turns shapes into paths and arcs into cubics, splits groups into single paths, drops commands
// without length, orders paths by their start (y, x), turns them clockwise and forgets closing.
// `normalizes` moves all into the box of 24 once everything is a path.
void canonicalize(Drawing& drawing, bool normalizes = false);

// Splits curves at every 2 units, fits cubics (tolerance 0.1) and lines (0.2) to them, and splits
// at every 7.5 units.
void simplify_heuristic(Drawing& drawing);

// Scales to 256 and rounds every coordinate half to even, clipped to 0 … 255.
void numericalize(Drawing& drawing);

// "M1.0 2.0 L3.0 4.0", one path; with shortest float32 decimals.
std::string to_text(const Path& path);

}  // namespace svgfusion::deepsvg
