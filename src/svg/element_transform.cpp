// SPDX-License-Identifier: MIT
#include "element_transform.h"

#include "style_values.h"
#include "svgfusion/base/text.h"
#include "svgfusion/svg/transform.h"

namespace svgfusion::svg {

using base::concat;

ElementTransform element_transform(const Declared& declared, const LengthContext& lengths) {
  const std::string_view text = declared[Property::kTransform];
  if (text.empty()) return {};
  const bool is_css = declared.is_from_css(Property::kTransform);
  const auto matrix = is_css ? parse_css_transform(text, lengths) : parse_transform(text);
  if (!matrix) {
    if (is_css) return {{}, concat("transform '", text, "' is not supported"), true};
    return {{}, concat("transform '", text, "' is not valid and is ignored"), false};
  }
  ElementTransform out{*matrix, {}, false};
  const std::string_view origin = declared[Property::kTransformOrigin];
  const auto point = parse_transform_origin(origin, lengths);
  const std::string_view box = declared[Property::kTransformBox];
  if (declared.is_from_css(Property::kTransformBox) && !is_keyword(box, "view-box")) {
    out.problem = concat("transform-box '", box, "' is not supported");
    out.is_unsupported = true;
  }
  if (point) {
    out.matrix = translation(point->x, point->y) * *matrix * translation(-point->x, -point->y);
  } else if (!origin.empty()) {
    out.problem = concat("transform-origin '", origin, "' is not valid and is ignored");
  }
  return out;
}

}  // namespace svgfusion::svg
