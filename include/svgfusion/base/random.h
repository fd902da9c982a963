// SPDX-License-Identifier: MIT
// Seeds and streams. A stream's numbers depend only on its seed, so that results do not depend
// on batch size, thread count or what was drawn before.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace svgfusion::base {

// FNV-1a, 64 bit. For identity and folds, not against an adversary.
std::uint64_t fnv1a(std::string_view bytes, std::uint64_t state = 0xcbf29ce484222325ULL);

// Sixteen hex digits.
std::string hex(std::uint64_t value);

// One seed from several numbers: equal inputs give equal seeds, any change an unrelated one.
std::uint64_t mix_seed(std::initializer_list<std::uint64_t> parts);

// SplitMix64 (Steele, Lea, Flood 2014): small, seedable anywhere, good enough for data order and
// noise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  double uniform();                          // [0, 1)
  std::uint64_t below(std::uint64_t bound);  // [0, bound), bound > 0
  double normal();                           // N(0, 1), Box-Muller
  std::vector<std::int64_t> permutation(std::int64_t count);

 private:
  std::uint64_t state_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace svgfusion::base
