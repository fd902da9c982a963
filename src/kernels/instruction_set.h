// SPDX-License-Identifier: MIT
// The innermost loops, compiled once for each instruction set (plain.cpp, avx2.cpp, avx512.cpp);
// the processor's best set is chosen when the program runs.
#pragma once

#include <cstdint>

#include "svgfusion/kernels/coordinates.h"
#include "svgfusion/kernels/dropout_draw.h"

namespace svgfusion::kernels {

// c [rows, columns] = a [rows, depth] b [depth, columns], b without gaps; added to c where `adds`.
struct TileOperands {
  const float* a;
  std::int64_t a_stride;  // between rows
  const float* b;
  std::int64_t depth;
  float* c;
  std::int64_t c_stride;
  bool adds = false;
  // Rows of a of the next call, and where it writes, to be fetched from memory meanwhile; may be
  // null.
  const float* next_a = nullptr;
  const float* next_c = nullptr;
};

struct TileLoops {
  int rows;     // at most
  int columns;  // always
  void (*multiply)(int rows, const TileOperands& operands);
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
};

struct InstructionSet {
  TileLoops tiles;
  RowLoops rows;
};

InstructionSet plain_set();
InstructionSet avx2_set();
InstructionSet avx512_set();
const InstructionSet& best_set();

}  // namespace svgfusion::kernels
