// SPDX-License-Identifier: MIT
#include "svgfusion/base/json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"

namespace svgfusion::base {
namespace {

constexpr int kMaxDepth = 128;

std::string place(std::string_view text, std::size_t byte) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i + 1 < byte && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
  }
  return concat("line ", line, ", column ", column);
}

// "… syntax error while parsing value - unexpected end of input" without nlohmann's own prefix.
std::string syntax_reason(const std::string& message) {
  const std::size_t dash = message.find(" - ");
  return dash == std::string::npos ? message : message.substr(dash + 3);
}

}  // namespace

std::string json_error(std::string_view text, std::size_t byte, const std::string& message) {
  return concat(place(text, byte), ": not valid JSON: ", syntax_reason(message));
}

nlohmann::json parse_json(std::string_view text, std::string_view where) {
  using nlohmann::json;
  std::vector<std::set<std::string>> open_objects;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > kMaxDepth) {
      throw DataError(concat(where, ": nested deeper than ", kMaxDepth, " levels"));
    }
    if (event == json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == json::parse_event_t::object_end) open_objects.pop_back();
    if (event == json::parse_event_t::key &&
        !open_objects.back().insert(value.get<std::string>()).second) {
      throw DataError(concat(where, ": the key '", value.get<std::string>(),
                             "' stands twice in one object; remove one"));
    }
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::parse_error& error) {
    throw DataError(concat(where, ": ", json_error(text, error.byte, error.what())));
  } catch (const json::exception& error) {
    throw DataError(concat(where, ": not valid JSON: ", error.what()));
  }
}

nlohmann::json read_json(const std::filesystem::path& path) {
  return parse_json(read_file(path), path.string());
}

void write_json(const std::filesystem::path& path, const nlohmann::json& value) {
  write_file(path, value.dump(2) + "\n");
}

}  // namespace svgfusion::base
