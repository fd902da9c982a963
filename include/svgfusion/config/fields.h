// SPDX-License-Identifier: MIT
// One field list a struct. A configuration struct has
//
//   void visit(config::FieldVisitor& fields) {
//     fields.field("batch_size", batch_size, {.doc = "icons a step", .min = 1, .max = 65536});
//     fields.group("optimizer", optimizer, "AdamW");
//   }
//
// and that one list reads it from JSON, checks it, writes it back and documents it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace svgfusion::config {

struct FieldInfo {
  std::string_view doc;
  double min = -std::numeric_limits<double>::infinity();  // inclusive
  double max = std::numeric_limits<double>::infinity();   // inclusive
  std::vector<std::string_view> choices = {};             // for text: the only values allowed
};

class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;

  virtual void field(std::string_view name, bool& value, const FieldInfo& info) = 0;
  virtual void field(std::string_view name, std::int64_t& value, const FieldInfo& info) = 0;
  virtual void field(std::string_view name, double& value, const FieldInfo& info) = 0;
  virtual void field(std::string_view name, std::string& value, const FieldInfo& info) = 0;
  virtual void field(std::string_view name, std::vector<std::string>& value,
                     const FieldInfo& info) = 0;
  virtual void field(std::string_view name, std::vector<std::int64_t>& value,
                     const FieldInfo& info) = 0;

  template <class Struct>
  void group(std::string_view name, Struct& value, std::string_view doc) {
    open_group(name, doc, [&](FieldVisitor& fields) { value.visit(fields); });
  }

 protected:
  virtual void open_group(std::string_view name, std::string_view doc,
                          const std::function<void(FieldVisitor&)>& body) = 0;
};

}  // namespace svgfusion::config
