// SPDX-License-Identifier: MIT
#include "svgfusion/svg/color.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "color_names.h"
#include "svgfusion/base/text.h"
#include "svgfusion/svg/length.h"

namespace svgfusion::svg {
namespace {

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Color> parse_hex(Cursor& cursor) {
  std::array<int, 8> digits{};
  std::size_t count = 0;
  for (; hex_digit(cursor.peek()) >= 0; cursor.advance(), ++count) {
    if (count < digits.size()) digits[count] = hex_digit(cursor.peek());
  }
  const bool is_short = count == 3 || count == 4;
  if (!is_short && count != 6 && count != 8) return std::nullopt;
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(is_short ? digits[i] * 17
                                              : digits[2 * i] * 16 + digits[2 * i + 1]);
  };
  return Color{byte(0), byte(1), byte(2), count % 4 == 0 ? byte(3) / 255.0 : 1.0};
}

struct Component {
  double value;
  bool percent;
};

// "(a, b, c)" or "(a b c / d)" after the opening bracket; the first is an angle in hsl and hwb.
// "none" is 0 (CSS Color 4 §4.4). At the end of the text the bracket closes itself.
std::vector<Component> parse_components(Cursor& cursor, bool angle_first) {
  std::vector<Component> components;
  cursor.skip_space();
  while (!cursor.at_end() && cursor.peek() != ')') {
    if (cursor.take("none")) {
      components.push_back({0, !components.empty() && components.front().percent});
    } else {
      const auto value = angle_first && components.empty() ? parse_angle(cursor) : cursor.number();
      if (!value) return {};
      components.push_back({*value, cursor.take('%')});
    }
    cursor.skip_space_and_comma();
    if (cursor.take('/')) cursor.skip_space();
  }
  cursor.take(')');
  return components;
}

// CSS Color 4 §7.1.
Color from_hsl(double hue, double saturation, double lightness, double alpha) {
  hue = std::fmod(std::fmod(hue, 360) + 360, 360) / 30;
  const double chroma = saturation * std::min(lightness, 1 - lightness);
  const auto channel = [&](double n) {
    const double k = std::fmod(n + hue, 12);
    return to_byte(255 * (lightness - chroma * std::max(-1.0, std::min({k - 3, 9 - k, 1.0}))));
  };
  return {channel(0), channel(8), channel(4), alpha};
}

// CSS Color 4 §8.1.
Color from_hwb(double hue, double white, double black, double alpha) {
  if (white + black > 1) {
    const double sum = white + black;
    white /= sum;
    black /= sum;
  }
  Color color = from_hsl(hue, 1, 0.5, alpha);
  for (std::uint8_t* channel : {&color.red, &color.green, &color.blue})
    *channel = to_byte(255 * white + *channel * (1 - white - black));
  return color;
}

std::optional<Color> parse_function(std::string_view name, Cursor& cursor) {
  const bool is_rgb = name == "rgb" || name == "rgba";
  const bool is_hsl = name == "hsl" || name == "hsla";
  const std::vector<Component> parts = parse_components(cursor, !is_rgb);
  if (parts.size() != 3 && parts.size() != 4) return std::nullopt;
  double alpha = 1;
  if (parts.size() == 4)
    alpha = std::clamp(parts[3].value / (parts[3].percent ? 100 : 1), 0.0, 1.0);
  if (is_rgb) {
    if (parts[0].percent != parts[1].percent || parts[1].percent != parts[2].percent)
      return std::nullopt;
    const auto channel = [&](const Component& part) {
      return to_byte(part.percent ? part.value * 255 / 100 : part.value);
    };
    return Color{channel(parts[0]), channel(parts[1]), channel(parts[2]), alpha};
  }
  const auto share = [](const Component& part) { return std::clamp(part.value / 100, 0.0, 1.0); };
  if (is_hsl) return from_hsl(parts[0].value, share(parts[1]), share(parts[2]), alpha);
  if (name == "hwb") return from_hwb(parts[0].value, share(parts[1]), share(parts[2]), alpha);
  return std::nullopt;
}

}  // namespace

std::optional<Color> parse_color(Cursor& cursor) {
  cursor.skip_space();
  if (cursor.take('#')) return parse_hex(cursor);
  const std::string name = base::lower(cursor.identifier());
  if (cursor.take('(')) return parse_function(name, cursor);
  if (name == "transparent") return Color{0, 0, 0, 0};
  const auto it = std::lower_bound(
      kNamedColors.begin(), kNamedColors.end(), name,
      [](const NamedColor& row, const std::string& wanted) { return row.name < wanted; });
  if (it == kNamedColors.end() || it->name != name) return std::nullopt;
  return Color{static_cast<std::uint8_t>(it->rgb >> 16), static_cast<std::uint8_t>(it->rgb >> 8),
               static_cast<std::uint8_t>(it->rgb), 1};
}

std::optional<Color> parse_color(std::string_view text) {
  Cursor cursor(text);
  const auto color = parse_color(cursor);
  cursor.skip_space();
  return cursor.at_end() ? color : std::nullopt;
}

std::string to_hex(const Color& color) {
  std::string text = "#";
  for (const std::uint8_t byte : {color.red, color.green, color.blue}) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

namespace {

// The coefficients of luminanceToAlpha (Filter Effects 1 §9.6).
double weighted(double red, double green, double blue) {
  return 0.2125 * red + 0.7154 * green + 0.0721 * blue;
}

}  // namespace

double luminance(const Color& color) { return weighted(color.red, color.green, color.blue) / 255; }

Color linear_gray(const Color& color) {
  const std::uint8_t gray = to_byte(
      255 * weighted(linear_light(color.red), linear_light(color.green), linear_light(color.blue)));
  return {gray, gray, gray, color.alpha};
}

double linear_light(std::uint8_t channel) {
  const double share = channel / 255.0;
  return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

}  // namespace svgfusion::svg
