// SPDX-License-Identifier: MIT
#include "app.h"

#include <array>
#include <cstdio>
#include <map>
#include <thread>

// A comma inside a value, as in --set a.b=[1,2], is no separator.
#define CXXOPTS_VECTOR_DELIMITER static_cast<char>(0x1f)
#include <cxxopts.hpp>

#include "svgfusion/base/error.h"
#include "svgfusion/base/log.h"
#include "svgfusion/base/signals.h"

namespace svgfusion::app {

using base::concat;
using base::UsageError;

struct Options::Data {
  struct Range {
    double min;
    double max;
    bool integer;
  };
  cxxopts::Options options;
  cxxopts::ParseResult result;
  std::string name;
  std::string example;
  std::map<std::string, Range> ranges;
  std::map<std::string, std::vector<std::string>> choices;
  std::vector<std::string> arguments;
};

namespace {

// "l,label" → "label"
std::string long_name(const std::string& names) {
  const std::size_t comma = names.find(',');
  return comma == std::string::npos ? names : names.substr(comma + 1);
}

// torch's messages carry a stack trace after their first part; people do not need it.
std::string without_backtrace(std::string message) {
  const std::size_t trace = message.find("\nException raised from");
  if (trace != std::string::npos) message.resize(trace);
  return message;
}

int report(const std::string& message, int code) {
  base::log_error(without_backtrace(message));
  return code;
}

}  // namespace

Options::Options(std::string name, std::string purpose, std::string example)
    : data_(std::make_unique<Data>(
          Data{cxxopts::Options(name, purpose), {}, name, std::move(example), {}, {}, {}})) {
  data_->options.set_width(100);
  flag("h,help", "show this text");
  flag("quiet", "show warnings and errors only");
  flag("verbose", "show details too");
  text("config", "read settings from a JSON file", "FILE");
  texts("set", "override one setting, as in --set training.autoencoder.steps=500; repeatable",
        "KEY=VALUE");
  integer("threads", "processor threads; 0: all", 0, 0, 4096);
}
Options::~Options() = default;
Options::Options(Options&&) noexcept = default;

void Options::flag(const std::string& names, const std::string& doc) {
  data_->options.add_options()(names, doc);
}

void Options::text(const std::string& names, const std::string& doc, const std::string& value_name,
                   const std::string& fallback) {
  auto value = cxxopts::value<std::string>();
  if (!fallback.empty()) value->default_value(fallback);
  data_->options.add_options()(names, doc, value, value_name);
}

void Options::texts(const std::string& names, const std::string& doc,
                    const std::string& value_name) {
  data_->options.add_options()(names, doc, cxxopts::value<std::vector<std::string>>(), value_name);
}

void Options::integer(const std::string& names, const std::string& doc, std::int64_t fallback,
                      std::int64_t min, std::int64_t max) {
  data_->ranges[long_name(names)] = {static_cast<double>(min), static_cast<double>(max), true};
  data_->options.add_options()(
      names, concat(doc, " [", min, " to ", max, "]"),
      cxxopts::value<std::int64_t>()->default_value(base::to_text(fallback)), "N");
}

void Options::number(const std::string& names, const std::string& doc, double fallback, double min,
                     double max) {
  data_->ranges[long_name(names)] = {min, max, false};
  data_->options.add_options()(names, concat(doc, " [", min, " to ", max, "]"),
                               cxxopts::value<double>()->default_value(base::to_text(fallback)),
                               "X");
}

void Options::choice(const std::string& names, const std::string& doc, const std::string& fallback,
                     const std::vector<std::string>& choices) {
  data_->choices[long_name(names)] = choices;
  text(names, concat(doc, ": ", base::join(choices, ", ")), "NAME", fallback);
}

bool Options::has(const std::string& name) const { return data_->result.count(name) != 0; }
bool Options::flag_value(const std::string& name) const { return has(name); }
std::string Options::text_value(const std::string& name) const {
  if (!has(name) && !data_->result[name].has_default()) return {};
  return data_->result[name].as<std::string>();
}
std::vector<std::string> Options::texts_value(const std::string& name) const {
  return has(name) ? data_->result[name].as<std::vector<std::string>>()
                   : std::vector<std::string>{};
}
std::int64_t Options::integer_value(const std::string& name) const {
  return data_->result[name].as<std::int64_t>();
}
double Options::number_value(const std::string& name) const {
  return data_->result[name].as<double>();
}
std::string Options::required(const std::string& name) const {
  if (!has(name)) throw UsageError(concat("--", name, " is missing; see ", data_->name, " --help"));
  return text_value(name);
}

config::Source Options::config_source() const {
  return config::load_source(text_value("config"), texts_value("set"));
}

int Options::threads(std::int64_t processes) const {
  const std::int64_t wanted = integer_value("threads");
  const std::int64_t share = std::thread::hardware_concurrency() / processes;
  return static_cast<int>(wanted > 0 ? wanted : std::max<std::int64_t>(1, share));
}

const std::vector<std::string>& Options::arguments() const { return data_->arguments; }

std::string Options::help() const {
  return data_->options.help() + "Example:\n  " + data_->example + "\n";
}

void Options::parse(int argc, char** argv) {
  data_->arguments.assign(argv + 1, argv + argc);
  try {
    data_->result = data_->options.parse(argc, argv);
    for (const auto& [name, range] : data_->ranges) {
      const double value =
          range.integer ? static_cast<double>(integer_value(name)) : number_value(name);
      if (!(value >= range.min && value <= range.max)) {
        throw UsageError(
            concat("--", name, " is ", value, "; expected ", range.min, " to ", range.max));
      }
    }
  } catch (const cxxopts::exceptions::exception& error) {
    throw UsageError(concat(error.what(), "; see ", data_->name, " --help"));
  }
  if (!data_->result.unmatched().empty()) {
    throw UsageError(concat("unexpected argument '", data_->result.unmatched().front(), "'; see ",
                            data_->name, " --help"));
  }
  for (const auto& [name, choices] : data_->choices) {
    const std::string value = text_value(name);
    if (value.empty() || std::find(choices.begin(), choices.end(), value) != choices.end())
      continue;
    throw UsageError(concat("--", name, " is '", value, "'", base::did_you_mean(value, choices),
                            "; expected one of ", base::join(choices, ", ")));
  }
}

int run_app(int argc, char** argv, Options options, const std::function<void(Options&)>& body) {
  base::start_log(base::LogLevel::kNormal);
  base::install_signal_handlers();
  try {
    options.parse(argc, argv);
    if (options.flag_value("help")) {
      std::fputs(options.help().c_str(), stdout);
      return 0;
    }
    if (options.flag_value("quiet")) base::start_log(base::LogLevel::kQuiet);
    if (options.flag_value("verbose")) base::start_log(base::LogLevel::kVerbose);
    body(options);
    return std::fflush(stdout) == 0 ? 0 : report("stdout cannot be written", 1);
  } catch (const base::InterruptedError& error) {
    return report(error.what(), 128 + error.signal());
  } catch (const base::UsageError& error) {
    return report(error.what(), 2);
  } catch (const std::bad_alloc&) {
    return report("out of memory", 1);
  } catch (const std::exception& error) {
    return report(error.what(), 1);
  }
}

}  // namespace svgfusion::app
