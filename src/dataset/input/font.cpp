// SPDX-License-Identifier: MIT
// Glyphs of a font as icons, by FreeType.
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include "input_kinds.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/dataset/names.h"
#include "svgfusion/svg/path_builder.h"

namespace svgfusion::dataset {
namespace {

using base::concat;
using base::DataError;
namespace fs = std::filesystem;

constexpr std::uint64_t kMaxFontBytes = 64u << 20;

struct LibraryCloser {
  void operator()(FT_Library library) const { FT_Done_FreeType(library); }
};
struct FaceCloser {
  void operator()(FT_Face face) const { FT_Done_Face(face); }
};
using Library = std::unique_ptr<FT_LibraryRec_, LibraryCloser>;
using Face = std::unique_ptr<FT_FaceRec_, FaceCloser>;

// A font in memory, in its own design units.
struct Font {
  std::string bytes;  // FreeType reads from here for as long as the face lives
  Library library;
  Face face;
};

Font open_font(const fs::path& path) {
  Font font{base::read_file(path, kMaxFontBytes), {}, {}};
  FT_Library library = nullptr;
  if (FT_Init_FreeType(&library) != 0) throw DataError("FreeType cannot be started");
  font.library.reset(library);
  FT_Face face = nullptr;
  const FT_Error error =
      FT_New_Memory_Face(library, reinterpret_cast<const FT_Byte*>(font.bytes.data()),
                         static_cast<FT_Long>(font.bytes.size()), 0, &face);
  if (error != 0) {
    throw DataError(concat(path.string(), ": is no font that FreeType can read (error ", error,
                           "); expected a .ttf or .otf file"));
  }
  font.face.reset(face);
  if (FT_IS_SCALABLE(face) == 0)
    throw DataError(concat(path.string(), ": holds bitmaps only; expected a font of outlines"));
  return font;
}

// The first character of UTF-8 text; 0 when it is not one whole character.
std::uint32_t code_point(const std::string& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.empty()) return 0;
  const std::size_t length = byte(0) < 0x80 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  if (text.size() != length) return 0;
  std::uint32_t value = length == 1 ? byte(0) : byte(0) & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (byte(i) & 0x3Fu);
  return value;
}

// FreeType's y points up; the drawing's down, from the ascender's line.
struct OutlineSink {
  svg::PathBuilder builder;
  double top = 0;
  svg::Point at(const FT_Vector* v) const {
    return {static_cast<double>(v->x), top - static_cast<double>(v->y)};
  }
};

int sink_move(const FT_Vector* to, void* user) {
  auto& sink = *static_cast<OutlineSink*>(user);
  sink.builder.close();
  sink.builder.move_to(sink.at(to));
  return 0;
}
int sink_line(const FT_Vector* to, void* user) {
  auto& sink = *static_cast<OutlineSink*>(user);
  sink.builder.line_to(sink.at(to));
  return 0;
}
int sink_quadratic(const FT_Vector* control, const FT_Vector* to, void* user) {
  auto& sink = *static_cast<OutlineSink*>(user);
  sink.builder.quadratic_to(sink.at(control), sink.at(to));
  return 0;
}
int sink_cubic(const FT_Vector* c1, const FT_Vector* c2, const FT_Vector* to, void* user) {
  auto& sink = *static_cast<OutlineSink*>(user);
  sink.builder.cubic_to(sink.at(c1), sink.at(c2), sink.at(to));
  return 0;
}

// The glyph in a square as high as the font's line, centred on its advance, so that sizes and
// baselines of a font stay comparable.
svg::Document glyph_drawing(FT_Face face) {
  FT_GlyphSlot slot = face->glyph;
  const double height = std::max<double>(1, face->ascender - face->descender);
  OutlineSink sink;
  sink.top = static_cast<double>(face->ascender);
  const FT_Outline_Funcs functions{sink_move, sink_line, sink_quadratic, sink_cubic, 0, 0};
  FT_Outline_Decompose(&slot->outline, &functions, &sink);
  sink.builder.close();
  svg::Document document;
  document.width = document.height = height;
  const double advance = static_cast<double>(slot->metrics.horiAdvance);
  document.view_box = {(advance - height) / 2, 0, height, height};
  svg::Shape shape;
  shape.path = sink.builder.take();
  const bool even_odd = (slot->outline.flags & FT_OUTLINE_EVEN_ODD_FILL) != 0;
  shape.fill = svg::Fill{{}, even_odd ? svg::FillRule::kEvenOdd : svg::FillRule::kNonZero};
  document.root.children.emplace_back(std::move(shape));
  return document;
}

class FontInput final : public Input {
 public:
  FontInput(fs::path path, std::string prefix, std::vector<std::string> characters)
      : path_(std::move(path)), prefix_(std::move(prefix)), characters_(std::move(characters)) {
    open_font(path_);
    for (const std::string& character : characters_) {
      if (code_point(character) == 0) {
        throw base::ConfigError(
            concat("data.characters: '", character, "' is not one character of UTF-8 text"));
      }
    }
  }
  std::int64_t expected_icons() const override {
    return static_cast<std::int64_t>(characters_.size());
  }
  std::uint64_t bytes() const override { return 1u << 20; }
  std::vector<RawIcon> open() override {
    const Font font = open_font(path_);
    std::vector<RawIcon> icons;
    for (const std::string& character : characters_) icons.push_back(read(font, character));
    return icons;
  }

 private:
  RawIcon read(const Font& font, const std::string& character) const {
    RawIcon icon;
    icon.where = concat(path_.string(), ": glyph '", character, "'");
    const std::uint32_t code = code_point(character);
    // Names must differ where file systems do not tell "a" from "A".
    icon.item.name = concat(prefix_, "/u", code);
    icon.item.source = path_.stem().string();
    icon.item.folder = icon.item.source;
    icon.item.label = character;
    icon.item.family = base_name(icon.item.source);  // weights of a font stay together
    FT_Face face = font.face.get();
    const FT_UInt glyph = FT_Get_Char_Index(face, code);
    if (glyph == 0) {
      icon.skip_reason = "the font has no such glyph";
    } else if (FT_Load_Glyph(face, glyph, FT_LOAD_NO_SCALE | FT_LOAD_IGNORE_TRANSFORM) != 0 ||
               face->glyph->format != FT_GLYPH_FORMAT_OUTLINE) {
      icon.skip_reason = "the font has no outline for it";
    } else {
      icon.drawing = glyph_drawing(face);
    }
    return icon;
  }

  fs::path path_;
  std::string prefix_;
  std::vector<std::string> characters_;
};

}  // namespace

std::unique_ptr<Input> font_input(const fs::path& path, std::string prefix,
                                  const std::vector<std::string>& characters) {
  return std::make_unique<FontInput>(path, std::move(prefix), characters);
}

}  // namespace svgfusion::dataset
