// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/attention.h"

#include <algorithm>
#include <cmath>

#include "tiles.h"

namespace svgfusion::kernels {
namespace {

// The buffers of a thread.
enum Use { kPanel, kWeights, kDropped, kGradient, kTransposed };

// One head of one group: S rows of D numbers; weights are [S, S] in rows `stride` apart.
class Head {
 public:
  Head(const AttentionSizes& sizes, std::int64_t task)
      : sizes_(sizes),
        group_(task / sizes.heads),
        head_(task % sizes.heads),
        begin_(sizes.offsets[group_]),
        length_(sizes.offsets[group_ + 1] - begin_),
        stride_(parts(length_, kDrawBlock) * kDrawBlock),  // of panels too
        draw_(at_step(sizes.draw)) {}

  void forward(const float* qkv, float* out) const {
    float* weights = scratch(kWeights, length_ * stride_);
    find_weights(qkv, weights);
    drop(weights, weights);
    multiply_columns(weights, stride_, part(qkv, 2), row_stride(), length_, output(out), width());
  }

  void backward(const float* up, const float* qkv, float* dqkv) const {
    float* weights = scratch(kWeights, length_ * stride_);
    float* dropped = scratch(kDropped, length_ * stride_);
    float* gradient = scratch(kGradient, length_ * stride_);
    find_weights(qkv, weights);
    drop(weights, dropped);
    // dV = dropped^T up
    multiply_columns(transposed(dropped), stride_, output(up), width(), length_, part(dqkv, 2),
                     row_stride());
    multiply_rows(output(up), width(), part(qkv, 2), gradient);  // of the dropped weights
    drop(gradient, gradient);
    for (std::int64_t i = 0; i < length_; ++i) {
      const std::int64_t seen = seen_by(i);
      float* row = gradient + i * stride_;
      best_set().rows.softmax_gradient(weights + i * stride_, row, scale(), seen);
      std::fill(row + seen, row + stride_, 0.0F);
    }
    // dQ = gradient K, dK = gradient^T Q
    multiply_columns(gradient, stride_, part(qkv, 1), row_stride(), length_, part(dqkv, 0),
                     row_stride());
    multiply_columns(transposed(gradient), stride_, part(qkv, 0), row_stride(), length_,
                     part(dqkv, 1), row_stride());
  }

 private:
  std::int64_t width() const { return sizes_.heads * sizes_.head_width; }
  std::int64_t row_stride() const { return 3 * width(); }
  float scale() const { return 1 / std::sqrt(static_cast<float>(sizes_.head_width)); }
  std::int64_t seen_by(std::int64_t row) const { return sizes_.is_causal ? row + 1 : length_; }

  // This head's first number of queries (0), keys (1) or values (2).
  template <class Number>
  Number* part(Number* qkv, std::int64_t which) const {
    return qkv + begin_ * row_stride() + which * width() + head_ * sizes_.head_width;
  }
  template <class Number>
  Number* output(Number* out) const {
    return out + begin_ * width() + head_ * sizes_.head_width;
  }

  // softmax(Q K^T / sqrt(D)), zero where a row does not see.
  void find_weights(const float* qkv, float* weights) const {
    multiply_rows(part(qkv, 0), row_stride(), part(qkv, 1), weights);
    for (std::int64_t i = 0; i < length_; ++i) {
      float* row = weights + i * stride_;
      best_set().rows.softmax(row, scale(), seen_by(i));
      std::fill(row + seen_by(i), row + stride_, 0.0F);
    }
  }

  void drop(const float* weights, float* to) const {
    if (draw_.threshold == 0) {
      if (to != weights) std::copy_n(weights, length_ * stride_, to);
      return;
    }
    const std::int64_t drawn = weight_stride(sizes_);
    for (std::int64_t i = 0; i < length_; ++i) {
      best_set().rows.dropout(weights + i * stride_, nullptr, to + i * stride_,
                              ((begin_ + i) * sizes_.heads + head_) * drawn, length_, draw_);
    }
  }

  // a [S, D] times the transpose of b, rows of keys or values -> [S, S]
  void multiply_rows(const float* a, std::int64_t a_stride, const float* b, float* to) const {
    const std::int64_t columns = tiles().columns;
    float* panel = scratch(kPanel, sizes_.head_width * columns);
    for (std::int64_t first = 0; first < length_; first += columns) {
      pack_rows(b, row_stride(), length_, sizes_.head_width, first, panel);
      multiply_panel(length_, {a, a_stride, panel, sizes_.head_width, to + first, stride_},
                     columns);
    }
  }

  // a [S, depth] b [depth, D] -> [S, D]
  void multiply_columns(const float* a, std::int64_t a_stride, const float* b,
                        std::int64_t b_stride, std::int64_t depth, float* to,
                        std::int64_t to_stride) const {
    const std::int64_t columns = tiles().columns;
    float* panel = scratch(kPanel, depth * columns);
    for (std::int64_t first = 0; first < sizes_.head_width; first += columns) {
      pack_columns(b, b_stride, depth, sizes_.head_width, first, panel);
      multiply_panel(length_, {a, a_stride, panel, depth, to + first, to_stride},
                     sizes_.head_width - first);
    }
  }

  const float* transposed(const float* weights) const {
    float* to = scratch(kTransposed, length_ * stride_);
    for (std::int64_t i = 0; i < length_; ++i)
      for (std::int64_t j = 0; j < length_; ++j) to[j * stride_ + i] = weights[i * stride_ + j];
    return to;
  }

  const AttentionSizes& sizes_;
  std::int64_t group_, head_, begin_, length_, stride_;
  Draw draw_;
};

template <class Body>  // body(Head)
void for_heads(const AttentionSizes& s, const Parallel& parallel, const Body& body) {
  parallel(s.groups * s.heads, grain_for(4 * s.longest * s.longest * s.head_width),
           [&](std::int64_t begin, std::int64_t end) {
             for (std::int64_t task = begin; task < end; ++task) body(Head(s, task));
           });
}

}  // namespace

void attention(const float* qkv, float* out, const AttentionSizes& sizes,
               const Parallel& parallel) {
  for_heads(sizes, parallel, [&](const Head& head) { head.forward(qkv, out); });
}

void attention_gradient(const float* up, const float* qkv, float* dqkv, const AttentionSizes& sizes,
                        const Parallel& parallel) {
  for_heads(sizes, parallel, [&](const Head& head) { head.backward(up, qkv, dqkv); });
}

}  // namespace svgfusion::kernels
