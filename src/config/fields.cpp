// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "svgfusion/base/error.h"
#include "svgfusion/config/config.h"

namespace svgfusion::config {
namespace {

using base::concat;
using base::ConfigError;
using nlohmann::json;

std::string range_text(const FieldInfo& info, bool integer) {
  const auto number = [&](double value) {
    return integer ? base::to_text(static_cast<std::int64_t>(value)) : base::to_text(value);
  };
  const bool low = std::isfinite(info.min);
  const bool high = std::isfinite(info.max);
  if (low && high) return concat(number(info.min), " to ", number(info.max));
  if (low) return concat(number(info.min), " or more");
  if (high) return concat(number(info.max), " or less");
  return "";
}

std::string expected_number(const FieldInfo& info, bool integer) {
  const std::string range = range_text(info, integer);
  return concat(integer ? "a whole number" : "a number", range.empty() ? "" : " from ", range);
}

std::string choices_text(const FieldInfo& info) {
  std::vector<std::string> choices(info.choices.begin(), info.choices.end());
  return concat("one of ", base::join(choices, ", "));
}

class Reader : public FieldVisitor {
 public:
  Reader(const Source& source, const json& values, std::string prefix)
      : source_(source), values_(values), prefix_(std::move(prefix)) {}

  void field(std::string_view name, bool& value, const FieldInfo&) override {
    if (const json* given = find(name)) {
      if (!given->is_boolean()) fail(name, *given, "true or false");
      value = given->get<bool>();
    }
  }
  void field(std::string_view name, std::int64_t& value, const FieldInfo& info) override {
    if (const json* given = find(name)) value = integer(name, *given, info);
  }
  void field(std::string_view name, double& value, const FieldInfo& info) override {
    if (const json* given = find(name)) {
      if (!given->is_number() || !(given->get<double>() >= info.min) ||
          !(given->get<double>() <= info.max)) {
        fail(name, *given, expected_number(info, false));
      }
      value = given->get<double>();
    }
  }
  void field(std::string_view name, std::string& value, const FieldInfo& info) override {
    if (const json* given = find(name)) value = text(name, *given, info);
  }
  void field(std::string_view name, std::vector<std::string>& value,
             const FieldInfo& info) override {
    if (const json* given = find(name)) {
      if (!given->is_array()) fail(name, *given, "a list of texts");
      value.clear();
      for (const json& item : *given) value.push_back(text(name, item, info));
    }
  }
  void field(std::string_view name, std::vector<std::int64_t>& value,
             const FieldInfo& info) override {
    if (const json* given = find(name)) {
      if (!given->is_array()) fail(name, *given, "a list of whole numbers");
      value.clear();
      for (const json& item : *given) value.push_back(integer(name, item, info));
    }
  }

  // After all fields were visited: every key that no field claimed is an error.
  void reject_unknown() const {
    for (const auto& [key, value] : values_.items()) {
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      throw ConfigError(concat(origin(key), ": unknown key '", path(key), "'",
                               base::did_you_mean(key, known_),
                               "; known here: ", base::join(known_, ", ")));
    }
  }

 protected:
  void open_group(std::string_view name, std::string_view,
                  const std::function<void(FieldVisitor&)>& body) override {
    static const json kEmpty = json::object();
    const json* given = find(name);
    if (given != nullptr && !given->is_object()) fail(name, *given, "an object");
    Reader inner(source_, given != nullptr ? *given : kEmpty, path(name));
    body(inner);
    inner.reject_unknown();
  }

 private:
  const json* find(std::string_view name) {
    known_.emplace_back(name);
    const auto it = values_.find(name);
    return it == values_.end() ? nullptr : &*it;
  }
  std::string path(std::string_view name) const {
    return prefix_.empty() ? std::string(name) : concat(prefix_, ".", name);
  }
  std::string origin(std::string_view name) const {
    const auto it = source_.origins.find(path(name));
    return it == source_.origins.end() ? "configuration" : it->second;
  }
  [[noreturn]] void fail(std::string_view name, const json& given,
                         const std::string& expected) const {
    throw ConfigError(
        concat(origin(name), ": ", path(name), " is ", given.dump(), "; expected ", expected));
  }
  std::int64_t integer(std::string_view name, const json& given, const FieldInfo& info) const {
    const bool fits = given.is_number_integer() &&
                      !(given.is_number_unsigned() && given.get<std::uint64_t>() > INT64_MAX);
    if (!fits || static_cast<double>(given.get<std::int64_t>()) < info.min ||
        static_cast<double>(given.get<std::int64_t>()) > info.max) {
      fail(name, given, expected_number(info, true));
    }
    return given.get<std::int64_t>();
  }
  std::string text(std::string_view name, const json& given, const FieldInfo& info) const {
    if (!given.is_string()) fail(name, given, info.choices.empty() ? "a text" : choices_text(info));
    std::string value = given.get<std::string>();
    if (!info.choices.empty() &&
        std::find(info.choices.begin(), info.choices.end(), value) == info.choices.end()) {
      std::vector<std::string> choices(info.choices.begin(), info.choices.end());
      fail(name, given, concat(choices_text(info), base::did_you_mean(value, choices)));
    }
    return value;
  }

  const Source& source_;
  const json& values_;
  std::string prefix_;
  std::vector<std::string> known_;
};

class Dumper : public FieldVisitor {
 public:
  void field(std::string_view name, bool& value, const FieldInfo&) override { put(name, value); }
  void field(std::string_view name, std::int64_t& value, const FieldInfo&) override {
    put(name, value);
  }
  void field(std::string_view name, double& value, const FieldInfo&) override { put(name, value); }
  void field(std::string_view name, std::string& value, const FieldInfo&) override {
    put(name, value);
  }
  void field(std::string_view name, std::vector<std::string>& value, const FieldInfo&) override {
    put(name, value);
  }
  void field(std::string_view name, std::vector<std::int64_t>& value, const FieldInfo&) override {
    put(name, value);
  }
  json take() { return std::move(values_); }

 protected:
  void open_group(std::string_view name, std::string_view,
                  const std::function<void(FieldVisitor&)>& body) override {
    Dumper inner;
    body(inner);
    put(name, inner.take());
  }

 private:
  template <class T>
  void put(std::string_view name, const T& value) {
    SVGFUSION_CHECK(!values_.contains(name), "two fields are named ", name);
    values_[std::string(name)] = value;
  }
  json values_ = json::object();
};

class Documenter : public FieldVisitor {
 public:
  Documenter(std::string& out, std::string prefix) : out_(out), prefix_(std::move(prefix)) {}
  void field(std::string_view name, bool& value, const FieldInfo& info) override {
    line(name, json(value), "", info);
  }
  void field(std::string_view name, std::int64_t& value, const FieldInfo& info) override {
    line(name, json(value), range_text(info, true), info);
  }
  void field(std::string_view name, double& value, const FieldInfo& info) override {
    line(name, json(value), range_text(info, false), info);
  }
  void field(std::string_view name, std::string& value, const FieldInfo& info) override {
    line(name, json(value), info.choices.empty() ? "" : choices_text(info), info);
  }
  void field(std::string_view name, std::vector<std::string>& value,
             const FieldInfo& info) override {
    line(name, json(value), "", info);
  }
  void field(std::string_view name, std::vector<std::int64_t>& value,
             const FieldInfo& info) override {
    line(name, json(value), "", info);
  }

 protected:
  void open_group(std::string_view name, std::string_view doc,
                  const std::function<void(FieldVisitor&)>& body) override {
    out_ += concat("\n", prefix_, name, ": ", doc, "\n");
    Documenter inner(out_, concat(prefix_, name, "."));
    body(inner);
  }

 private:
  void line(std::string_view name, const json& value, const std::string& allowed,
            const FieldInfo& info) {
    out_ += concat("  ", prefix_, name, " = ", value.dump(), allowed.empty() ? "" : "  (", allowed,
                   allowed.empty() ? "" : ")", "  ", info.doc, "\n");
  }
  std::string& out_;
  std::string prefix_;
};

}  // namespace

void read_fields(const Source& source, const Visit& visit) {
  Reader reader(source, *source.values, source.prefix);
  visit(reader);
  reader.reject_unknown();
}

json dump_fields(const Visit& visit) {
  Dumper dumper;
  visit(dumper);
  return dumper.take();
}

std::string document_fields(const Visit& visit) {
  std::string out;
  Documenter documenter(out, "");
  visit(documenter);
  return out;
}

}  // namespace svgfusion::config
