// SPDX-License-Identifier: MIT
// Numbers and threads for the tests of kernels.
#pragma once

#include <cmath>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "svgfusion/base/random.h"
#include "svgfusion/kernels/bfloat16.h"

namespace svgfusion::kernels {

using Numbers = std::vector<float>;

inline Numbers random_numbers(std::int64_t size, std::uint64_t seed) {
  base::Random random(seed);
  Numbers out;
  for (std::int64_t i = 0; i < size; ++i) out.push_back(static_cast<float>(random.normal()));
  return out;
}

// Several threads, whatever the grain.
template <std::int64_t kParts>
void in_parts(std::int64_t count, std::int64_t,
              const std::function<void(std::int64_t, std::int64_t)>& body) {
  std::vector<std::thread> threads;
  for (std::int64_t p = 0; p < kParts; ++p)
    threads.emplace_back([&, p] { body(count * p / kParts, count * (p + 1) / kParts); });
  for (std::thread& thread : threads) thread.join();
}
inline constexpr auto in_two = in_parts<2>;
inline constexpr auto in_three = in_parts<3>;

// The gradient of value() by each number of x, by central differences.
inline std::vector<double> slopes(std::vector<double>& x, const std::function<double()>& value) {
  constexpr double kStep = 1e-5;
  std::vector<double> out;
  for (double& number : x) {
    const double before = number;
    number = before + kStep;
    const double above = value();
    number = before - kStep;
    out.push_back((above - value()) / (2 * kStep));
    number = before;
  }
  return out;
}

// To the nearest bfloat16, by arithmetic.
inline std::vector<Bfloat16> rounded(const Numbers& x) {
  std::vector<Bfloat16> out;
  for (const float number : x) {
    int exponent = 0;
    const float rest = std::frexp(number, &exponent);  // 8 significant bits of [0.5, 1) stay
    const float nearest = std::ldexp(std::nearbyint(std::ldexp(rest, 8)), exponent - 8);
    std::uint32_t bits;
    std::memcpy(&bits, &nearest, sizeof bits);
    out.push_back(static_cast<Bfloat16>(bits >> 16));
  }
  return out;
}
inline Numbers widened(const std::vector<Bfloat16>& x) {
  Numbers out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto bits = static_cast<std::uint32_t>(x[i]) << 16;
    std::memcpy(&out[i], &bits, sizeof bits);
  }
  return out;
}

inline std::vector<double> in_double(const Numbers& x) { return {x.begin(), x.end()}; }

}  // namespace svgfusion::kernels
