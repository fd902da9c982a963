// SPDX-License-Identifier: MIT
// The kinds of inputs, each in its own file here.
#pragma once

#include "svgfusion/dataset/source.h"

namespace svgfusion::dataset {

// What files of one icon end in. Compressed ones are left out, which is then said of each.
inline const std::vector<std::string> kSvgEndings{".svg", ".svgz"};

// Icons in files of their own. `root` is the folder that names are relative to.
RawIcon file_icon(const std::filesystem::path& file, const std::filesystem::path& root);
// All such files below a folder, sorted.
std::vector<RawIcon> folder_icons(const std::filesystem::path& folder);
// A tab-separated table whose first line names the columns: `file` (relative to the manifest) and
// any of label, family, set, license. Further columns are ignored. Throws DataError with the line.
std::vector<RawIcon> manifest_icons(const std::filesystem::path& path);
std::unique_ptr<Input> list_input(std::vector<RawIcon> icons);

// An icon set in the JSON of Iconify (https://iconify.design/docs/types/iconify-json.html).
// Names of its icons begin with `prefix` and a slash.
std::unique_ptr<Input> iconify_input(const std::filesystem::path& path, std::string prefix);
// The sets of a folder of such files. Where a collections.json stands in it or beside it, only the
// sets it names.
std::vector<std::filesystem::path> iconify_sets(const std::filesystem::path& folder);

// The glyphs of `characters` that the font draws.
std::unique_ptr<Input> font_input(const std::filesystem::path& path, std::string prefix,
                                  const std::vector<std::string>& characters);

}  // namespace svgfusion::dataset
