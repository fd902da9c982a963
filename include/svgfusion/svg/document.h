// SPDX-License-Identifier: MIT
// What an SVG file says, resolved: paths with paint under groups with opacity, clips and masks. No
// XML type leaves this room, nothing refers to an id any more, all lengths are numbers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "svgfusion/svg/geometry.h"
#include "svgfusion/svg/style.h"
#include "svgfusion/svg/transform.h"
#include "svgfusion/svg/xml.h"

namespace svgfusion::svg {

struct Fill {
  Color color;  // its alpha holds fill-opacity too
  FillRule rule = FillRule::kNonZero;
};

struct Stroke {
  Color color;       // its alpha holds stroke-opacity too
  double width = 1;  // in the shape's own units, before its transform
  LineCap cap = LineCap::kButt;
  LineJoin join = LineJoin::kMiter;
  double miterlimit = 4;
  std::vector<double> dashes;  // even count, in the shape's own units; empty: solid
  double dash_offset = 0;
};

struct Shape {
  Path path;         // in the shape's own units
  Matrix transform;  // from there to the units of the document's view box
  std::optional<Fill> fill;
  std::optional<Stroke> stroke;
  bool stroke_first = false;
  bool crisp_edges = false;
  int line = 0;
};

struct ClipShape {
  Path path;
  Matrix transform;  // to the units of the document's view box
  FillRule rule = FillRule::kNonZero;
};

// The union of its shapes, cut by `also` where that is set.
struct Clip {
  std::vector<ClipShape> shapes;
  std::shared_ptr<const Clip> also;
};

struct Group;
struct Mask;
using Node = std::variant<Shape, Group>;

struct Group {
  double opacity = 1;  // of the group as a whole
  std::shared_ptr<const Clip> clip;
  std::shared_ptr<const Mask> mask;
  std::vector<Node> children;
};

// Shows of a group as much as its own drawing says (CSS Masking 1 §9). Where color-interpolation
// asks for linear light, colours of the content are grays of the luminance that they have there.
struct Mask {
  Group content;
  bool by_alpha = false;  // mask-type: the content's alpha counts, else its luminance too
};

// How much a content of this colour lets through, 0 to 1: alpha, times relative luminance unless
// the mask goes by alpha alone (CSS Masking 1 §7.10.1).
double strength(const Color& color, const Mask& mask);

// Something in the file that the drawing does not show as the file asks.
struct Problem {
  enum class Kind {
    kUnsupported,  // text, image, filter, gradient, …: the drawing lacks it
    kInvalid,      // the file is wrong there; handled as the specification says
  };
  Kind kind = Kind::kInvalid;
  std::string element;
  int line = 0;
  std::string reason;
};

struct Document {
  double width = 0;  // of the picture, in px
  double height = 0;
  ViewBox view_box;  // always set; without one in the file it is 0 0 width height
  AspectRatio aspect_ratio;
  Group root;
  std::vector<Problem> problems;
};

struct ReadOptions {
  XmlLimits xml;
  // Work and memory, whatever <use>, clip paths and style sheets make of few bytes.
  std::size_t max_instances = 200'000;     // elements drawn
  std::size_t max_segments = 200'000;      // of all paths and clip paths drawn
  std::size_t max_path_bytes = 16u << 20;  // of path data read
  std::size_t max_rule_checks =
      50'000'000;  // of elements against style rules, and of what those say
  std::size_t max_attribute_bytes = 64u << 20;  // of all elements drawn
  int max_depth = 256;                          // of groups and uses
  std::string language = "en";                  // for systemLanguage
  double default_size = 100;                    // width and height where the file gives neither
  std::size_t max_problems = 100;               // listed; the first ones
  // Draw nothing more once something unsupported was met: for those who then drop the drawing.
  bool stop_at_unsupported = false;
};

// `where` names the file in messages. Throws base::SvgError for a document that cannot be read at
// all; what is wrong inside one is listed in `problems`.
Document read_document(std::string_view bytes, std::string_view where,
                       const ReadOptions& options = {});

// "<text> in line 3: <text> is not supported"
std::string to_text(const Problem& problem);

struct WriteOptions {
  int decimals = 3;            // of coordinates
  int transform_decimals = 6;  // of matrix entries
};
std::string write_document(const Document& document, const WriteOptions& options = {});

}  // namespace svgfusion::svg
