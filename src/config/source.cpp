// SPDX-License-Identifier: MIT
#include <algorithm>
#include <nlohmann/json.hpp>

#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/config/config.h"

namespace svgfusion::config {
namespace {

using base::concat;
using base::ConfigError;
using nlohmann::json;
namespace fs = std::filesystem;

// Puts `layer` over `target`: objects key by key, everything else as a whole.
void merge(json& target, const json& layer, const std::string& prefix, const std::string& origin,
           std::map<std::string, std::string>& origins) {
  for (const auto& [key, value] : layer.items()) {
    const std::string path = prefix.empty() ? key : concat(prefix, ".", key);
    origins[path] = origin;
    if (value.is_object() && target.contains(key) && target[key].is_object()) {
      merge(target[key], value, path, origin, origins);
    } else {
      target[key] = value;
      if (value.is_object()) {
        json copy = json::object();
        merge(copy, value, path, origin, origins);
      }
    }
  }
}

json read_config_json(const fs::path& file) {
  json values;
  try {
    values = base::read_json(file);
  } catch (const base::Error& error) {
    throw ConfigError(error.what());
  }
  if (!values.is_object()) {
    throw ConfigError(concat(file.string(), ": a configuration is one JSON object"));
  }
  return values;
}

// `chain` holds the files being extended, outermost first, to name a circle.
void merge_file(Source& source, const fs::path& file, std::vector<std::string> chain) {
  const std::string name = file.string();
  const std::string identity = fs::weakly_canonical(file).string();
  if (std::find(chain.begin(), chain.end(), identity) != chain.end()) {
    throw ConfigError(concat(name, ": extends itself in a circle"));
  }
  chain.push_back(identity);
  json values = read_config_json(file);
  if (const auto parent = values.find("extends"); parent != values.end()) {
    if (!parent->is_string()) {
      throw ConfigError(
          concat(name, ": extends: expected the path of a file, got ", parent->dump()));
    }
    merge_file(source, file.parent_path() / parent->get<std::string>(), chain);
    values.erase(parent);
  }
  merge(*source.values, values, "", name, source.origins);
}

void apply_set(Source& source, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw ConfigError(
        concat("--set ", setting, ": expected KEY=VALUE, as in training.autoencoder.steps=100"));
  }
  const std::string key = setting.substr(0, equals);
  const std::string text = setting.substr(equals + 1);
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) value = text;
  json* node = source.values.get();
  const std::vector<std::string> parts = base::split(key, '.');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty())
      throw ConfigError(concat("--set ", setting, ": the key has an empty part"));
    if (!node->is_object()) *node = json::object();
    node = &(*node)[parts[i]];
  }
  *node = value;
  source.origins[key] = "--set";
}

}  // namespace

Source load_source(const fs::path& file, const std::vector<std::string>& sets) {
  Source source;
  source.values = std::make_shared<json>(json::object());
  if (!file.empty()) merge_file(source, file, {});
  for (const std::string& setting : sets) apply_set(source, setting);
  return source;
}

Source section(const Source& source, const std::string& name) {
  Source part = source;
  part.prefix = source.prefix.empty() ? name : concat(source.prefix, ".", name);
  const json& all = *source.values;
  part.values = std::make_shared<json>(all.contains(name) ? all[name] : json::object());
  if (!part.values->is_object()) {
    throw ConfigError(concat(part.prefix, " is ", part.values->dump(), "; expected an object"));
  }
  return part;
}

}  // namespace svgfusion::config
