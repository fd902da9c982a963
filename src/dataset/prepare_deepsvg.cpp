// SPDX-License-Identifier: MIT
// Icons as DeepSVG's preprocessing makes them (data.format deepsvg).
#include "svgfusion/base/error.h"
#include "svgfusion/dataset/deepsvg_grid.h"
#include "svgfusion/dataset/prepare.h"
#include "svgfusion/deepsvg/drawing.h"

namespace svgfusion::dataset {
namespace {

// DeepSVG draws outlines of this width in its box of 24.
const icon::Style kOutline{.kind = icon::Style::Kind::kStroke, .width = 0.3};

// Its grid of 256 values over the box.

deepsvg::Drawing preprocess(std::string_view bytes, std::string_view where,
                            const std::string& order) {
  constexpr double kMargin = 0.9;
  deepsvg::Drawing drawing = deepsvg::read(bytes, where);
  if (order == "simplify") {
    canonicalize(drawing, true);
    simplify_heuristic(drawing);
    normalize(drawing);
    return drawing;
  }
  normalize(drawing);
  zoom(drawing, kMargin);
  canonicalize(drawing);
  simplify_heuristic(drawing);
  return drawing;
}

svg::Point widened(deepsvg::Point p) { return {p.x, p.y}; }

icon::Icon to_icon(const deepsvg::Drawing& drawing) {
  icon::Icon out;
  out.styles = {kOutline};
  for (const deepsvg::Group& group : drawing.groups) {
    svg::Subpath subpath;
    subpath.start = widened(group.paths[0].commands[0].start);
    for (const deepsvg::Command& c : group.paths[0].commands) {
      subpath.segments.push_back(
          c.kind == deepsvg::Command::Kind::kCubic
              ? svg::cubic_to(widened(c.control1), widened(c.control2), widened(c.end))
              : svg::line_to(widened(c.end)));
    }
    out.contours.push_back({subpath, 0});
  }
  return out;
}

// In DeepSVG's order, which is not the canonical one: nothing is sorted or dropped again.
icon::TokenIcon to_tokens(const deepsvg::Drawing& drawing) {
  const auto value = [](float v) { return static_cast<icon::Value>(v); };
  icon::TokenIcon out;
  out.grid = kDeepSvgGrid;
  for (const deepsvg::Group& group : drawing.groups) {
    const deepsvg::Path& path = group.paths[0];
    const deepsvg::Point start = path.commands[0].start;
    out.commands.push_back(icon::Command::kMove);
    out.arguments.push_back({0, 0, 0, 0, value(start.x), value(start.y)});
    for (const deepsvg::Command& c : path.commands) {
      const bool cubic = c.kind == deepsvg::Command::Kind::kCubic;
      icon::Arguments a{0, 0, 0, 0, value(c.end.x), value(c.end.y)};
      if (cubic) {
        a[0] = value(c.control1.x);
        a[1] = value(c.control1.y);
        a[2] = value(c.control2.x);
        a[3] = value(c.control2.y);
      }
      out.commands.push_back(cubic ? icon::Command::kCubic : icon::Command::kLine);
      out.arguments.push_back(a);
    }
    out.contour_offsets.push_back(static_cast<std::uint32_t>(out.commands.size()));
    out.closed.push_back(0);
    out.styles.push_back(0);
  }
  return out;
}

}  // namespace

PreparedIcon prepare_deepsvg_icon(std::string_view bytes, std::string_view where,
                                  const PrepareJob& job) {
  PreparedIcon out;
  const auto write_at = [&](Stage stage, const auto& make) {
    if (!job.svg_folder.empty() && job.stage == stage) out.svg = svg::write_document(make());
  };
  try {
    write_at(Stage::kDocument, [&] { return svg::read_document(bytes, where); });
    deepsvg::Drawing drawing = preprocess(bytes, where, job.data.deepsvg_order);
    if (drawing.groups.empty()) throw base::SvgError("nothing is drawn");
    write_at(Stage::kIcon, [&] { return icon::to_document(to_icon(drawing)); });
    if (job.data.deepsvg_zoom != 1) zoom(drawing, job.data.deepsvg_zoom);
    numericalize(drawing);
    out.tokens = to_tokens(drawing);
    out.styles = {kOutline};
    write_at(Stage::kTokens,
             [&] { return icon::to_document(icon::from_tokens(out.tokens, out.styles)); });
    out.skip_reason = icon::over_limits(out.tokens, job.data.limits);
  } catch (const base::SvgError& error) {
    out.skip_reason = error.what();
  }
  return out;
}

}  // namespace svgfusion::dataset
