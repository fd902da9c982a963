// SPDX-License-Identifier: MIT
#include "xml_encoding.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "svgfusion/base/text.h"

namespace svgfusion::svg {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// Windows-1252 for 0x80 to 0x9F; the rest equals ISO-8859-1.
constexpr std::array<std::uint16_t, 32> kWindows1252{
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

bool is_forbidden(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0xD800 && c <= 0xDFFF) ||
         c > 0x10FFFF;
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
  std::string out;
  const auto unit = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t c = unit(i);
    if (c >= 0xD800 && c < 0xDC00 && i + 3 < bytes.size()) {
      const char32_t low = unit(i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    append_utf8(out, c);
  }
  return out;
}

std::string from_single_bytes(std::string_view bytes, bool windows) {
  std::string out;
  for (const char byte : bytes) {
    const auto c = static_cast<unsigned char>(byte);
    append_utf8(out, windows && c >= 0x80 && c < 0xA0 ? kWindows1252[c - 0x80u] : c);
  }
  return out;
}

// Length of the valid sequence at `i`, or 0.
std::size_t sequence_length(std::string_view bytes, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(bytes[k]); };
  const unsigned char lead = byte(i);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length < 2) return length;
  if (i + length > bytes.size()) return 0;
  char32_t c = lead & (0x7Fu >> length);
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xC0) != 0x80) return 0;
    c = c << 6 | (byte(i + k) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  return c < kSmallest[length] || is_forbidden(c) ? 0 : length;
}

// Whether eight bytes at once are all ASCII from the blank up. Others, tabs and line breaks among
// them, are looked at singly.
bool is_plain(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  constexpr std::uint64_t kHigh = 0x8080808080808080ULL;
  constexpr std::uint64_t kBlanks = 0x2020202020202020ULL;
  return ((word | (word - kBlanks)) & kHigh) == 0;
}

// Where the first byte stands that must be replaced, or the size.
std::size_t find_invalid(std::string_view bytes, std::size_t from) {
  std::size_t i = from;
  while (i < bytes.size()) {
    if (i + 8 <= bytes.size() && is_plain(bytes.data() + i)) {
      i += 8;
      continue;
    }
    const std::size_t length = sequence_length(bytes, i);
    if (length == 0 || (length == 1 && is_forbidden(static_cast<unsigned char>(bytes[i]))))
      return i;
    i += length;
  }
  return bytes.size();
}

std::string_view repair_utf8(std::string_view bytes, std::string& storage) {
  std::size_t bad = find_invalid(bytes, 0);
  if (bad == bytes.size()) return bytes;
  storage.reserve(bytes.size() + 16);
  std::size_t begin = 0;
  while (bad < bytes.size()) {
    storage.append(bytes.substr(begin, bad - begin));
    append_utf8(storage, kReplacement);
    begin = bad + 1;
    bad = find_invalid(bytes, begin);
  }
  storage.append(bytes.substr(begin));
  return storage;
}

std::string declared_encoding(std::string_view bytes) {
  if (!bytes.starts_with("<?")) return {};
  const std::string head = base::lower(bytes.substr(0, 200));
  const std::size_t end = head.find("?>");
  if (!head.starts_with("<?xml") || end == std::string::npos) return {};
  const std::size_t at = head.find("encoding");
  if (at == std::string::npos || at > end) return {};
  const std::size_t quote = head.find_first_of("\"'", at);
  if (quote == std::string::npos || quote > end) return {};
  const std::size_t close = head.find(head[quote], quote + 1);
  return close == std::string::npos ? std::string() : head.substr(quote + 1, close - quote - 1);
}

}  // namespace

void append_utf8(std::string& out, char32_t c) {
  if (is_forbidden(c)) c = kReplacement;
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

std::string_view to_utf8(std::string_view bytes, std::string& storage) {
  using std::string_view_literals::operator""sv;
  const auto converted = [&](std::string text) -> std::string_view {
    storage = std::move(text);
    return storage;
  };
  if (bytes.starts_with("\xEF\xBB\xBF")) return repair_utf8(bytes.substr(3), storage);
  if (bytes.starts_with("\xFF\xFE"sv)) return converted(from_utf16(bytes.substr(2), false));
  if (bytes.starts_with("\xFE\xFF"sv)) return converted(from_utf16(bytes.substr(2), true));
  if (bytes.starts_with("<\0"sv)) return converted(from_utf16(bytes, false));
  if (bytes.starts_with("\0<"sv)) return converted(from_utf16(bytes, true));
  const std::string encoding = declared_encoding(bytes);
  if (encoding == "windows-1252" || encoding == "cp1252")
    return converted(from_single_bytes(bytes, true));
  if (encoding == "iso-8859-1" || encoding == "latin1" || encoding == "iso8859-1")
    return converted(from_single_bytes(bytes, false));
  return repair_utf8(bytes, storage);
}

}  // namespace svgfusion::svg
