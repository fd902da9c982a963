// SPDX-License-Identifier: MIT
// 128 bits in place of a text or of an icon's tokens: two of a million different ones share theirs
// with a chance of 1e-27. For identity, not against an adversary, who could only make one of his
// icons pass for another.
#pragma once

#include <cstdint>
#include <string_view>

#include "svgfusion/icon/tokens.h"

namespace svgfusion::dataset {

struct Fingerprint {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};
struct FingerprintHash {
  std::size_t operator()(const Fingerprint& key) const { return key.a; }
};

Fingerprint fingerprint(std::string_view bytes);
// Equal for equal tokens and rows of the table of styles that they count in.
Fingerprint fingerprint(const icon::TokenIcon& tokens);

}  // namespace svgfusion::dataset
