// SPDX-License-Identifier: MIT
// The innermost loops, compiled once for each instruction set (plain.cpp, avx2.cpp, avx512.cpp);
// the processor's best set is chosen when the program runs.
#pragma once

#include <cstdint>
#include <type_traits>

#include "svgfusion/kernels/adamw.h"
#include "svgfusion/kernels/bfloat16.h"
#include "svgfusion/kernels/coordinates.h"
#include "svgfusion/kernels/dropout_draw.h"

namespace svgfusion::kernels {

// Two numbers in bfloat16, the first in the low half: what processors multiply at once.
using Pair = std::uint32_t;

inline constexpr int kLineCells = 16;  // floats or pairs of a cache line

// Memory that is needed soon: `lines` of each run are fetched while a tile is multiplied, a few at
// a time, since all at once would keep the tile waiting for its own operands.
struct Ahead {
  static constexpr int kMostRuns = 5;
  struct Run {
    const char* from;
    int step;  // bytes of memory to a line
  };
  Run runs[kMostRuns];
  int count = 0;
  int lines = 0;
};

// c [rows, columns] = a [rows, depth] b [depth, columns], b without gaps; added to c where `adds`.
// A cell is a float, or a Pair, whose products are summed in float32.
template <class Cell>
struct TileOperandsOf {
  using Number = std::conditional_t<std::is_same_v<Cell, Pair>, Bfloat16, float>;
  static constexpr int kRowsEach = std::is_same_v<Cell, Pair> ? 2 : 1;  // of numbers, to a cell

  const Cell* a;
  std::int64_t a_stride;  // between rows
  const Cell* b;
  std::int64_t depth;
  float* c;
  std::int64_t c_stride;
  bool adds = false;
  std::int64_t a_step = 1;      // between cells of a row of a
  const float* bias = nullptr;  // [columns], added to every row of c at last; may be null
  // Where b's numbers lie in rows `from_stride` apart, kRowsEach to a row of b, and where b is, to
  // which they are copied on the way. Null: they are in b.
  const Number* from = nullptr;
  std::int64_t from_stride = 0;
  Cell* copies = nullptr;
  // Rows of a of the next call, where a_step is 1, and where it writes, to be fetched from memory
  // meanwhile; may be null.
  const Cell* next_a = nullptr;
  const float* next_c = nullptr;
  const Ahead* ahead = nullptr;
};
using TileOperands = TileOperandsOf<float>;
using PairTileOperands = TileOperandsOf<Pair>;

struct TileLoops {
  int rows;     // at most
  int columns;  // always
  void (*multiply)(int rows, const TileOperands& operands);
  void (*multiply_pairs)(int rows, const PairTileOperands& operands);
};

inline constexpr int kDotColumns = 4;
inline constexpr int kMostDotRows = 4;
// out [rows, kDotColumns] = the products of rows a[r] and b[c], `depth` cells each.
struct DotLoops {
  int rows;
  void (*multiply)(const float* const* a, const float* const* b, std::int64_t depth, float* out);
  void (*multiply_pairs)(const Pair* const* a, const Pair* const* b, std::int64_t depth,
                         float* out);
};

// What an update by AdamW multiplies by, m and v its moments, g the scaled gradient:
//   m += learn1 (g - m),  v = beta2 v + learn2 g^2,
//   w = keep w - step m / (deviation_scale sqrt(v) + epsilon),  average += forgets (w - average)
struct AdamWFactors {
  float keep, learn1, beta2, learn2, step, deviation_scale, epsilon, gradient_scale, forgets;
};

// Of n numbers in a row. Gradients of what several rows share are added to what is there.
struct RowLoops {
  void (*bias_gelu)(const float* x, const float* bias, float* y, std::int64_t n);
  void (*bias_gelu_gradient)(const float* up, const float* x, const float* bias, float* dx,
                             float* dbias, std::int64_t n);
  // statistics: mean and 1 / deviation
  void (*modulated_norm)(const float* x, const float* shift, const float* scale, float epsilon,
                         float* y, float* statistics, std::int64_t n);
  void (*modulated_norm_gradient)(const float* up, const float* x, const float* scale,
                                  const float* statistics, float* dx, float* dshift, float* dscale,
                                  std::int64_t n);
  void (*gated_residual)(const float* x, const float* gate, const float* h, float* y,
                         std::int64_t n);
  void (*gated_residual_gradient)(const float* up, const float* gate, const float* h, float* dgate,
                                  float* dh, std::int64_t n);
  // `first` is the number of the first element, divisible by kDrawBlock; `base` may be null.
  void (*dropout)(const float* x, const float* base, float* y, std::int64_t first, std::int64_t n,
                  const Draw& draw);
  void (*relu_dropout)(const float* x, float* y, std::int64_t first, std::int64_t n,
                       const Draw& draw);
  void (*relu_dropout_gradient)(const float* up, const float* y, float* dx, std::int64_t n,
                                float scale);
  // x = softmax(scale x)
  void (*softmax)(float* x, float scale, std::int64_t n);
  // gradient (of the weights) -> scale times the gradient of what softmax took
  void (*softmax_gradient)(const float* weights, float* gradient, float scale, std::int64_t n);
  // Returns the loss and writes the logarithm of the sum of exponentials.
  float (*coordinate_loss)(const float* outputs, std::int64_t target, float* log_sum,
                           const CoordinateHead& head);
  void (*coordinate_loss_gradient)(float up, const float* outputs, std::int64_t target,
                                   float log_sum, float* doutputs, const CoordinateHead& head);
  void (*add)(const float* x, float* to, std::int64_t n);
  double (*square_sum)(const float* x, std::int64_t n);
  double (*rounded_square_sum)(const Bfloat16* x, std::int64_t n);
  void (*round)(const float* x, Bfloat16* y, std::int64_t n);
  // y = x + bias, which may be null
  void (*widen)(const Bfloat16* x, const float* bias, float* y, std::int64_t n);
  // The pairs of two rows; `odd` may be null: zero.
  void (*pair_rows)(const Bfloat16* even, const Bfloat16* odd, Pair* pairs, std::int64_t n);
  // Returns the sum of squares of the scaled gradient.
  double (*adamw)(const float* gradient, const WeightState& state, std::int64_t n,
                  const AdamWFactors& factors);
};

struct InstructionSet {
  TileLoops tiles;
  DotLoops dots;
  RowLoops rows;
  bool multiplies_bfloat16;  // by instructions of its own
};

InstructionSet plain_set();
InstructionSet avx2_set();
InstructionSet avx512_set();
InstructionSet avx512_bf16_set();
const InstructionSet& best_set();

}  // namespace svgfusion::kernels
