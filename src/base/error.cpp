// SPDX-License-Identifier: MIT
#include "svgfusion/base/error.h"

namespace svgfusion::base {

void fail_check(const char* condition, const char* file, int line, const std::string& message) {
  throw std::logic_error(concat(file, ":", line, ": internal check failed: ", condition,
                                message.empty() ? "" : ": ", message));
}

}  // namespace svgfusion::base
