// SPDX-License-Identifier: MIT
#include "svgfusion/base/json.h"

#include <nlohmann/json.hpp>

#include "support/support.h"
#include "svgfusion/base/error.h"

namespace svgfusion::base {
namespace {

TEST(Json, SaysWhereAndWhat) {
  const auto message = [](const char* text) {
    return test::message_of<DataError>([&] { parse_json(text, "f.json"); });
  };
  EXPECT_CONTAINS(message("{\"a\": 1,\n  \"a\": 2}"), "the key 'a' stands twice");
  EXPECT_CONTAINS(message("{\n  \"a\": }"), "f.json: line 2");
  EXPECT_CONTAINS(message(""), "not valid JSON");
  EXPECT_CONTAINS(message(std::string(400, '[').c_str()), "nested deeper");
}

TEST(Json, TheSameKeyInTwoObjectsIsFine) {
  EXPECT_EQ(parse_json("[{\"a\":1},{\"a\":2,\"b\":{\"a\":3}}]", "x").size(), 2U);
}

}  // namespace
}  // namespace svgfusion::base
