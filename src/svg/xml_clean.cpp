// SPDX-License-Identifier: MIT
// What must happen to XML text before tinyxml2 sees it: see clean_xml in xml.h.
#include <algorithm>
#include <charconv>
#include <map>

#include "svgfusion/base/error.h"
#include "svgfusion/svg/cursor.h"
#include "svgfusion/svg/xml.h"
#include "xml_clean.h"
#include "xml_encoding.h"

namespace svgfusion::svg {
namespace {

using base::concat;
using base::SvgError;

constexpr std::size_t kUsualBytes = 1024;  // of an icon without its long values
constexpr std::string_view kPredefined[] = {"amp", "lt", "gt", "quot", "apos"};

class Cleaner {
 public:
  // Long values stay in their place without `aside`.
  Cleaner(std::string_view text, const XmlLimits& limits, LongValues* aside)
      : in_(text), limits_(limits), aside_(aside) {
    out_.reserve(aside == nullptr ? text.size() : std::min(text.size(), kUsualBytes));
  }

  std::string clean() {
    in_.skip_space();
    while (!in_.at_end()) {
      if (in_.rest().starts_with("<!--")) {
        drop_through("-->", "comment");
      } else if (in_.rest().starts_with("<?")) {
        drop_through("?>", "processing instruction");
      } else if (in_.rest().starts_with("<![CDATA[")) {
        copy_through("]]>", "CDATA section");
      } else if (in_.rest().starts_with("<!DOCTYPE")) {
        drop_doctype();
      } else if (in_.peek() == '<') {
        copy_tag();
      } else {
        copy_text('<');
      }
    }
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw SvgError(what); }

  void keep_lines(std::string_view dropped) {
    out_.append(static_cast<std::size_t>(std::count(dropped.begin(), dropped.end(), '\n')), '\n');
  }

  std::string_view take_through(std::string_view end, const char* what) {
    const std::size_t at = in_.rest().find(end);
    if (at == std::string_view::npos) fail(concat("a ", what, " is not ended by ", end));
    const std::string_view all = in_.rest().substr(0, at + end.size());
    in_.advance(all.size());
    return all;
  }
  void drop_through(std::string_view end, const char* what) { keep_lines(take_through(end, what)); }
  void copy_through(std::string_view end, const char* what) { out_ += take_through(end, what); }

  // A tag, quotes respected, so that '>' and '<' in attribute values do not end it.
  void copy_tag() {
    // Start and end tags: no document within the limit has more than twice as many.
    if (++tags_ > 2 * limits_.max_elements)
      fail(concat("more than ", limits_.max_elements, " elements"));
    out_ += '<';
    in_.advance();
    std::size_t attributes = 0;
    while (!in_.at_end() && in_.peek() != '>') {
      const std::string_view rest = in_.rest();
      std::size_t end = 0;
      while (end < rest.size() && rest[end] != '>' && rest[end] != '"' && rest[end] != '\'') {
        if (rest[end++] != '=') continue;
        if (++attributes > limits_.max_attributes_a_tag)
          fail(concat("a tag has more than ", limits_.max_attributes_a_tag, " attributes"));
        if (++attributes_ > limits_.max_attributes)
          fail(concat("more than ", limits_.max_attributes, " attributes"));
      }
      out_ += rest.substr(0, end);
      in_.advance(end);
      const char quote = in_.peek();
      if (in_.at_end() || quote == '>') break;
      in_.advance();
      out_ += quote;
      if (!set_aside(quote)) copy_text(quote);
      if (in_.take(quote)) out_ += quote;
    }
    if (in_.take('>')) out_ += '>';
  }

  // Whether the value at the cursor was long, plain and is now elsewhere.
  bool set_aside(char quote) {
    if (aside_ == nullptr) return false;
    const std::string_view value = in_.rest().substr(0, in_.rest().find(quote));
    if (value.size() < LongValues::kLeast || value.size() == in_.rest().size()) return false;
    for (const char special : {'&', '\n', '\r'}) {  // lines are counted by the parser
      if (value.find(special) != std::string_view::npos) return false;
    }
    out_ += aside_->add(value);
    in_.advance(value.size());
    return true;
  }

  // Character data up to `stop`, references resolved.
  void copy_text(char stop) {
    while (!in_.at_end()) {
      const std::string_view rest = in_.rest();
      std::size_t end = 0;
      while (end < rest.size() && rest[end] != stop && rest[end] != '&') ++end;
      out_ += rest.substr(0, end);
      in_.advance(end);
      if (in_.peek() != '&') return;
      copy_reference(in_, 0);
    }
  }

  void copy_reference(Cursor& in, int depth) {
    in.advance();  // '&'
    if (in.take('#')) {
      copy_numeric(in);
      return;
    }
    const std::size_t before = in.position();
    const std::string name(in.identifier());
    const auto entity = entities_.find(name);
    if (!in.take(';') ||
        (entity == entities_.end() && std::find(std::begin(kPredefined), std::end(kPredefined),
                                                name) == std::end(kPredefined))) {
      in.move_to(before);
      out_ += "&amp;";  // a stray ampersand or an unknown entity stays as text
      return;
    }
    if (entity == entities_.end()) {
      out_ += concat("&", name, ";");
      return;
    }
    if (depth >= limits_.max_entity_depth) {
      fail(concat("entity '", name, "' nests deeper than ", limits_.max_entity_depth, " levels"));
    }
    Cursor inner(entity->second);
    while (!inner.at_end()) {
      const std::size_t end = std::min(inner.rest().find('&'), inner.rest().size());
      spend(end);
      out_ += inner.rest().substr(0, end);
      inner.advance(end);
      if (inner.peek() == '&') {
        spend(1);
        copy_reference(inner, depth + 1);
      }
    }
  }

  void copy_numeric(Cursor& in) {
    const bool hexadecimal = in.take('x') || in.take('X');
    const std::string_view digits = in.identifier();
    std::uint32_t value = 0;
    const auto result =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
    const bool whole = result.ptr == digits.data() + digits.size() && !digits.empty();
    in.take(';');
    if (!whole || result.ec != std::errc()) value = 0xFFFD;
    // Markup characters must stay references for the parser that follows.
    switch (value) {
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '&':
        out_ += "&amp;";
        break;
      case '"':
        out_ += "&quot;";
        break;
      case '\'':
        out_ += "&apos;";
        break;
      default:
        append_utf8(out_, value);
    }
  }

  void spend(std::size_t bytes) {
    expanded_ += bytes;
    if (expanded_ > limits_.max_entity_bytes) {
      fail(concat("entities expand to more than ", limits_.max_entity_bytes, " bytes"));
    }
  }

  void drop_doctype() {
    const std::size_t begin = in_.position();
    in_.advance(std::string_view("<!DOCTYPE").size());
    while (!in_.at_end() && in_.peek() != '>' && in_.peek() != '[') skip_quoted_or_one();
    if (in_.take('[')) read_internal_subset();
    while (!in_.at_end() && in_.peek() != '>') in_.advance();
    if (!in_.take('>')) fail("the DOCTYPE is not ended by >");
    keep_lines(in_.since(begin));
  }

  void skip_quoted_or_one() {
    const char c = in_.peek();
    in_.advance();
    if (c != '"' && c != '\'') return;
    while (!in_.at_end() && in_.peek() != c) in_.advance();
    in_.advance();
  }

  // Only internal general entities are read; external ones are never opened.
  void read_internal_subset() {
    while (!in_.at_end() && !in_.take(']')) {
      if (in_.take("<!--")) {
        take_through("-->", "comment");
      } else if (in_.take("<!ENTITY")) {
        in_.skip_space();
        const bool is_parameter = in_.take('%');
        in_.skip_space();
        const std::string name(in_.identifier());
        in_.skip_space();
        const char quote = in_.peek();
        if (!is_parameter && !name.empty() && (quote == '"' || quote == '\'')) {
          in_.advance();
          const std::string_view value = take_through(std::string_view(&quote, 1), "entity");
          entities_.emplace(name, value.substr(0, value.size() - 1));
        }
        while (!in_.at_end() && in_.peek() != '>') skip_quoted_or_one();
        in_.take('>');
      } else {
        skip_quoted_or_one();
      }
    }
  }

  Cursor in_;
  const XmlLimits& limits_;
  LongValues* aside_;
  std::string out_;
  std::map<std::string, std::string> entities_;
  std::size_t expanded_ = 0;
  std::size_t tags_ = 0;
  std::size_t attributes_ = 0;
};

std::string clean(std::string_view bytes, const XmlLimits& limits, LongValues* aside) {
  if (bytes.size() > limits.max_bytes) {
    throw SvgError(concat("has ", bytes.size(), " bytes; the limit is ", limits.max_bytes));
  }
  if (bytes.starts_with("\x1f\x8b"))
    throw SvgError("is compressed by gzip, as .svgz files are; expected plain text: unpack it");
  std::string storage;
  return Cleaner(to_utf8(bytes, storage), limits, aside).clean();
}

}  // namespace

std::string clean_xml(std::string_view bytes, const XmlLimits& limits) {
  return clean(bytes, limits, nullptr);
}

std::string clean_xml(std::string_view bytes, const XmlLimits& limits, LongValues& aside) {
  return clean(bytes, limits, &aside);
}

}  // namespace svgfusion::svg
