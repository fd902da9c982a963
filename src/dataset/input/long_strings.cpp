// SPDX-License-Identifier: MIT
#include "long_strings.h"

#include <algorithm>
#include <optional>

namespace svgfusion::dataset {
namespace {

constexpr std::size_t kLong = 48;
constexpr std::string_view kEscapedMark = "\\u0001";

// The place of the quote that ends the string which begins at `from`, behind its own quote.
std::size_t end_of_string(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('"', from); at != std::string_view::npos;
       at = text.find('"', at + 1)) {
    std::size_t backslashes = 0;
    while (at - backslashes > from && text[at - backslashes - 1] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return at;
  }
  return std::string_view::npos;
}

// RFC 8259 §7, the escapes of two characters.
std::optional<char> escaped(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return std::nullopt;
  }
}

// Unset for what is not plain: control characters, bytes beyond ASCII, other escapes.
std::optional<std::string> plain_string(std::string_view raw) {
  // The highest bit of c or of c - 0x20 is set in all others; this way many bytes go at once.
  unsigned char bits = 0;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    bits = static_cast<unsigned char>(bits | byte | static_cast<unsigned char>(byte - 0x20));
  }
  if ((bits & 0x80u) != 0) return std::nullopt;
  std::string out;
  out.reserve(raw.size());
  while (true) {
    const std::size_t backslash = std::min(raw.find('\\'), raw.size());
    out += raw.substr(0, backslash);
    if (backslash == raw.size()) return out;
    if (backslash + 1 == raw.size()) return std::nullopt;
    const auto letter = escaped(raw[backslash + 1]);
    if (!letter) return std::nullopt;
    out += *letter;
    raw.remove_prefix(backslash + 2);
  }
}

}  // namespace

ShortenedJson shorten_json(std::string_view text) {
  ShortenedJson out;
  std::size_t copied = 0;
  for (std::size_t quote = text.find('"'); quote != std::string_view::npos;) {
    const std::size_t begin = quote + 1;
    const std::size_t end = end_of_string(text, begin);
    if (end == std::string_view::npos) break;
    const std::string_view raw = text.substr(begin, end - begin);
    if (raw.size() >= kLong) {
      if (auto plain = plain_string(raw)) {
        out.text += text.substr(copied, begin - copied);
        out.text += kEscapedMark;
        copied = end;
        out.strings.push_back(*std::move(plain));
      }
    }
    if (raw.starts_with(kEscapedMark)) return {std::string(text), {}};
    quote = text.find('"', end + 1);
  }
  out.text += text.substr(copied);
  return out;
}

}  // namespace svgfusion::dataset
