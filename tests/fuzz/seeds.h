// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace svgfusion::fuzz {

// Writes seeds for every target into `folder`/TARGET: the icons below `icons`, whole and in parts.
void write_seeds(const std::filesystem::path& icons, const std::filesystem::path& folder);

}  // namespace svgfusion::fuzz
