// SPDX-License-Identifier: MIT
#include <tinyxml2.h>

#include <deque>
#include <map>
#include <optional>

#include "svgfusion/base/error.h"
#include "svgfusion/svg/xml.h"
#include "xml_clean.h"

namespace svgfusion::svg {
namespace {

using base::concat;
using base::SvgError;

constexpr std::string_view kSvgUri = "http://www.w3.org/2000/svg";
constexpr std::string_view kXlinkUri = "http://www.w3.org/1999/xlink";

constexpr std::size_t kUsualAttributes = 4;
constexpr std::size_t kMaxNamespaces = 2000;  // each is a copy of those around it

// Prefix → URI for the element at hand, both in the tree's storage; "" is the default namespace.
using Namespaces = std::map<std::string_view, std::string_view>;

struct QualifiedName {
  std::string_view prefix;
  std::string_view local;
};

QualifiedName split_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return {{}, name};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

// The elements of a tree, and what their names and values are views into.
class Storage {
 public:
  Element& new_element() {
    if (used_ == elements_.size()) elements_.emplace_back();
    return elements_[used_++];
  }

  // For another tree, in the same memory.
  void clear() {
    document.Clear();
    aside.clear();
    for (; used_ > 0; --used_) {
      Element& element = elements_[used_ - 1];
      element.attributes.clear();
      element.children.clear();
      element.text.clear();
    }
  }

  tinyxml2::XMLDocument document{true, tinyxml2::PRESERVE_WHITESPACE};
  LongValues aside;
  std::size_t text_bytes = 0;

 private:
  std::deque<Element> elements_;
  std::size_t used_ = 0;
};

// The storage of a tree that is no more, for the thread's next one: tinyxml2 too keeps the memory
// of a document that is cleared.
std::unique_ptr<Storage>& spare_storage() {
  thread_local std::unique_ptr<Storage> spare;
  return spare;
}

std::shared_ptr<Storage> new_storage() {
  constexpr std::size_t kKeptBytes = 1 << 14;  // of text; what few icons need is given back
  std::unique_ptr<Storage> storage = std::move(spare_storage());
  if (!storage) storage = std::make_unique<Storage>();
  return {storage.release(), [](Storage* done) {
            std::unique_ptr<Storage> owned(done);
            if (owned->text_bytes > kKeptBytes || owned->aside.bytes() > kKeptBytes) return;
            owned->clear();
            spare_storage() = std::move(owned);
          }};
}

class TreeBuilder {
 public:
  TreeBuilder(std::string_view where, const XmlLimits& limits, Storage& storage)
      : where_(where), limits_(limits), storage_(storage), aside_(storage.aside) {}

  Element& build(const tinyxml2::XMLElement& source, const Element* parent,
                 const Namespaces& inherited) {
    if (++elements_ > limits_.max_elements) {
      throw SvgError(concat(where_, ":", source.GetLineNum(), ": more than ", limits_.max_elements,
                            " elements"));
    }
    Element& element = storage_.new_element();
    element.parent = parent;
    element.place = 0;
    element.line = source.GetLineNum();
    std::optional<Namespaces> own;  // few elements declare any
    for (auto* a = source.FirstAttribute(); a != nullptr; a = a->Next()) {
      const std::string_view name = a->Name();
      if (!name.starts_with("xmlns")) continue;
      const auto [prefix, local] = split_name(name);
      if (prefix != "xmlns" && !(prefix.empty() && local == "xmlns")) continue;
      const std::string_view bound = prefix.empty() ? std::string_view() : local;
      const std::string_view uri = aside_.restored(a->Value());
      const Namespaces& known = own ? *own : inherited;
      if (const auto it = known.find(bound); it != known.end() && it->second == uri) continue;
      if (++namespaces_ > kMaxNamespaces) {
        throw SvgError(concat(where_, ":", source.GetLineNum(), ": more than ", kMaxNamespaces,
                              " namespaces are declared"));
      }
      if (!own) own = inherited;
      (*own)[bound] = uri;
    }
    const Namespaces& namespaces = own ? *own : inherited;
    if (parent == nullptr) {
      const std::string_view prefix = split_name(source.Name()).prefix;
      has_prefixed_root_ = !prefix.empty() && namespaces.contains(prefix);
    }
    element.name = svg_name(source.Name(), namespaces);
    read_attributes(source, namespaces, element);
    for (auto* child = source.FirstChild(); child != nullptr; child = child->NextSibling()) {
      if (const auto* inner = child->ToElement()) {
        Element& added = build(*inner, &element, namespaces);
        added.place = element.children.size();
        element.children.push_back(&added);
      } else if (const auto* text = child->ToText()) {
        element.text += text->Value();
      }
    }
    return element;
  }

 private:
  // Empty when the name's prefix is bound to something that is not SVG. An undeclared prefix "svg"
  // and a missing xmlns are accepted, for files in the field have both; but where the root says by
  // a prefix what is SVG, what has none is not.
  std::string_view svg_name(std::string_view name, const Namespaces& namespaces) const {
    const auto [prefix, local] = split_name(name);
    const auto bound = namespaces.find(prefix);
    if (bound != namespaces.end()) return bound->second == kSvgUri ? local : std::string_view();
    const bool is_accepted = prefix.empty() ? !has_prefixed_root_ : prefix == "svg";
    return is_accepted ? local : std::string_view();
  }

  void read_attributes(const tinyxml2::XMLElement& source, const Namespaces& namespaces,
                       Element& element) const {
    element.attributes.reserve(kUsualAttributes);
    for (auto* a = source.FirstAttribute(); a != nullptr; a = a->Next()) {
      const auto [prefix, local] = split_name(a->Name());
      if (prefix.empty()) {
        element.attributes.push_back({local, aside_.restored(a->Value())});
      } else if (local == "href" && is_xlink(prefix, namespaces) &&
                 source.Attribute("href") == nullptr) {
        element.attributes.push_back({"href", aside_.restored(a->Value())});
      }
    }
  }
  static bool is_xlink(std::string_view prefix, const Namespaces& namespaces) {
    const auto bound = namespaces.find(prefix);
    return bound == namespaces.end() ? prefix == "xlink" : bound->second == kXlinkUri;
  }

  std::string_view where_;
  const XmlLimits& limits_;
  Storage& storage_;
  const LongValues& aside_;
  bool has_prefixed_root_ = false;
  std::size_t elements_ = 0;
  std::size_t namespaces_ = 0;
};

}  // namespace

const std::string_view* Element::find(std::string_view attribute) const {
  for (const Attribute& candidate : attributes) {
    if (candidate.name == attribute) return &candidate.value;
  }
  return nullptr;
}

std::shared_ptr<Element> parse_xml(std::string_view bytes, std::string_view where,
                                   const XmlLimits& limits) {
  const std::shared_ptr<Storage> storage = new_storage();
  std::string text;
  try {
    text = clean_xml(bytes, limits, storage->aside);
  } catch (const SvgError& error) {
    throw SvgError(concat(where, ": ", error.what()));
  }
  tinyxml2::XMLDocument& document = storage->document;
  storage->text_bytes = text.size();
  document.Parse(text.data(), text.size());
  if (document.Error()) {
    throw SvgError(concat(where, ":", document.ErrorLineNum(), ": not well-formed XML (",
                          document.ErrorName(), "); expected an SVG document"));
  }
  const tinyxml2::XMLElement* root = document.RootElement();
  if (root == nullptr) throw SvgError(concat(where, ": holds no XML element; expected <svg>"));
  Element& tree = TreeBuilder(where, limits, *storage).build(*root, nullptr, {});
  return {storage, &tree};
}

}  // namespace svgfusion::svg
