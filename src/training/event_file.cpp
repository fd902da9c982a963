// SPDX-License-Identifier: MIT
#include "svgfusion/training/event_file.h"

#include <unistd.h>

#include <array>
#include <bit>
#include <chrono>

#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"

namespace svgfusion::training {
namespace {

using base::concat;

// Protocol-buffer fields: a tag of number and wire type, then the value.
enum Wire : std::uint64_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

template <class T>
std::string little_endian(T value) {
  std::string out;
  for (std::size_t i = 0; i < sizeof value; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

std::string tag(std::uint64_t field, Wire wire) { return varint(field << 3 | wire); }
std::string number(std::uint64_t field, std::uint64_t value) {
  return tag(field, kVarint) + varint(value);
}
std::string bytes(std::uint64_t field, std::string_view value) {
  std::string out = tag(field, kBytes) + varint(value.size());
  out += value;
  return out;
}
std::string real(std::uint64_t field, double value) {
  return tag(field, kFixed64) + little_endian(std::bit_cast<std::uint64_t>(value));
}
std::string single(std::uint64_t field, float value) {
  return tag(field, kFixed32) + little_endian(std::bit_cast<std::uint32_t>(value));
}

// tensorflow/core/util/event.proto and framework/summary.proto.
namespace event_field {
constexpr std::uint64_t kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7;
}
namespace summary_field {
constexpr std::uint64_t kValue = 1, kTag = 1, kSimpleValue = 2, kImage = 4;
constexpr std::uint64_t kHeight = 1, kWidth = 2, kColours = 3, kEncoded = 4;
}  // namespace summary_field
constexpr std::uint64_t kSessionStatus = 1, kSessionStart = 1;
constexpr std::uint64_t kColoursRgb = 3;

std::uint32_t masked(std::uint32_t crc) { return std::rotr(crc, 15) + 0xa282ead8U; }

// Width and height stand big-endian at bytes 16 and 20 of every PNG (its IHDR chunk).
std::uint64_t png_number(std::string_view png, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + 4 && i < png.size(); ++i)
    value = value << 8 | static_cast<unsigned char>(png[i]);
  return value;
}

}  // namespace

std::uint32_t crc32c(std::string_view of) {
  constexpr std::uint32_t kReversedPolynomial = 0x82f63b78U;
  static const auto table = [] {
    std::array<std::uint32_t, 256> out{};
    for (std::uint32_t i = 0; i < out.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit)
        value = (value & 1U) != 0 ? value >> 1 ^ kReversedPolynomial : value >> 1;
      out[i] = value;
    }
    return out;
  }();
  std::uint32_t crc = ~0U;
  for (const char c : of) crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xffU] ^ crc >> 8;
  return ~crc;
}

EventFile::EventFile(const std::filesystem::path& folder, std::int64_t first_step) {
  base::ensure_folder(folder);
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  // Two files of the same second sort by the step that they begin at.
  path_ = folder / concat("events.out.tfevents.", static_cast<std::int64_t>(now), ".svgfusion.",
                          static_cast<std::int64_t>(::getpid()), ".", first_step);
  event(0, bytes(event_field::kFileVersion, "brain.Event:2"));
  event(first_step + 1, bytes(event_field::kSessionLog, number(kSessionStatus, kSessionStart)));
}

void EventFile::event(std::int64_t step, std::string_view fields) {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  std::string message = real(event_field::kWallTime, now.count()) +
                        number(event_field::kStep, static_cast<std::uint64_t>(step));
  message += fields;
  const std::string length = little_endian(static_cast<std::uint64_t>(message.size()));
  base::append_file(path_, length + little_endian(masked(crc32c(length))) + message +
                               little_endian(masked(crc32c(message))));
}

void EventFile::scalars(std::int64_t step, const std::map<std::string, double>& values) {
  std::string summary;
  for (const auto& [name, value] : values) {
    summary += bytes(summary_field::kValue,
                     bytes(summary_field::kTag, name) +
                         single(summary_field::kSimpleValue, static_cast<float>(value)));
  }
  event(step, bytes(event_field::kSummary, summary));
}

void EventFile::image(std::int64_t step, const std::string& name, std::string_view png) {
  const std::string image = number(summary_field::kHeight, png_number(png, 20)) +
                            number(summary_field::kWidth, png_number(png, 16)) +
                            number(summary_field::kColours, kColoursRgb) +
                            bytes(summary_field::kEncoded, png);
  event(step, bytes(event_field::kSummary,
                    bytes(summary_field::kValue,
                          bytes(summary_field::kTag, name) + bytes(summary_field::kImage, image))));
}

}  // namespace svgfusion::training
