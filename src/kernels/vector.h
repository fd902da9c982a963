// SPDX-License-Identifier: MIT
// Vectors of SVGFUSION_LANES floats for the files that are compiled once for each instruction set.
// Everything here has internal linkage: each of those files has its own.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

namespace svgfusion::kernels {
namespace {

constexpr int kLanes = SVGFUSION_LANES;
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));
typedef std::int32_t Integers __attribute__((vector_size(kLanes * sizeof(float))));
typedef std::uint32_t Bits __attribute__((vector_size(kLanes * sizeof(float))));
typedef std::uint16_t Halves __attribute__((vector_size(kLanes * sizeof(std::uint16_t))));

template <class To, class From>
inline To bits_as(const From& from) {
  To to;
  static_assert(sizeof to == sizeof from);
  std::memcpy(&to, &from, sizeof to);
  return to;
}

// All lanes of a vector, or only the first `count`; others are read as zero and not written.
template <class Number>
using VectorOf =
    std::conditional_t<std::is_same_v<Number, float>, Vector,
                       std::conditional_t<std::is_same_v<Number, std::uint16_t>, Halves, Bits>>;
struct Whole {
  template <class Number>
  VectorOf<Number> load(const Number* from) const {
    VectorOf<Number> out;
    std::memcpy(&out, from, sizeof out);
    return out;
  }
  template <class Number>
  void store(Number* to, VectorOf<Number> value) const {
    std::memcpy(to, &value, sizeof value);
  }
};
struct Part {
  std::int64_t count;
  template <class Number>
  VectorOf<Number> load(const Number* from) const {
    Number lanes[kLanes] = {};
    for (std::int64_t i = 0; i < count; ++i) lanes[i] = from[i];
    return bits_as<VectorOf<Number>>(lanes);
  }
  template <class Number>
  void store(Number* to, VectorOf<Number> value) const {
    Number lanes[kLanes];
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

// One instruction where the compiler need not set errno.
inline Vector root_of(Vector v) {
  Vector out;
  for (int i = 0; i < kLanes; ++i) out[i] = __builtin_sqrtf(v[i]);
  return out;
}

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

// To the nearest bfloat16, of two equally near to the even one; NaN stays NaN.
inline Halves rounded(Vector v) {
  const Bits bits = bits_as<Bits>(v);
  const Bits nearest = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  return __builtin_convertvector(v == v ? nearest : (bits >> 16) | 0x40U, Halves);
}

inline Vector widened(Halves v) {
  return bits_as<Vector>(Bits(__builtin_convertvector(v, Bits) << 16));
}

inline Bits pairs_of(Halves even, Halves odd) {
  return __builtin_convertvector(even, Bits) | (__builtin_convertvector(odd, Bits) << 16);
}

inline Vector add_product(Vector sum, Vector a, Vector b) { return sum + a * b; }
inline Vector add_product(Vector sum, float a, Vector b) { return sum + a * b; }
// Both products of pairs; where the processor has no such instruction, one after the other.
inline Vector add_product(Vector sum, Bits a, Bits b) {
#ifdef __AVX512BF16__
  return bits_as<Vector>(
      _mm512_dpbf16_ps(bits_as<__m512>(sum), bits_as<__m512bh>(a), bits_as<__m512bh>(b)));
#else
  return sum + bits_as<Vector>(a & 0xffff0000U) * bits_as<Vector>(b & 0xffff0000U) +
         bits_as<Vector>(a << 16) * bits_as<Vector>(b << 16);
#endif
}
inline Vector add_product(Vector sum, std::uint32_t a, Bits b) {
  return add_product(sum, Bits{} + a, b);
}

}  // namespace
}  // namespace svgfusion::kernels
