// SPDX-License-Identifier: MIT
#include "cairo_draw.h"

#include <algorithm>

namespace svgfusion::render {
namespace {

void add_path(cairo_t* context, const svg::Subpath& subpath) {
  cairo_move_to(context, subpath.start.x, subpath.start.y);
  for (const svg::Segment& s : subpath.segments) {
    if (s.kind == svg::Segment::Kind::kLine) {
      cairo_line_to(context, s.end.x, s.end.y);
    } else {
      cairo_curve_to(context, s.control1.x, s.control1.y, s.control2.x, s.control2.y, s.end.x,
                     s.end.y);
    }
  }
  if (subpath.closed) cairo_close_path(context);
}

// Cairo draws no square for a path of no length, whose direction SVG takes to be that of the x axis
// (SVG 2 §13.5.6); for one of a hair's breadth it does.
void add_square_dot(cairo_t* context, svg::Point at) {
  double x = 1.0 / 64;  // pixels
  double y = 0;
  cairo_device_to_user_distance(context, &x, &y);
  cairo_move_to(context, at.x, at.y);
  cairo_line_to(context, at.x + x, at.y + y);
}

bool is_point(const svg::Subpath& subpath) {
  return std::all_of(subpath.segments.begin(), subpath.segments.end(),
                     [&](const svg::Segment& s) { return svg::is_point(subpath.start, s, 1e-9); });
}

cairo_line_cap_t cap_of(svg::LineCap cap) {
  switch (cap) {
    case svg::LineCap::kRound:
      return CAIRO_LINE_CAP_ROUND;
    case svg::LineCap::kSquare:
      return CAIRO_LINE_CAP_SQUARE;
    case svg::LineCap::kButt:
      break;
  }
  return CAIRO_LINE_CAP_BUTT;
}

cairo_line_join_t join_of(svg::LineJoin join) {
  switch (join) {
    case svg::LineJoin::kRound:
      return CAIRO_LINE_JOIN_ROUND;
    case svg::LineJoin::kBevel:
      return CAIRO_LINE_JOIN_BEVEL;
    case svg::LineJoin::kMiter:
      break;
  }
  return CAIRO_LINE_JOIN_MITER;
}

}  // namespace

void draw_icon(cairo_t* context, const icon::Icon& icon) {
  for (std::size_t row = 0; row < icon.styles.size(); ++row) {
    const icon::Style& style = icon.styles[row];
    cairo_new_path(context);
    for (const icon::Contour& contour : icon.contours) {
      if (contour.style != row) continue;
      const bool is_square = style.kind == icon::Style::Kind::kStroke &&
                             style.cap == svg::LineCap::kSquare && is_point(contour.geometry);
      if (is_square) {
        add_square_dot(context, contour.geometry.start);
      } else {
        add_path(context, contour.geometry);
      }
    }
    const svg::Color color = icon::unpack_color(style.color);
    cairo_set_source_rgba(context, color.red / 255.0, color.green / 255.0, color.blue / 255.0,
                          color.alpha);
    if (style.kind == icon::Style::Kind::kFill) {
      cairo_set_fill_rule(context, CAIRO_FILL_RULE_EVEN_ODD);
      cairo_fill(context);
    } else {
      cairo_set_line_width(context, style.width);
      cairo_set_line_cap(context, cap_of(style.cap));
      cairo_set_line_join(context, join_of(style.join));
      cairo_set_miter_limit(context, style.miterlimit);
      cairo_stroke(context);
    }
  }
}

}  // namespace svgfusion::render
