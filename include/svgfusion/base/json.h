// SPDX-License-Identifier: MIT
// Strict JSON on top of nlohmann_json: repeated keys are errors, numbers keep their kind.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace svgfusion::base {

// `where` names the source in messages. Throws DataError with line and column on bad syntax and
// on a repeated key, and when values nest deeper than 128.
nlohmann::json parse_json(std::string_view text, std::string_view where);

// "line 3, column 7: not valid JSON: …" for a parse error of nlohmann_json at `byte`.
std::string json_error(std::string_view text, std::size_t byte, const std::string& message);

nlohmann::json read_json(const std::filesystem::path& path);

// Two-space indent and a final newline, written atomically.
void write_json(const std::filesystem::path& path, const nlohmann::json& value);

}  // namespace svgfusion::base
