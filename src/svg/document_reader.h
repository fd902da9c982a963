// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>

#include "paint_server.h"
#include "read_budget.h"
#include "svgfusion/svg/document.h"
#include "tree_index.h"

namespace svgfusion::svg {

// What an element inherits from where it is drawn.
struct Context {
  Matrix matrix;  // to view box units of the document
  Style style;
  LengthContext lengths;
  int depth = 0;
};

// Walks the element tree once and draws it into a Document.
class DocumentReader {
 public:
  DocumentReader(const Element& root, std::string_view where, const ReadOptions& options)
      : root_(root),
        where_(where),
        options_(options),
        index_(root, options.max_rule_checks),
        budget_(where, options) {}

  Document read();

 private:
  void report(Problem::Kind kind, const Element& element, std::string reason);
  void unsupported(const Element& element, std::string reason) {
    report(Problem::Kind::kUnsupported, element, std::move(reason));
  }
  void invalid(const Element& element, std::string reason) {
    report(Problem::Kind::kInvalid, element, std::move(reason));
  }
  // What the element says that is neither applied nor drawn otherwise.
  void explain_left_out(const Element& element, const Declared& declared);

  // The walk (document.cpp).
  Matrix own_transform(const Element& element, const Declared& declared, const Context& context);
  void walk(const Element& element, const Context& parent, Group& out);
  void walk_children(const Element& element, const Context& context, Group& out);
  void walk_switch(const Element& element, const Context& context, Group& out);
  void walk_viewport(const Element& element, const Declared& declared, const Element& sized_by,
                     Context context, Group& out);
  const Element* used_by(const Element& element);
  void walk_use(const Element& element, Context context, Group& out);
  void add_shape(const Element& element, const Declared& declared, const Context& context,
                 Group& out);

  // What acts on an element as a whole (effects.cpp).
  struct Effects {
    bool hide = false;
    double opacity = 1;
    const Element* clip = nullptr;
    const Element* mask = nullptr;
    bool measures() const { return clip != nullptr || mask != nullptr; }
    bool empty() const { return opacity == 1 && !measures(); }
  };
  Effects effects_of(const Element& element, const Declared& declared);
  const Element* referred(std::string_view url, std::string_view name) const;
  void add_with(const Effects& effects, const Element& element, const Context& context, Group group,
                Group& out);
  void add_clip(const Element& clip, const Element& clipped, const Context& context, Group& group);
  void add_mask(const Element& mask, const Element& masked, const Context& context, Group& group);

  // Opacity, clip-path, mask and filter around what `draw` adds to a group.
  template <class Draw>
  void with_effects(const Element& element, const Declared& declared, const Context& context,
                    Group& out, const Draw& draw) {
    const Effects effects = effects_of(element, declared);
    if (effects.hide) return;
    if (effects.empty()) {
      draw(out);
      return;
    }
    Group group;
    measuring_ += effects.measures();
    draw(group);
    measuring_ -= effects.measures();
    if (!group.children.empty()) add_with(effects, element, context, std::move(group), out);
  }

  const Element& root_;
  std::string_view where_;
  const ReadOptions& options_;
  TreeIndex index_;
  Document document_;
  ReadBudget budget_;
  PaintServers paint_servers_{index_};
  double screen_scale_ = 1;  // px in one unit of the view box
  bool stopped_ = false;
  // Effects around what is drawn that may ask for its bounding box, to which shapes without paint
  // count as well (SVG 2 §8.10): these stay in the group until none does.
  int measuring_ = 0;
  std::set<const Element*> uses_;   // being drawn
  std::set<const Element*> masks_;  // being read
  std::map<const Element*, Style> mask_styles_;
};

}  // namespace svgfusion::svg
