// SPDX-License-Identifier: MIT
#pragma once

#include "long_values.h"
#include "svgfusion/svg/xml.h"

namespace svgfusion::svg {

// As clean_xml of xml.h, but with long attribute values set aside.
std::string clean_xml(std::string_view bytes, const XmlLimits& limits, LongValues& aside);

}  // namespace svgfusion::svg
