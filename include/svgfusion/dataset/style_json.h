// SPDX-License-Identifier: MIT
// The table of styles as JSON, in datasets and model directories alike.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "svgfusion/icon/icon.h"

namespace svgfusion::dataset {

nlohmann::json styles_to_json(const std::vector<icon::Style>& styles);

// Throws DataError; `where` names the file.
std::vector<icon::Style> styles_from_json(const nlohmann::json& json, const std::string& where);

}  // namespace svgfusion::dataset
