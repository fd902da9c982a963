// SPDX-License-Identifier: MIT
#include "stroke_outline.h"

#include <algorithm>
#include <cmath>

#include "offset_curve.h"
#include "svgfusion/svg/path_builder.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;
using svg::Subpath;

constexpr double kSmoothCosine = 0.99999;  // joins at a smaller turn leave no gap to see

// A way of segments that a shape's boundary takes.
struct Way {
  Point start;
  std::vector<Segment> segments;

  Point end() const { return segments.empty() ? start : segments.back().end; }
  void to(Point p) {
    if (distance(end(), p) > kNoLength) segments.push_back(svg::line_to(p));
  }
  // Goes on along a way that begins at its end, or so near that nobody sees it moved there.
  void along(const Way& more) {
    (segments.empty() ? start : segments.back().end) = more.start;
    segments.insert(segments.end(), more.segments.begin(), more.segments.end());
  }
};

Way reversed(const Way& way) {
  Way out{way.end(), {}};
  for (std::size_t i = way.segments.size(); i-- > 0;)
    out.segments.push_back(
        svg::reversed(i == 0 ? way.start : way.segments[i - 1].end, way.segments[i]));
  return out;
}

// What the pen adds where the course turns: on the outer side the way from one strip's corner to
// the next one's.
struct Turn {
  Point pivot;
  bool is_left = false;
  bool is_smooth = false;
  Way around;
};

class StrokeMaker {
 public:
  StrokeMaker(const Pen& pen, double tolerance)
      : pen_(pen), half_(pen.width / 2), tolerance_(tolerance) {}

  void add(const Subpath& subpath) {
    const Course course = course_of(subpath);
    if (course.segments.empty()) {
      add_dot(subpath.start);
      return;
    }
    std::vector<std::vector<Strip>> strips;
    for (std::size_t i = 0; i < course.segments.size(); ++i) {
      add_strips(course.starts[i], course.segments[i], half_, tolerance_, strips.emplace_back());
    }
    const bool is_plain = std::all_of(strips.begin(), strips.end(), [](const auto& of_segment) {
      return std::all_of(of_segment.begin(), of_segment.end(),
                         [](const Strip& strip) { return strip.is_plain; });
    });
    if (is_plain) {
      add_outline(course, strips, subpath.closed);
    } else {
      add_pieces(course, strips, subpath.closed);
    }
  }

  std::vector<FilledShape> take() { return std::move(shapes_); }

 private:
  // Of ways that end where they start.
  void add_shape(std::vector<Way> loops) {
    FilledShape shape;
    for (Way& loop : loops) {
      const Point start = loop.end();
      shape.path.subpaths.push_back({start, std::move(loop.segments), true});
    }
    shapes_.push_back(std::move(shape));
  }

  void add_dot(Point at) {
    if (pen_.cap == svg::LineCap::kButt) return;
    Way loop = cap(at, {1, 0});
    loop.along(cap(at, {-1, 0}));
    add_shape({std::move(loop)});
  }

  // Both sides of the course. About each point it winds as often as strips, turns and caps, all of
  // one direction, lie there: on the inner side of a turn it goes by the pivot, as they do.
  void add_outline(const Course& course, const std::vector<std::vector<Strip>>& strips,
                   bool is_closed) {
    const std::size_t count = strips.size();
    Way left{strips.front().front().left_start, {}};
    Way right{strips.back().back().right.end, {}};
    for (std::size_t i = 0; i < count; ++i) {
      for (const Strip& strip : strips[i]) left.segments.push_back(strip.left);
      if (i + 1 < count || is_closed) add_turn(course, i, strips, true, left);
    }
    for (std::size_t i = count; i-- > 0;) {
      for (auto strip = strips[i].rbegin(); strip != strips[i].rend(); ++strip)
        right.segments.push_back(svg::reversed(strip->right_start, strip->right));
      if (i > 0 || is_closed) add_turn(course, (i + count - 1) % count, strips, false, right);
    }
    if (is_closed) {
      add_shape({std::move(left), std::move(right)});
      return;
    }
    left.along(cap(course.segments.back().end, end_direction(course)));
    right.start = left.end();
    left.along(right);
    left.along(cap(course.starts.front(), -1 * start_direction(course)));
    add_shape({std::move(left)});
  }

  // The turn behind a segment, as one side of the outline passes it; the right one runs backwards.
  void add_turn(const Course& course, std::size_t before,
                const std::vector<std::vector<Strip>>& strips, bool is_left, Way& way) {
    const std::size_t after = (before + 1) % strips.size();
    const Turn turn = turn_at(course, before, after);
    const Point next = is_left ? strips[after].front().left_start : strips[before].back().right.end;
    if (turn.is_smooth) {
      way.segments.back().end = next;
    } else if (turn.is_left != is_left) {
      way.to(turn.pivot);
      way.to(next);
    } else {
      way.along(is_left ? turn.around : reversed(turn.around));
    }
  }

  void add_pieces(const Course& course, const std::vector<std::vector<Strip>>& strips,
                  bool is_closed) {
    for (const auto& of_segment : strips) {
      for (const Strip& strip : of_segment) {
        Way way{strip.left_start, {strip.left}};
        way.to(strip.right.end);
        way.segments.push_back(svg::reversed(strip.right_start, strip.right));
        way.to(strip.left_start);
        add_shape({std::move(way)});
      }
    }
    for (std::size_t i = 0; i < strips.size(); ++i) {
      if (i + 1 == strips.size() && !is_closed) break;
      Turn turn = turn_at(course, i, (i + 1) % strips.size());
      if (turn.is_smooth) continue;
      turn.around.to(turn.pivot);
      turn.around.to(turn.around.start);
      add_shape({std::move(turn.around)});
    }
    if (is_closed || pen_.cap == svg::LineCap::kButt) return;
    add_cap(course.segments.back().end, end_direction(course));
    add_cap(course.starts.front(), -1 * start_direction(course));
  }

  void add_cap(Point at, Point direction) {
    Way way = cap(at, direction);
    way.to(way.start);
    add_shape({std::move(way)});
  }

  static Point start_direction(const Course& course) {
    return direction_at(course.starts.front(), course.segments.front(), 0);
  }
  static Point end_direction(const Course& course) {
    return direction_at(course.starts.back(), course.segments.back(), 1);
  }

  // From the strip's left corner about the end of the course to its right one.
  Way cap(Point at, Point direction) const {
    const Point n = half_ * normal_of(direction);
    if (pen_.cap == svg::LineCap::kRound) return arc(at + n, at - n, false);
    Way way{at + n, {}};
    if (pen_.cap == svg::LineCap::kSquare) {
      const Point ahead = half_ * direction;
      way.to(at + n + ahead);
      way.to(at - n + ahead);
    }
    way.to(at - n);
    return way;
  }

  Turn turn_at(const Course& course, std::size_t before, std::size_t after) const {
    const Point in = direction_at(course.starts[before], course.segments[before], 1);
    const Point out = direction_at(course.starts[after], course.segments[after], 0);
    const double cosine = dot(in, out);
    const double sine = cross(in, out);
    Turn turn;
    turn.pivot = course.segments[before].end;
    turn.is_smooth = cosine > kSmoothCosine;
    turn.is_left = sine <= 0;  // with y down, a turn to the right has its corner on the left
    const double side = turn.is_left ? half_ : -half_;
    const Point from = turn.pivot + side * normal_of(in);
    const Point to = turn.pivot + side * normal_of(out);
    if (turn.is_smooth) return turn;
    if (pen_.join == svg::LineJoin::kRound) {
      turn.around = arc(from, to, !turn.is_left);
      return turn;
    }
    turn.around.start = from;
    // SVG 2 §13.5.5: miter length over width is 1 / sin(theta / 2), theta between the segments.
    const double half_sine = std::sqrt(std::max(0.0, (1 + cosine) / 2));
    if (pen_.join == svg::LineJoin::kMiter && half_sine > kNoLength &&
        1 / half_sine <= pen_.miterlimit) {
      turn.around.to(turn.pivot + (half_ / half_sine) * unit(from + to - 2 * turn.pivot));
    }
    turn.around.to(to);
    return turn;
  }

  // Of the pen's circle, by at most half of it.
  Way arc(Point from, Point to, bool is_positive) const {
    svg::PathBuilder builder;
    builder.move_to(from);
    builder.arc_to(half_, half_, 0, false, is_positive, to);
    return {from, builder.take().subpaths.front().segments};
  }

  const Pen& pen_;
  double half_;
  double tolerance_;
  std::vector<FilledShape> shapes_;
};

}  // namespace

std::vector<FilledShape> stroke_shapes(const svg::Path& path, const Pen& pen, double tolerance) {
  StrokeMaker maker(pen, tolerance);
  for (const Subpath& subpath : path.subpaths) maker.add(subpath);
  return maker.take();
}

}  // namespace svgfusion::icon
