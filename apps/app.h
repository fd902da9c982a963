// SPDX-License-Identifier: MIT
// What every tool shares: common options, help, and the one place that catches errors.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "svgfusion/config/config.h"

namespace svgfusion::app {

// A thin face of cxxopts, which stays inside app.cpp.
class Options {
 public:
  Options(std::string name, std::string purpose, std::string example);
  ~Options();
  Options(Options&&) noexcept;

  void flag(const std::string& names, const std::string& doc);
  void text(const std::string& names, const std::string& doc, const std::string& value_name,
            const std::string& fallback = {});
  void texts(const std::string& names, const std::string& doc, const std::string& value_name);
  void integer(const std::string& names, const std::string& doc, std::int64_t fallback,
               std::int64_t min, std::int64_t max);
  void number(const std::string& names, const std::string& doc, double fallback, double min,
              double max);
  void choice(const std::string& names, const std::string& doc, const std::string& fallback,
              const std::vector<std::string>& choices);

  bool has(const std::string& name) const;
  bool flag_value(const std::string& name) const;
  std::string text_value(const std::string& name) const;
  std::vector<std::string> texts_value(const std::string& name) const;
  std::int64_t integer_value(const std::string& name) const;
  double number_value(const std::string& name) const;
  // Throws UsageError when the option was not given.
  std::string required(const std::string& name) const;

  // --config and --set.
  config::Source config_source() const;
  // Used threads: --threads, or this process's share of all processors.
  int threads(std::int64_t processes = 1) const;
  // The command line after the program's name.
  const std::vector<std::string>& arguments() const;

 private:
  friend int run_app(int argc, char** argv, Options options,
                     const std::function<void(Options&)>& body);
  void parse(int argc, char** argv);
  std::string help() const;

  struct Data;
  std::unique_ptr<Data> data_;
};

// Adds the common options, parses, starts log and signal handlers, runs `body`, and turns what it
// throws into an exit code: 0 done, 1 the work failed, 2 the command or configuration is wrong,
// 128 + n stopped by signal n.
int run_app(int argc, char** argv, Options options, const std::function<void(Options&)>& body);

}  // namespace svgfusion::app
