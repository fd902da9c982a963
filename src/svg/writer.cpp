// SPDX-License-Identifier: MIT
#include <map>

#include "svgfusion/base/text.h"
#include "svgfusion/svg/document.h"
#include "svgfusion/svg/path_data.h"

namespace svgfusion::svg {
namespace {

using base::concat;
using base::to_fixed;

class Writer {
 public:
  explicit Writer(const WriteOptions& options) : options_(options) {}

  std::string write(const Document& document) {
    view_box_ = document.view_box;
    const auto n = [&](double value) { return to_fixed(value, options_.decimals); };
    std::string body;
    write_children(document.root, 1, body);
    if (document.root.opacity != 1 || document.root.clip || document.root.mask)
      body = wrapped(document.root, 1);
    const ViewBox& box = document.view_box;
    std::string out =
        concat("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", n(document.width),
               "\" height=\"", n(document.height), "\" viewBox=\"", n(box.x), " ", n(box.y), " ",
               n(box.width), " ", n(box.height), "\"", aspect_ratio(document.aspect_ratio), ">\n");
    if (!definitions_.empty()) out += concat("  <defs>\n", definitions_, "  </defs>\n");
    return out + body + "</svg>\n";
  }

 private:
  static std::string aspect_ratio(const AspectRatio& ratio) {
    if (ratio.none) return " preserveAspectRatio=\"none\"";
    const auto name = [](double align) { return align == 0 ? "Min" : align == 1 ? "Max" : "Mid"; };
    if (ratio.align_x == 0.5 && ratio.align_y == 0.5 && !ratio.slice) return "";
    return concat(" preserveAspectRatio=\"x", name(ratio.align_x), "Y", name(ratio.align_y),
                  ratio.slice ? " slice" : "", "\"");
  }

  std::string transform(const Matrix& m) const {
    if (m.is_identity()) return "";
    const auto n = [&](double value) { return to_fixed(value, options_.transform_decimals); };
    if (m.a == 1 && m.b == 0 && m.c == 0 && m.d == 1) {
      return concat(" transform=\"translate(", n(m.e), " ", n(m.f), ")\"");
    }
    return concat(" transform=\"matrix(", n(m.a), " ", n(m.b), " ", n(m.c), " ", n(m.d), " ",
                  n(m.e), " ", n(m.f), ")\"");
  }

  std::string opacity(const char* name, double alpha) const {
    return alpha == 1 ? "" : concat(" ", name, "=\"", to_fixed(alpha, 4), "\"");
  }

  std::string clip_id(const Clip& clip) {
    const auto known = clip_ids_.find(&clip);
    if (known != clip_ids_.end()) return known->second;
    std::string also;
    if (clip.also) also = concat(" clip-path=\"url(#", clip_id(*clip.also), ")\"");
    std::string id = concat("clip", clip_ids_.size());
    clip_ids_[&clip] = id;
    definitions_ += concat("    <clipPath id=\"", id, "\"", also, ">\n");
    for (const ClipShape& shape : clip.shapes) {
      definitions_ += concat("      <path", transform(shape.transform),
                             shape.rule == FillRule::kEvenOdd ? " clip-rule=\"evenodd\"" : "",
                             " d=\"", write_path(shape.path, options_.decimals), "\"/>\n");
    }
    definitions_ += "    </clipPath>\n";
    return id;
  }

  // Where the mask acts is said by clips: its own window is far wider than the picture.
  std::string mask_id(const Mask& mask) {
    const auto known = mask_ids_.find(&mask);
    if (known != mask_ids_.end()) return known->second;
    std::string content;
    write_children(mask.content, 3, content);
    std::string id = concat("mask", mask_ids_.size());
    mask_ids_[&mask] = id;
    const ViewBox& box = view_box_;
    const auto n = [&](double value) { return to_fixed(value, options_.decimals); };
    definitions_ +=
        concat("    <mask id=\"", id, "\" maskUnits=\"userSpaceOnUse\" x=\"",
               n(box.x - 2 * box.width), "\" y=\"", n(box.y - 2 * box.height), "\" width=\"",
               n(5 * box.width), "\" height=\"", n(5 * box.height), "\"",
               mask.by_alpha ? " mask-type=\"alpha\"" : "", ">\n", content, "    </mask>\n");
    return id;
  }

  std::string wrapped(const Group& group, int indent) {
    const std::string pad(static_cast<std::size_t>(indent) * 2, ' ');
    std::string out = concat(pad, "<g", opacity("opacity", group.opacity));
    if (group.clip) out += concat(" clip-path=\"url(#", clip_id(*group.clip), ")\"");
    if (group.mask) out += concat(" mask=\"url(#", mask_id(*group.mask), ")\"");
    out += ">\n";
    write_children(group, indent + 1, out);
    return out + pad + "</g>\n";
  }

  void write_children(const Group& group, int indent, std::string& out) {
    for (const Node& node : group.children) {
      if (const Shape* shape = std::get_if<Shape>(&node)) {
        out += std::string(static_cast<std::size_t>(indent) * 2, ' ') + shape_text(*shape) + "\n";
      } else {
        out += wrapped(std::get<Group>(node), indent);
      }
    }
  }

  std::string shape_text(const Shape& shape) const {
    std::string out = concat("<path", transform(shape.transform));
    if (shape.fill) {
      out += concat(" fill=\"", to_hex(shape.fill->color), "\"",
                    opacity("fill-opacity", shape.fill->color.alpha),
                    shape.fill->rule == FillRule::kEvenOdd ? " fill-rule=\"evenodd\"" : "");
    } else {
      out += " fill=\"none\"";
    }
    if (shape.stroke) out += stroke_text(*shape.stroke);
    if (shape.crisp_edges) out += " shape-rendering=\"crispEdges\"";
    if (shape.stroke_first) out += " paint-order=\"stroke\"";
    return concat(out, " d=\"", write_path(shape.path, options_.decimals), "\"/>");
  }

  std::string stroke_text(const Stroke& stroke) const {
    const auto n = [&](double value) { return to_fixed(value, options_.decimals + 2); };
    std::string out = concat(" stroke=\"", to_hex(stroke.color), "\"",
                             opacity("stroke-opacity", stroke.color.alpha), " stroke-width=\"",
                             n(stroke.width), "\"");
    if (stroke.cap != LineCap::kButt)
      out += concat(" stroke-linecap=\"", name_of(stroke.cap), "\"");
    if (stroke.join != LineJoin::kMiter)
      out += concat(" stroke-linejoin=\"", name_of(stroke.join), "\"");
    if (stroke.miterlimit != 4) out += concat(" stroke-miterlimit=\"", n(stroke.miterlimit), "\"");
    if (!stroke.dashes.empty()) {
      std::vector<std::string> dashes;
      for (const double dash : stroke.dashes) dashes.push_back(n(dash));
      out += concat(" stroke-dasharray=\"", base::join(dashes, " "), "\"");
      if (stroke.dash_offset != 0)
        out += concat(" stroke-dashoffset=\"", n(stroke.dash_offset), "\"");
    }
    return out;
  }

  const WriteOptions& options_;
  std::string definitions_;
  ViewBox view_box_;
  std::map<const Clip*, std::string> clip_ids_;
  std::map<const Mask*, std::string> mask_ids_;
};

}  // namespace

std::string write_document(const Document& document, const WriteOptions& options) {
  return Writer(options).write(document);
}

}  // namespace svgfusion::svg
