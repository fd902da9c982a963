// SPDX-License-Identifier: MIT
#include "svgfusion/base/safetensors.h"

#include <cstring>

#include "support/support.h"

namespace svgfusion::base {
namespace {

std::string with_header(const std::string& header, std::size_t data_bytes) {
  std::string file(8, '\0');
  const std::uint64_t size = header.size();
  std::memcpy(file.data(), &size, 8);
  return file + header + std::string(data_bytes, 'x');
}

TEST(Safetensors, RoundTrip) {
  const test::TemporaryFolder folder;
  const std::vector<float> a{1, 2, 3, 4, 5, 6};
  const std::vector<std::uint8_t> b{7, 8, 9};
  const std::vector<std::int64_t> none;
  write_safetensors(folder / "f",
                    {{"a", view_of(std::span<const float>(a), {2, 3})},
                     {"b", view_of(b)},
                     {"none", view_of(none)}},
                    {{"key", "value \"quoted\""}});
  const SafetensorsFile file(folder / "f");
  EXPECT_EQ(file.metadata_value("key"), "value \"quoted\"");
  const auto read_a = file.array<float>("a", {2, -1});
  EXPECT_EQ(std::vector<float>(read_a.begin(), read_a.end()), a);
  const auto read_b = file.array<std::uint8_t>("b", {3});
  EXPECT_EQ(std::vector<std::uint8_t>(read_b.begin(), read_b.end()), b);
  EXPECT_TRUE(file.array<std::int64_t>("none", {0}).empty());
  EXPECT_CONTAINS(test::message_of<DataError>([&] {
                    file.array<float>("a", {3, 2});
                  }),
                  "'a' is F32 [2, 3]; expected F32 [3, 2]");
  EXPECT_CONTAINS(test::message_of<DataError>([&] {
                    file.array<double>("a", {2, 3});
                  }),
                  "expected F64");
  EXPECT_CONTAINS(test::message_of<DataError>([&] { file.tensor("c"); }), "has no tensor 'c'");
}

TEST(Safetensors, EveryKindOfDamageIsNamed) {
  const std::string good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  )";
  struct Row {
    const char* name;
    std::string content;
    const char* expected;
  };
  const std::vector<Row> rows{
      {"empty", "", "too few"},
      {"short", "abc", "too few"},
      {"header beyond file", with_header(good, 0).substr(0, 20), "cut short"},
      {"huge header", std::string("\xff\xff\xff\xff\xff\xff\xff\x7f") + "{}",
       "not a safetensors file"},
      {"no object", with_header("[]      ", 0), "no JSON object"},
      {"bad JSON", with_header("{\"a\":    ", 0), "not valid JSON"},
      {"data cut", with_header(good, 4), "cut short"},
      {"data too long", with_header(good, 12), "end at byte 8 of 12"},
      {"size disagrees",
       with_header(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}  )", 8),
       "needs 12 bytes"},
      {"overflow",
       with_header(
           R"({"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}  )",
           8),
       "too large"},
      {"negative", with_header(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}} )", 8),
       "shape is not"},
      {"unknown type",
       with_header(R"({"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}  )", 8),
       "unknown dtype"},
      {"reversed", with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}  )", 8),
       "leave the"},
      {"hole", with_header(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}   )", 4),
       "expected 0"},
      {"overlap",
       with_header(
           R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
           3),
       "without holes"},
      {"twice",
       with_header(
           R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
           2),
       "stands twice"},
      {"metadata", with_header(R"({"__metadata__":{"k":1}} )", 0), "no text"},
  };
  const test::TemporaryFolder folder;
  for (const Row& row : rows) {
    test::write(folder / "f", row.content);
    const std::string message =
        test::message_of<DataError>([&] { SafetensorsFile file(folder / "f"); });
    EXPECT_CONTAINS(message, row.expected) << row.name;
    EXPECT_CONTAINS(message, (folder / "f").string());
  }
}

}  // namespace
}  // namespace svgfusion::base
