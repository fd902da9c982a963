// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "svgfusion/dataset/dataset.h"

namespace svgfusion::test {

// A folder of its own for each test, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::filesystem::path source_path(const std::string& relative);
std::string read(const std::filesystem::path& path);
void write(const std::filesystem::path& path, const std::string& content);

// The message of what `body` throws; fails the test when it throws nothing or another type.
template <class Exception, class Body>
std::string message_of(const Body& body) {
  try {
    body();
  } catch (const Exception& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "threw another type: " << error.what();
    return {};
  }
  ADD_FAILURE() << "threw nothing";
  return {};
}

#define EXPECT_CONTAINS(text, part) \
  EXPECT_NE(std::string(text).find(part), std::string::npos) << "in: " << (text)

// A filled square with a round hole on the left or the right: two labels, three styles in the
// table.
icon::TokenIcon make_icon(int variant, icon::Grid grid = {});
// `count` small icons, label i % 2, all train unless `held_out`.
void write_tiny_dataset(const std::filesystem::path& path, int count, bool held_out = false,
                        icon::Grid grid = {});

std::string svg_text(const std::string& body,
                     const std::string& attributes = "viewBox=\"0 0 24 24\"");

}  // namespace svgfusion::test
