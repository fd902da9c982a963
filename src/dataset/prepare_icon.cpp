// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "refine.h"
#include "svgfusion/base/error.h"
#include "svgfusion/dataset/prepare.h"

namespace svgfusion::dataset {

namespace {

// Renderers sample at fractions of a pixel; a coordinate that stands on one must not be moved off
// it.
const svg::WriteOptions kExact{.decimals = 6, .transform_decimals = 6};

// Why an icon in these styles is not what data.paint asks for; empty when it is.
std::string wrong_paint(const std::vector<icon::Style>& styles, const std::string& paint) {
  if (paint == "any") return {};
  for (const icon::Style& style : styles) {
    if (style.color != styles[0].color || (style.color & 255u) != 255u)
      return "is not painted in one opaque colour, as data.paint asks";
    if (style.kind == icon::Style::Kind::kFill ? paint == "stroke" : paint == "fill")
      return base::concat("is not painted by ", paint, " alone, as data.paint asks");
  }
  return {};
}

struct Size {
  std::size_t contours = 0;
  std::size_t commands = 0;
  std::size_t largest = 0;  // commands of the contour that has most
  void add(const svg::Subpath& contour) { add_contour(contour.segments.size() + 1); }
  void add_contour(std::size_t more) {
    ++contours;
    commands += more;
    largest = std::max(largest, more);
  }
  void add(const svg::Group& group) {
    if (group.mask) add(group.mask->content);
    for (const svg::Node& node : group.children) {
      if (const auto* inner = std::get_if<svg::Group>(&node)) add(*inner);
      if (const auto* shape = std::get_if<svg::Shape>(&node)) {
        for (const svg::Subpath& contour : shape->path.subpaths) add(contour);
      }
    }
  }
  void add(const icon::Icon& icon) {
    for (const icon::Contour& contour : icon.contours) add(contour.geometry);
  }
};

// What of a simplified drawing reaches farther than `least`, and may so be found again on a grid of
// smaller steps. A line that closes its contour is not written there, wherever the contour begins.
Size size_of_what_lasts(const icon::Icon& drawn, double least) {
  Size size;
  for (const icon::Contour& contour : drawn.contours) {
    const auto& [start, segments, is_closed] = contour.geometry;
    const svg::Box box = svg::bounds(contour.geometry);
    if (segments.empty() || box.width() < least || box.height() < least) continue;
    std::size_t commands = is_closed ? 0 : 1;
    svg::Point current = start;
    for (const svg::Segment& s : segments) {
      if (!svg::is_point(current, s, least)) ++commands;
      current = s.end;
    }
    size.add_contour(commands);
  }
  return size;
}

// How many times the limits a drawing may have and still come under them: what is beyond is not
// worth the work. No icon of the npm package is lost by the last two, none of every eighth icon by
// the first.
struct Slack {
  double contours, commands, largest;
};
constexpr Slack kAsWritten{12, 12, INFINITY};  // uniting overlaps takes much away
constexpr Slack kAsDrawn{1.5, 4, INFINITY};
constexpr Slack kToBeCut{1, 1, INFINITY};  // cutting colours out of each other only adds to them
constexpr Slack kOnGrid{1, 1, 1};          // what lasts there may have no more than the limits
constexpr double kLasts = 2.5;  // steps of the grid; what reaches farther does not vanish there

std::string far_over_limits(const Size& size, const icon::TokenLimits& limits, const Slack& slack) {
  const auto far = [](std::size_t count, double factor, std::int64_t limit) {
    return static_cast<double>(count) > factor * static_cast<double>(limit);
  };
  if (far(size.contours, slack.contours, limits.max_contours))
    return icon::over_limit(size.contours, "contours", limits.max_contours);
  if (far(size.largest, slack.largest, limits.max_commands_per_contour))
    return icon::over_limit(size.largest, "commands in one contour",
                            limits.max_commands_per_contour);
  if (far(size.commands, slack.commands, limits.max_commands))
    return icon::over_limit(size.commands, "commands", limits.max_commands);
  return {};
}

std::string far_over_limits(const icon::Icon& icon, const icon::TokenLimits& limits,
                            const Slack& slack) {
  Size size;
  size.add(icon);
  return far_over_limits(size, limits, slack);
}

icon::CanonicalEffort effort_for(const Size& written, const icon::TokenLimits& limits) {
  icon::CanonicalEffort effort;
  effort.enough_contours =
      static_cast<std::size_t>(kAsDrawn.contours * static_cast<double>(limits.max_contours));
  effort.cuts_layers = far_over_limits(written, limits, kToBeCut).empty();
  return effort;
}

// Why a drawing is given up at some effort, whether or not more was spent on it.
std::string not_worth(const icon::CanonicalResult& drawing, const icon::CanonicalEffort& effort,
                      const icon::TokenLimits& limits) {
  if (drawing.had_cuts && !effort.cuts_layers) return icon::kTooManyToCut;
  if (!drawing.is_too_large && drawing.icon.contours.size() <= effort.enough_contours) return {};
  return icon::over_limit(effort.enough_contours + 1, "contours or more", limits.max_contours);
}

}  // namespace

PreparedIcon prepare_icon(std::string_view bytes, std::string_view where, const PrepareJob& job) {
  try {
    svg::ReadOptions options;
    options.stop_at_unsupported = job.svg_folder.empty() || job.stage != Stage::kDocument;
    return prepare_icon(svg::read_document(bytes, where, options), job);
  } catch (const base::SvgError& error) {
    PreparedIcon out;
    out.skip_reason = error.what();
    return out;
  }
}

PreparedIcon prepare_icon(const svg::Document& document, const PrepareJob& job) {
  PreparedIcon out;
  const bool wants_svg = !job.svg_folder.empty();
  for (const svg::Problem& problem : document.problems) out.notes.push_back(to_text(problem));
  if (wants_svg && job.stage == Stage::kDocument) out.svg = svg::write_document(document);

  Size written;
  written.add(document.root);
  const std::string far = far_over_limits(written, job.data.limits, kAsWritten);
  const bool shows_icon = wants_svg && job.stage == Stage::kIcon;
  if (!far.empty() && !shows_icon) {
    out.skip_reason = far;
    return out;
  }
  const icon::CanonicalEffort worth = effort_for(written, job.data.limits);
  icon::CanonicalResult canonical = icon::canonical_icon(
      document, job.data.canonical, shows_icon ? icon::CanonicalEffort{} : worth);
  icon::Icon& drawn = canonical.icon;
  out.skip_reason = far.empty() ? not_worth(canonical, worth, job.data.limits) : far;
  if (canonical.skip_reason.empty() && !canonical.is_too_large)
    canonical.skip_reason = wrong_paint(drawn.styles, job.data.paint);
  if (out.skip_reason.empty()) out.skip_reason = canonical.skip_reason;
  if (!canonical.skip_reason.empty()) return out;
  if (shows_icon) out.svg = svg::write_document(icon::to_document(drawn), kExact);
  if (out.skip_reason.empty()) out.skip_reason = far_over_limits(drawn, job.data.limits, kAsDrawn);
  if (!out.skip_reason.empty()) return out;
  icon::Icon exact;
  if (job.data.refine_below > 0) exact = drawn;
  icon::simplify(drawn, job.data.simplify);
  const auto grid = icon::best_grid(drawn, static_cast<int>(job.data.grid_bits));
  if (!grid) {
    out.skip_reason = "the drawing reaches beyond the grids";
    return out;
  }
  const std::string over = far_over_limits(drawn, job.data.limits, kOnGrid);
  if (!over.empty() &&
      !far_over_limits(size_of_what_lasts(drawn, kLasts * grid->step()), job.data.limits, kOnGrid)
           .empty()) {
    out.skip_reason = over;
    return out;
  }
  out.styles = drawn.styles;
  out.tokens = icon::to_tokens(std::move(drawn), *grid);
  if (job.data.refine_below > 0 && out.tokens.contour_count() > 0) {
    refine_tokens(out.tokens, exact, job.data.refine_below);
    // Moved starts may stand in another order, and moved points on each other.
    out.tokens = icon::to_tokens(icon::from_tokens(out.tokens, out.styles), out.tokens.grid);
  }
  if (out.tokens.contour_count() == 0) {
    out.skip_reason = "nothing is left on the grid";
    return out;
  }
  if (wants_svg && job.stage == Stage::kTokens) {
    out.svg =
        svg::write_document(icon::to_document(icon::from_tokens(out.tokens, out.styles)), kExact);
  }
  out.skip_reason = icon::over_limits(out.tokens, job.data.limits);
  return out;
}

}  // namespace svgfusion::dataset
