// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace svgfusion::svg {

void append_utf8(std::string& out, char32_t code_point);

// UTF-8 from UTF-8, UTF-16 (by byte order mark or by the zero bytes of "<?"), ISO-8859-1 and
// Windows-1252 (by the XML declaration). Invalid bytes become U+FFFD, so do NUL and control
// characters that XML forbids. The view is of `bytes` itself where nothing had to change, else of
// `storage`.
std::string_view to_utf8(std::string_view bytes, std::string& storage);

}  // namespace svgfusion::svg
