// SPDX-License-Identifier: MIT
#pragma once

#include <cairo.h>

#include <memory>

#include "svgfusion/icon/icon.h"

namespace svgfusion::render {

struct CairoDelete {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Surface = std::unique_ptr<cairo_surface_t, CairoDelete>;
using Context = std::unique_ptr<cairo_t, CairoDelete>;

// Draws in icon units under the context's current transform.
void draw_icon(cairo_t* context, const icon::Icon& icon);

}  // namespace svgfusion::render
