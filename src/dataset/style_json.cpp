// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/style_json.h"

#include <array>
#include <nlohmann/json.hpp>

#include "svgfusion/base/error.h"
#include "svgfusion/base/random.h"

namespace svgfusion::dataset {
namespace {

using nlohmann::json;

constexpr std::array kCaps{svg::LineCap::kButt, svg::LineCap::kRound, svg::LineCap::kSquare};
constexpr std::array kJoins{svg::LineJoin::kMiter, svg::LineJoin::kRound, svg::LineJoin::kBevel};

template <class Array>
auto by_name(const Array& values, const std::string& name, const std::string& where) {
  for (const auto value : values) {
    if (name == svg::name_of(value)) return value;
  }
  throw base::DataError(base::concat(where, ": style table: unknown value '", name, "'"));
}

}  // namespace

json styles_to_json(const std::vector<icon::Style>& styles) {
  json rows = json::array();
  for (const icon::Style& style : styles) {
    json row = {{"kind", style.kind == icon::Style::Kind::kFill ? "fill" : "stroke"},
                {"color", base::hex(style.color).substr(8)}};
    if (style.kind == icon::Style::Kind::kStroke) {
      row["width"] = style.width;
      row["cap"] = svg::name_of(style.cap);
      row["join"] = svg::name_of(style.join);
      row["miterlimit"] = style.miterlimit;
    }
    rows.push_back(row);
  }
  return rows;
}

std::vector<icon::Style> styles_from_json(const json& rows, const std::string& where) {
  std::vector<icon::Style> styles;
  try {
    for (const json& row : rows) {
      icon::Style style;
      const std::string kind = row.at("kind");
      if (kind != "fill" && kind != "stroke") {
        throw base::DataError(base::concat(where, ": style table: unknown kind '", kind, "'"));
      }
      style.color =
          static_cast<std::uint32_t>(std::stoul(row.at("color").get<std::string>(), nullptr, 16));
      if (kind == "stroke") {
        style.kind = icon::Style::Kind::kStroke;
        style.width = row.at("width");
        style.cap = by_name(kCaps, row.at("cap"), where);
        style.join = by_name(kJoins, row.at("join"), where);
        style.miterlimit = row.at("miterlimit");
      }
      styles.push_back(style);
    }
  } catch (const json::exception& error) {
    throw base::DataError(base::concat(where, ": the style table is damaged: ", error.what()));
  } catch (const std::logic_error&) {  // stoul
    throw base::DataError(base::concat(where, ": the style table has a colour that is no number"));
  }
  return styles;
}

}  // namespace svgfusion::dataset
