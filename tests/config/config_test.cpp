// SPDX-License-Identifier: MIT
#include "svgfusion/config/config.h"

#include <nlohmann/json.hpp>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/dataset/data_config.h"

namespace svgfusion::config {
namespace {

using test::message_of;

struct Inner {
  double rate = 0.5;
  std::vector<std::string> names{"a"};
  void visit(FieldVisitor& fields) {
    fields.field("rate", rate, {.doc = "a rate", .min = 0, .max = 1});
    fields.field("names", names, {.doc = "names"});
  }
};
struct Outer {
  std::int64_t count = 3;
  bool flag = false;
  std::string mode = "one";
  std::vector<std::int64_t> sizes{1, 2};
  Inner inner;
  void visit(FieldVisitor& fields) {
    fields.field("count", count, {.doc = "how many", .min = 1, .max = 10});
    fields.field("flag", flag, {.doc = "yes or no"});
    fields.field("mode", mode, {.doc = "which", .choices = {"one", "two"}});
    fields.field("sizes", sizes, {.doc = "sizes", .min = 0});
    fields.group("inner", inner, "more");
  }
};

Outer read_text(const std::string& text) {
  const test::TemporaryFolder folder;
  test::write(folder / "c.json", text);
  Outer out;
  read(load_source(folder / "c.json", {}), out);
  return out;
}

TEST(Config, ReadsAndKeepsDefaults) {
  const Outer out = read_text(R"({"count": 4, "inner": {"rate": 1}, "sizes": [5]})");
  EXPECT_EQ(out.count, 4);
  EXPECT_EQ(out.inner.rate, 1);
  EXPECT_EQ(out.mode, "one");
  EXPECT_EQ(out.sizes, (std::vector<std::int64_t>{5}));
}

TEST(Config, EveryMistakeSaysFileKeyAndExpectation) {
  struct Row {
    const char* text;
    std::vector<const char*> expected;
  };
  for (const Row& row : std::vector<Row>{
           {R"({"cuont": 4})", {"c.json", "unknown key 'cuont'", "did you mean 'count'"}},
           {R"({"inner": {"rte": 0}})", {"unknown key 'inner.rte'", "'rate'"}},
           {R"({"count": 1.9})", {"count is 1.9", "a whole number from 1 to 10"}},
           {R"({"count": true})", {"count is true", "a whole number"}},
           {R"({"count": 11})", {"count is 11", "1 to 10"}},
           {R"({"count": -1})", {"count is -1"}},
           {R"({"count": 99999999999999999999})", {"expected a whole number"}},
           {R"({"flag": 1})", {"flag is 1", "true or false"}},
           {R"({"mode": "tow"})", {"mode is \"tow\"", "one of one, two", "did you mean 'two'"}},
           {R"({"mode": 2})", {"one of one, two"}},
           {R"({"inner": 3})", {"inner is 3", "an object"}},
           {R"({"inner": {"rate": "high"}})", {"inner.rate is \"high\"", "a number"}},
           {R"({"sizes": [1, -2]})", {"sizes is -2", "0 or more"}},
           {R"({"sizes": 1})", {"a list of whole numbers"}},
           {R"([1])", {"one JSON object"}},
           {R"({"count": 1, "count": 2})", {"stands twice"}}}) {
    const std::string message = message_of<base::ConfigError>([&] { read_text(row.text); });
    for (const char* part : row.expected) EXPECT_CONTAINS(message, part);
  }
}

TEST(Config, PrecedenceIsDefaultsExtendsFileSet) {
  const test::TemporaryFolder folder;
  test::write(folder / "base/parent.json",
              R"({"count": 5, "inner": {"rate": 0.25, "names": ["p"]}})");
  test::write(folder / "child.json", R"({"extends": "base/parent.json", "inner": {"rate": 0.75}})");
  Outer out;
  read(load_source(folder / "child.json", {"count=7", "inner.names=[\"x\",\"y\"]", "mode=two"}),
       out);
  EXPECT_EQ(out.count, 7);
  EXPECT_EQ(out.inner.rate, 0.75);
  EXPECT_EQ(out.inner.names, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(out.mode, "two");
}

TEST(Config, CirclesAndBadSettingsAreErrors) {
  const test::TemporaryFolder folder;
  test::write(folder / "a.json", R"({"extends": "b.json"})");
  test::write(folder / "b.json", R"({"extends": "a.json"})");
  EXPECT_CONTAINS(message_of<base::ConfigError>([&] { load_source(folder / "a.json", {}); }),
                  "circle");
  EXPECT_CONTAINS(message_of<base::ConfigError>([&] { load_source({}, {"count"}); }), "KEY=VALUE");
  EXPECT_CONTAINS(message_of<base::ConfigError>([&] { load_source(folder / "none.json", {}); }),
                  "none.json");
  Outer out;
  EXPECT_CONTAINS(message_of<base::ConfigError>([&] { read(load_source({}, {"count=x"}), out); }),
                  "--set");
}

// The contract of every configuration struct: what it writes, it reads back the same.
template <class Struct>
void expect_round_trip() {
  const test::TemporaryFolder folder;
  const nlohmann::json dumped = dump(Struct{});
  test::write(folder / "c.json", dumped.dump());
  Struct back;
  read(load_source(folder / "c.json", {}), back);
  EXPECT_EQ(dump(back), dumped);
  EXPECT_FALSE(document<Struct>().empty());
}

TEST(Config, DumpsReadBack) {
  expect_round_trip<Outer>();
  expect_round_trip<dataset::DataConfig>();
  expect_round_trip<icon::CanonicalOptions>();
  expect_round_trip<icon::SimplifyOptions>();
}

TEST(Config, SectionsNameTheWholeKey) {
  Outer out;
  const Source source = load_source({}, {"part.count=99"});
  EXPECT_CONTAINS(message_of<base::ConfigError>([&] { read_section(source, "part", out); }),
                  "part.count is 99");
}

}  // namespace
}  // namespace svgfusion::config
