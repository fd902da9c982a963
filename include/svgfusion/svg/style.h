// SPDX-License-Identifier: MIT
// From declarations to computed style: presentation attributes < style sheets < style="…" <
// !important (CSS Cascade 4 §6), inheritance, and the resolved values that drawing needs.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "svgfusion/svg/color.h"
#include "svgfusion/svg/css.h"
#include "svgfusion/svg/length.h"

namespace svgfusion::svg {

enum class Property : std::uint8_t {
  kClipPath,
  kClipRule,
  kColor,
  kColorInterpolation,
  kCx,
  kCy,
  kD,
  kDisplay,
  kFill,
  kFillOpacity,
  kFillRule,
  kFilter,
  kFontSize,
  kHeight,
  kMarkerEnd,
  kMarkerMid,
  kMarkerStart,
  kMask,
  kMaskType,
  kOpacity,
  kOverflow,
  kPaintOrder,
  kR,
  kRx,
  kRy,
  kShapeRendering,
  kStopColor,
  kStopOpacity,
  kStroke,
  kStrokeDasharray,
  kStrokeDashoffset,
  kStrokeLinecap,
  kStrokeLinejoin,
  kStrokeMiterlimit,
  kStrokeOpacity,
  kStrokeWidth,
  kTransform,
  kTransformBox,
  kTransformOrigin,
  kVectorEffect,
  kVisibility,
  kWidth,
  kX,
  kY,
  kCount
};

// What one element says; empty where it says nothing. Views into the element and the sheets.
class Declared {
 public:
  Declared(const Element& element, const StyleSheet& sheet);
  std::string_view operator[](Property property) const {
    return values_[static_cast<std::size_t>(property)];
  }
  // Whether a style sheet or style="…" says it, not an attribute: some are then written otherwise.
  bool is_from_css(Property property) const {
    return priorities_[static_cast<std::size_t>(property)].level > 0;
  }
  // What is said, would change the picture and is not applied; empty: nothing.
  std::string_view left_out() const { return left_out_; }

 private:
  struct Priority {
    bool important = false;
    std::uint32_t level = 0;  // 0 attribute, 1 + specificity sheet, UINT32_MAX style attribute
  };
  void put(std::string_view name, std::string_view value, Priority priority);
  void put(const Declaration& declaration, std::uint32_t level);
  void resolve_keywords(const Element& element, const StyleSheet& sheet);

  std::array<std::string_view, static_cast<std::size_t>(Property::kCount)> values_{};
  std::array<Priority, static_cast<std::size_t>(Property::kCount)> priorities_{};
  std::string left_out_;
  std::optional<std::pair<std::size_t, std::string_view>> foreign_;  // property, paint of CSS
  bool is_root_ = false;       // the only element with a background
  bool has_keywords_ = false;  // inherit and the like, of any property
};

enum class FillRule { kNonZero, kEvenOdd };
enum class LineCap { kButt, kRound, kSquare };
enum class LineJoin { kMiter, kRound, kBevel };

const char* name_of(LineCap cap);
const char* name_of(LineJoin join);

struct Paint {
  enum class Kind { kNone, kColor, kCurrentColor, kServer, kContextFill, kContextStroke };
  Kind kind = Kind::kNone;
  Color color;
  std::string server;           // id of a gradient or pattern
  Kind fallback = Kind::kNone;  // what follows url(#id); kServer: nothing did
  Color fallback_color;
};

// What context-fill and context-stroke mean below a <use> (SVG 2 §13.2).
struct ContextPaint {
  Paint fill;
  Paint stroke;
};

// The inherited properties, computed.
struct Style {
  Color color;
  Paint fill{Paint::Kind::kColor, {}, {}, Paint::Kind::kNone, {}};
  double fill_opacity = 1;
  FillRule fill_rule = FillRule::kNonZero;
  FillRule clip_rule = FillRule::kNonZero;
  Paint stroke;
  double stroke_opacity = 1;
  Length stroke_width{1};
  LineCap stroke_linecap = LineCap::kButt;
  LineJoin stroke_linejoin = LineJoin::kMiter;
  double stroke_miterlimit = 4;
  std::vector<Length> stroke_dasharray;
  Length stroke_dashoffset;
  bool stroke_first = false;  // paint-order
  bool crisp_edges = false;   // shape-rendering asks for no anti-aliasing
  bool visible = true;
  bool linear_rgb = false;  // color-interpolation
  double font_size = 16;
  std::array<std::string_view, 3> markers;      // start, mid and end, as the file says them
  std::shared_ptr<const ContextPaint> context;  // below a <use>
};

// `context.font_size` is replaced by the element's own.
Style compute_style(const Style& parent, const Declared& declared, LengthContext context);

// A number or percentage clamped to [0, 1]; `otherwise` for anything else.
double parse_opacity(std::string_view text, double otherwise);

// The id inside url(#id), or empty.
std::string url_id(std::string_view text);

}  // namespace svgfusion::svg
