// SPDX-License-Identifier: MIT
// Contact sheets as PNG and galleries as HTML.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "svgfusion/icon/icon.h"

namespace svgfusion::render {

struct SheetRow {
  std::string title;
  std::vector<icon::Icon> icons;
};

struct SheetOptions {
  int cell = 48;  // pixels a side, of one icon with its border
  int max_columns = 24;
};

// One titled band a row, wrapped at max_columns. Throws FileError.
void write_sheet(const std::filesystem::path& path, const std::vector<SheetRow>& rows,
                 const SheetOptions& options = {});

struct GalleryEntry {
  std::string label;
  std::string file;  // relative to the gallery
};

// A page that shows SVG files beside it, grouped by label; needs no network.
void write_gallery(const std::filesystem::path& path, const std::string& title,
                   const std::vector<GalleryEntry>& entries);

// An SVG file that shows the icons one after the other, again and again; the last stays longest.
void write_animation(const std::filesystem::path& path, const std::vector<icon::Icon>& icons);

}  // namespace svgfusion::render
