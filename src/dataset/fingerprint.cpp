// SPDX-License-Identifier: MIT
#include "fingerprint.h"

#include <cstring>
#include <string>

namespace svgfusion::dataset {

// Two chains over words of eight bytes. Each step is one to one in the state and in the word, so
// texts of one length that differ in one word never meet in either chain.
Fingerprint fingerprint(std::string_view bytes) {
  std::uint64_t a = 0x243f6a8885a308d3ULL ^ bytes.size();  // digits of pi
  std::uint64_t b = 0x13198a2e03707344ULL ^ bytes.size();
  const auto step = [](std::uint64_t state, std::uint64_t word, std::uint64_t factor) {
    state = (state ^ word) * factor;
    return state ^ (state >> 32);
  };
  const auto add = [&](std::uint64_t word) {
    a = step(a, word, 0x9fb21c651e98df25ULL);
    b = step(b, word, 0xd6e8feb86659fd93ULL);
  };
  std::uint64_t word = 0;
  for (; bytes.size() >= sizeof word; bytes.remove_prefix(sizeof word)) {
    std::memcpy(&word, bytes.data(), sizeof word);
    add(word);
  }
  word = 0;
  std::memcpy(&word, bytes.data(), bytes.size());
  add(word);
  return {step(a, b, 0x9fb21c651e98df25ULL), step(b, a, 0xd6e8feb86659fd93ULL)};
}

Fingerprint fingerprint(const icon::TokenIcon& tokens) {
  std::string bytes;
  const auto put = [&](const auto& values) {
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
    bytes += '|';
  };
  put(tokens.contour_offsets);
  put(tokens.commands);
  put(tokens.arguments);
  put(tokens.closed);
  put(tokens.styles);
  bytes += static_cast<char>(tokens.grid.row);
  return fingerprint(bytes);
}

}  // namespace svgfusion::dataset
