// SPDX-License-Identifier: MIT
// Typed errors. Every message says where, what is wrong, what was expected and what to do;
// `run_app` (apps/) is the only place that catches them and turns the type into an exit code.
#pragma once

#include <stdexcept>
#include <string>

#include "svgfusion/base/text.h"

namespace svgfusion::base {

// The work failed although the request made sense: exit code 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The command line or the configuration is wrong: exit code 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

class ConfigError : public UsageError {
 public:
  using UsageError::UsageError;
};

// A file cannot be opened, read or written.
class FileError : public Error {
 public:
  using Error::Error;
};

// A file was read but does not hold what it should.
class DataError : public Error {
 public:
  using Error::Error;
};

// An SVG document that cannot be read at all.
class SvgError : public DataError {
 public:
  using DataError::DataError;
};

// Weights or training state that do not fit the program or the model.
class CheckpointError : public DataError {
 public:
  using DataError::DataError;
};

// Training left the finite numbers.
class DivergenceError : public Error {
 public:
  using Error::Error;
};

// Another process of the same run cannot be reached.
class CommunicationError : public Error {
 public:
  using Error::Error;
};

// Work was stopped by a signal after its state was saved: exit code 128 + signal.
class InterruptedError : public Error {
 public:
  InterruptedError(int signal, const std::string& message) : Error(message), signal_(signal) {}
  int signal() const { return signal_; }

 private:
  int signal_;
};

[[noreturn]] void fail_check(const char* condition, const char* file, int line,
                             const std::string& message);

}  // namespace svgfusion::base

// For mistakes of this program, not of its input: throws std::logic_error.
#define SVGFUSION_CHECK(condition, ...)                                      \
  do {                                                                       \
    if (!(condition)) {                                                      \
      ::svgfusion::base::fail_check(#condition, __FILE__, __LINE__,          \
                                    ::svgfusion::base::concat(__VA_ARGS__)); \
    }                                                                        \
  } while (false)
