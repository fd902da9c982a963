// SPDX-License-Identifier: MIT
#include "svgfusion/render/sheet.h"

#include <algorithm>

#include "cairo_draw.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"

namespace svgfusion::render {
namespace {

constexpr double kIconShare = 0.8;  // of a cell; the rest is border
constexpr int kTitleHeight = 16;
constexpr int kMaxSide = 16000;  // pixels; cairo's own limit is 32767

cairo_status_t append_png(void* closure, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

int lines_of(const SheetRow& row, int columns) {
  return std::max(1, (static_cast<int>(row.icons.size()) + columns - 1) / columns);
}

void draw_cell(cairo_t* context, const icon::Icon& icon, double x, double y, int cell) {
  const double side = kIconShare * cell;
  const double border = 0.5 * (cell - side);
  cairo_save(context);
  cairo_set_source_rgb(context, 1, 1, 1);
  cairo_rectangle(context, x + 1, y + 1, cell - 2, cell - 2);
  cairo_fill(context);
  cairo_rectangle(context, x, y, cell, cell);
  cairo_clip(context);
  cairo_translate(context, x + border, y + border);
  cairo_scale(context, side / icon::kBoxSize, side / icon::kBoxSize);
  draw_icon(context, icon);
  cairo_restore(context);
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

void write_sheet(const std::filesystem::path& path, const std::vector<SheetRow>& rows,
                 const SheetOptions& options) {
  std::size_t widest = 1;
  for (const SheetRow& row : rows) widest = std::max(widest, row.icons.size());
  const int columns = std::min(options.max_columns, static_cast<int>(widest));
  const int width = std::max(columns * options.cell, 160);
  int height = 0;
  std::size_t shown = 0;
  for (; shown < rows.size(); ++shown) {
    const int next = lines_of(rows[shown], columns) * options.cell +
                     (rows[shown].title.empty() ? 0 : kTitleHeight);
    if (height + next > kMaxSide) break;
    height += next;
  }
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, std::max(height, 1)));
  SVGFUSION_CHECK(cairo_surface_status(surface.get()) == CAIRO_STATUS_SUCCESS, width, " x ",
                  height);
  const Context context(cairo_create(surface.get()));
  cairo_set_source_rgb(context.get(), 0.93, 0.93, 0.93);
  cairo_paint(context.get());
  cairo_select_font_face(context.get(), "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context.get(), 11);
  int y = 0;
  for (std::size_t r = 0; r < shown; ++r) {
    const SheetRow& row = rows[r];
    if (!row.title.empty()) {
      cairo_set_source_rgb(context.get(), 0.2, 0.2, 0.2);
      cairo_move_to(context.get(), 4, y + 12);
      cairo_show_text(context.get(), row.title.c_str());
      y += kTitleHeight;
    }
    for (std::size_t i = 0; i < row.icons.size(); ++i) {
      const int column = static_cast<int>(i) % columns;
      const int line = static_cast<int>(i) / columns;
      draw_cell(context.get(), row.icons[i], column * options.cell, y + line * options.cell,
                options.cell);
    }
    y += lines_of(row, columns) * options.cell;
  }
  std::string png;
  const cairo_status_t status = cairo_surface_write_to_png_stream(surface.get(), append_png, &png);
  SVGFUSION_CHECK(status == CAIRO_STATUS_SUCCESS, cairo_status_to_string(status));
  base::write_file(path, png);
}

void write_gallery(const std::filesystem::path& path, const std::string& title,
                   const std::vector<GalleryEntry>& entries) {
  std::string page = base::concat(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>", escaped(title),
      "</title>\n<style>body{font:14px sans-serif;margin:1.5em;background:#eee}h2{margin:1em 0 "
      ".3em}"
      "img{width:72px;height:72px;padding:8px;margin:2px;background:#fff}</style></"
      "head>\n<body><h1>",
      escaped(title), "</h1>\n");
  std::string label;
  bool first = true;
  for (const GalleryEntry& entry : entries) {
    if (first || entry.label != label)
      page += base::concat("<h2>", escaped(entry.label), "</h2>\n");
    first = false;
    label = entry.label;
    page += base::concat("<img src=\"", escaped(entry.file), "\" title=\"", escaped(entry.file),
                         "\" alt=\"", escaped(entry.label), "\">\n");
  }
  base::write_file(path, page + "</body></html>\n");
}

}  // namespace svgfusion::render
