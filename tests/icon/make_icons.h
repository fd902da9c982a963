// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "support/support.h"
#include "svgfusion/base/random.h"
#include "svgfusion/icon/canonical.h"
#include "svgfusion/svg/path_data.h"

namespace svgfusion::icon {

inline CanonicalResult canonical(const std::string& body, const CanonicalOptions& options = {}) {
  return canonical_icon(svg::read_document(test::svg_text(body), "t"), options);
}

inline std::string described(const Icon& icon) {
  std::string out;
  for (const Contour& c : icon.contours)
    out += to_text(icon.styles[c.style]) + " " + svg::write_path(c.geometry, 2) + "\n";
  return out;
}

// A random closed or open contour with coordinates on a coarse grid, so that equal corners occur.
inline svg::Subpath random_contour(base::Random& random) {
  const auto point = [&] {
    return svg::Point{static_cast<double>(random.below(20)) + 2,
                      static_cast<double>(random.below(20)) + 2};
  };
  svg::Subpath out{point(), {}, random.below(2) == 0};
  for (std::uint64_t n = 0; n < 2 + random.below(5); ++n) {
    out.segments.push_back(random.below(2) == 0 ? svg::line_to(point())
                                                : svg::cubic_to(point(), point(), point()));
  }
  return out;
}

inline Icon random_icon(base::Random& random) {
  Icon icon;
  icon.styles = {Style{},
                 Style{Style::Kind::kStroke, 0xFF, 2, svg::LineCap::kRound, svg::LineJoin::kRound}};
  for (std::uint64_t n = 0; n < 1 + random.below(4); ++n) {
    Contour contour{random_contour(random), random.below(2)};
    if (contour.style == 0) contour.geometry.closed = true;
    icon.contours.push_back(contour);
  }
  return icon;
}

}  // namespace svgfusion::icon
