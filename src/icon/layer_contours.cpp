// SPDX-License-Identifier: MIT
#include "layers.h"
#include "shape_sets.h"

namespace svgfusion::icon {
namespace {

// Shapes whose extents meet, by way of others or at once: their boundary is found by itself.
struct Heap {
  std::vector<FilledShape> shapes;
  svg::Box extent;

  // Nothing else is sure to leave a contour.
  bool is_whole() const { return !is_any_cut(shapes); }
};

std::vector<Heap> heaps_of(std::vector<FilledShape> shapes) {
  std::vector<Heap> heaps;
  for (FilledShape& shape : shapes) {
    Heap heap{{}, svg::bounds(shape.path)};
    std::erase_if(heaps, [&](Heap& other) {
      if (svg::apart(other.extent, heap.extent)) return false;
      heap.extent.join(other.extent);
      std::move(other.shapes.begin(), other.shapes.end(), std::back_inserter(heap.shapes));
      return true;
    });
    heap.shapes.push_back(std::move(shape));
    heaps.push_back(std::move(heap));
  }
  return heaps;
}

}  // namespace

LayerContours contours_of(std::vector<Layer> layers, std::size_t enough) {
  LayerContours out;
  std::vector<std::vector<Heap>> heaps;
  std::size_t sure = 0;  // of the heaps to come
  for (std::size_t row = 0; row < layers.size(); ++row) {
    Layer& layer = layers[row];
    out.icon.styles.push_back(layer.style);
    for (svg::Subpath& stroke : layer.strokes)
      out.icon.contours.push_back({std::move(stroke), row});
    heaps.push_back(heaps_of(std::move(layer.fills)));
    for (const Heap& heap : heaps.back()) sure += heap.is_whole();
  }
  for (std::size_t row = 0; row < layers.size(); ++row) {
    for (Heap& heap : heaps[row]) {
      if (out.icon.contours.size() + sure > enough) break;
      sure -= heap.is_whole();
      auto contours = even_odd_contours(std::move(heap.shapes));
      if (!contours) {
        out.reason = "overlapping outlines cannot be made one even-odd contour set";
        return out;
      }
      for (svg::Subpath& contour : *contours)
        out.icon.contours.push_back({std::move(contour), row});
    }
  }
  out.is_too_large = out.icon.contours.size() + sure > enough;
  return out;
}

}  // namespace svgfusion::icon
