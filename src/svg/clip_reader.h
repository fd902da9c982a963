// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "element_transform.h"
#include "read_budget.h"
#include "svgfusion/svg/document.h"
#include "tree_index.h"

namespace svgfusion::svg {

// Turns a <clipPath> into the union of its shapes (CSS Masking 1 §8).
class ClipReader {
 public:
  using Explain = std::function<void(const Element&, std::string)>;
  ClipReader(const TreeIndex& index, ReadBudget& budget, Explain explain)
      : index_(index), budget_(budget), explain_(std::move(explain)) {}

  // `bounds` gives the bounding box of the clipped element in its own units, for
  // clipPathUnits="objectBoundingBox".
  std::shared_ptr<const Clip> read(const Element& clip, const Matrix& matrix, const Style& style,
                                   const LengthContext& lengths, const std::function<Box()>& bounds,
                                   int depth = 0);

 private:
  struct Part {
    ClipShape shape;
    std::shared_ptr<const Clip> clip;  // its own
  };
  void add_child(const Element& child, const Matrix& matrix, const Style& style,
                 const LengthContext& lengths, std::vector<Part>& out, int depth);
  void explain_left_out(const Element& element, const Declared& declared,
                        const ElementTransform& transform) const;
  void add_used(const Element& use, const Matrix& own, const Style& style,
                const LengthContext& lengths, std::vector<Part>& out, int depth);

  const TreeIndex& index_;
  ReadBudget& budget_;
  Explain explain_;
};

}  // namespace svgfusion::svg
