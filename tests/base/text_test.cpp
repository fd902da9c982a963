// SPDX-License-Identifier: MIT
#include "svgfusion/base/text.h"

#include <clocale>

#include "support/support.h"

namespace svgfusion::base {
namespace {

TEST(Text, FixedDropsZerosAndSign) {
  struct Row {
    double value;
    int decimals;
    const char* expected;
  };
  for (const Row& row : {Row{1.0, 3, "1"}, Row{1.25, 3, "1.25"}, Row{-0.0001, 3, "0"},
                         Row{-2.5, 0, "-2"}, Row{1e-9, 3, "0"}, Row{123456.789, 2, "123456.79"},
                         Row{0.5, 1, "0.5"}, Row{100, 0, "100"}}) {
    EXPECT_EQ(to_fixed(row.value, row.decimals), row.expected) << row.value;
  }
}

TEST(Text, ConcatKnowsKinds) {
  EXPECT_EQ(concat("a", 1, ' ', 2.5, " ", true, std::size_t{7}), "a1 2.5 true7");
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
}

TEST(Text, SuggestsNearWordsOnly) {
  const std::vector<std::string> words{"arrow-up", "arrow-down", "bell", "star"};
  EXPECT_EQ(nearest_words("bel", words), (std::vector<std::string>{"bell"}));
  EXPECT_EQ(nearest_words("arrow", words).size(), 2U);
  EXPECT_TRUE(nearest_words("zebra", words).empty());
  EXPECT_EQ(did_you_mean("zebra", words), "");
  EXPECT_EQ(did_you_mean("str", words), " (did you mean 'star'?)");
}

TEST(Text, NumbersIgnoreTheLocale) {
  const char* before = std::setlocale(LC_ALL, nullptr);
  const std::string saved = before == nullptr ? "C" : before;
  std::setlocale(LC_ALL,
                 "de_DE.UTF-8");  // has no effect where it is not installed; then "C" is tested
  EXPECT_EQ(to_text(1.5), "1.5");
  EXPECT_EQ(to_fixed(1.5, 2), "1.5");
  std::setlocale(LC_ALL, saved.c_str());
}

}  // namespace
}  // namespace svgfusion::base
