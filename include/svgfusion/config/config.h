// SPDX-License-Identifier: MIT
// Reading a configuration: defaults < `extends` (relative to the file that says it) < file < --set.
// Unknown and repeated keys, wrong types and values out of range are ConfigErrors that name the
// file, the key, what was expected and the nearest known key.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "svgfusion/config/fields.h"

namespace svgfusion::config {

// A merged document and, for messages, where each key came from ("a.b" → file or "--set").
struct Source {
  std::shared_ptr<nlohmann::json> values;
  std::map<std::string, std::string> origins;
  std::string prefix;  // of the keys in messages, when this is a part of a larger document
};

// `file` may be empty: then only the --set values count. Each of `sets` is "a.b=VALUE", VALUE in
// JSON, or plain text where that is no JSON.
Source load_source(const std::filesystem::path& file, const std::vector<std::string>& sets);

using Visit = std::function<void(FieldVisitor&)>;

void read_fields(const Source& source, const Visit& visit);
nlohmann::json dump_fields(const Visit& visit);
// One line a field: its key, default, range and meaning.
std::string document_fields(const Visit& visit);

template <class Struct>
void read(const Source& source, Struct& value) {
  read_fields(source, [&](FieldVisitor& fields) { value.visit(fields); });
}
// Reads one group of a larger configuration; the other groups are left to those who know them.
Source section(const Source& source, const std::string& name);
template <class Struct>
void read_section(const Source& source, const std::string& name, Struct& value) {
  read_fields(section(source, name), [&](FieldVisitor& fields) { value.visit(fields); });
}
// Callers need the whole of nlohmann/json.hpp; this header does not.
template <class Struct>
auto dump(const Struct& value) {
  Struct copy = value;
  return dump_fields([&](FieldVisitor& fields) { copy.visit(fields); });
}
template <class Struct>
std::string document() {
  Struct defaults;
  return document_fields([&](FieldVisitor& fields) { defaults.visit(fields); });
}

}  // namespace svgfusion::config
