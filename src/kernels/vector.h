// SPDX-License-Identifier: MIT
// Vectors of SVGFUSION_LANES floats for the files that are compiled once for each instruction set.
// Everything here has internal linkage: each of those files has its own.
#pragma once

#include <cstdint>
#include <cstring>

namespace svgfusion::kernels {
namespace {

constexpr int kLanes = SVGFUSION_LANES;
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));
typedef std::int32_t Integers __attribute__((vector_size(kLanes * sizeof(float))));
typedef std::uint32_t Bits __attribute__((vector_size(kLanes * sizeof(float))));

// All lanes of a vector, or only the first `count`; others are read as zero and not written.
struct Whole {
  Vector load(const float* from) const {
    Vector out;
    std::memcpy(&out, from, sizeof out);
    return out;
  }
  void store(float* to, Vector value) const { std::memcpy(to, &value, sizeof value); }
};
struct Part {
  std::int64_t count;
  Vector load(const float* from) const {
    float lanes[kLanes] = {};
    for (std::int64_t i = 0; i < count; ++i) lanes[i] = from[i];
    Vector out;
    std::memcpy(&out, lanes, sizeof out);
    return out;
  }
  void store(float* to, Vector value) const {
    float lanes[kLanes];
    std::memcpy(lanes, &value, sizeof value);
    for (std::int64_t i = 0; i < count; ++i) to[i] = lanes[i];
  }
};

// body(first, lanes) over n numbers.
template <class Body>
inline void for_lanes(std::int64_t n, const Body& body) {
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) body(i, Whole());
  if (i < n) body(i, Part{n - i});
}

inline float sum_of(Vector v) {
  float lanes[kLanes];
  std::memcpy(lanes, &v, sizeof v);
  for (int width = kLanes / 2; width > 0; width /= 2)
    for (int i = 0; i < width; ++i) lanes[i] += lanes[i + width];
  return lanes[0];
}

inline Vector all(float value) { return value - Vector{}; }

inline Vector larger(Vector a, Vector b) { return a > b ? a : b; }

inline float largest_of(Vector v) {
  float lanes[kLanes];
  std::memcpy(lanes, &v, sizeof v);
  float largest = lanes[0];
  for (int i = 1; i < kLanes; ++i) largest = lanes[i] > largest ? lanes[i] : largest;
  return largest;
}

// e^x to within 2 units in the last place; at most e^88 and at least e^-87; of NaN, NaN. The
// exponent's whole part goes into the number's bits, the rest r, |r| <= ln(2)/2, into Taylor's
// polynomial.
inline Vector exp_of(Vector x) {
  x = x < -87.0F ? all(-87.0F) : x;
  x = x > 88.0F ? all(88.0F) : x;
  constexpr float kRound = 12582912;  // 1.5 * 2^23: adding it rounds to a whole number
  const Vector shifted = x * 1.44269504F + kRound;
  const Vector n = shifted - kRound;
  const Vector r = (x - n * 0.693359375F) + n * 2.12194440e-4F;  // ln 2 in two parts
  Vector p = r * (1.0F / 5040) + 1.0F / 720;
  p = p * r + 1.0F / 120;
  p = p * r + 1.0F / 24;
  p = p * r + 1.0F / 6;
  p = p * r + 0.5F;
  p = p * r + 1.0F;
  p = p * r + 1.0F;
  const Integers power = (__builtin_convertvector(n, Integers) + 127) << 23;
  Vector scale;
  std::memcpy(&scale, &power, sizeof scale);
  return p * scale;
}

}  // namespace
}  // namespace svgfusion::kernels
