// SPDX-License-Identifier: MIT
// A block for each head of each group. Everything of it stays in shared memory: groups are short.
#include "launch.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kSharedFloats = 48 * 1024 / sizeof(float);  // what every device grants

struct Task {
  std::int64_t begin;  // first row
  int length;          // S
  int heads, head, head_width;
  bool is_causal;

  __device__ int width() const { return heads * head_width; }
  // One number more than a row has, so that the rows of a column lie in different banks.
  __device__ int stride() const { return head_width + 1; }
  __device__ int seen_by(int row) const { return is_causal ? row + 1 : length; }
};

struct Groups {
  const std::int64_t* offsets;
  int heads, head_width;
  bool is_causal;
  std::int64_t weight_stride;  // of a row of one head, in the numbering of draws
  Draw draw;
};

__device__ Task task_of(const Groups& groups) {
  const auto group = blockIdx.x / groups.heads;
  const std::int64_t begin = groups.offsets[group];
  return {begin,
          static_cast<int>(groups.offsets[group + 1] - begin),
          groups.heads,
          static_cast<int>(blockIdx.x % groups.heads),
          groups.head_width,
          groups.is_causal};
}

__device__ float factor(const Groups& groups, const Task& task, int row, int column) {
  const std::int64_t first = ((task.begin + row) * task.heads + task.head) * groups.weight_stride;
  return groups.draw.threshold == 0 ? 1 : dropout_factor(groups.draw, first + column);
}

// Rows of `row_width` numbers, of which this head's begin at `first`, into shared memory.
__device__ void load(const Task& task, const float* from, std::int64_t row_width, int first,
                     float* to) {
  for (int e = threadIdx.x; e < task.length * task.head_width; e += kThreads) {
    const int row = e / task.head_width;
    const int d = e % task.head_width;
    to[row * task.stride() + d] = from[(task.begin + row) * row_width + first + d];
  }
}

__device__ float dot(const float* a, const float* b, int n) {
  float sum = 0;
  for (int i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

// softmax(Q K^T / sqrt(D)) [S, S], a thread for each row.
__device__ void find_weights(const Task& task, const float* q, const float* k, float* weights) {
  const float scale = 1 / sqrtf(static_cast<float>(task.head_width));
  for (int e = threadIdx.x; e < task.length * task.length; e += kThreads) {
    const int i = e / task.length;
    const int j = e % task.length;
    weights[e] =
        dot(q + i * task.stride(), k + j * task.stride(), task.head_width) * scale;
  }
  __syncthreads();
  for (int i = threadIdx.x; i < task.length; i += kThreads) {
    float* row = weights + i * task.length;
    const int seen = task.seen_by(i);
    float largest = row[0];
    for (int j = 1; j < seen; ++j) largest = fmaxf(largest, row[j]);
    float sum = 0;
    for (int j = 0; j < seen; ++j) {
      row[j] = expf(row[j] - largest);
      sum += row[j];
    }
    for (int j = 0; j < task.length; ++j) row[j] = j < seen ? row[j] / sum : 0;
  }
  __syncthreads();
}

__global__ void attention_kernel(const float* qkv, float* out, Groups groups) {
  SVGFUSION_SHARED_MEMORY(memory);
  groups.draw = at_step(groups.draw);
  const Task task = task_of(groups);
  const int size = task.length * task.stride();
  float* q = memory;
  float* k = q + size;
  float* v = k + size;
  float* weights = v + size;
  const int width = task.width();
  const int first = task.head * task.head_width;
  load(task, qkv, 3 * width, first, q);
  load(task, qkv, 3 * width, width + first, k);
  load(task, qkv, 3 * width, 2 * width + first, v);
  __syncthreads();
  find_weights(task, q, k, weights);
  for (int e = threadIdx.x; e < task.length * task.length; e += kThreads)
    weights[e] *= factor(groups, task, e / task.length, e % task.length);
  __syncthreads();
  for (int e = threadIdx.x; e < task.length * task.head_width; e += kThreads) {
    const int i = e / task.head_width;
    const int d = e % task.head_width;
    float sum = 0;
    for (int j = 0; j < task.length; ++j)
      sum += weights[i * task.length + j] * v[j * task.stride() + d];
    out[(task.begin + i) * width + first + d] = sum;
  }
}

__global__ void attention_gradient_kernel(const float* up, const float* qkv, float* dqkv,
                                          Groups groups) {
  SVGFUSION_SHARED_MEMORY(memory);
  groups.draw = at_step(groups.draw);
  const Task task = task_of(groups);
  const int length = task.length;
  const int size = length * task.stride();
  float* q = memory;
  float* k = q + size;
  float* v = k + size;
  float* g = v + size;  // gradient of the output
  float* weights = g + size;
  float* gradient = weights + length * length;  // of what softmax took
  const int width = task.width();
  const int first = task.head * task.head_width;
  load(task, qkv, 3 * width, first, q);
  load(task, qkv, 3 * width, width + first, k);
  load(task, qkv, 3 * width, 2 * width + first, v);
  load(task, up, width, first, g);
  __syncthreads();
  find_weights(task, q, k, weights);
  for (int e = threadIdx.x; e < length * length; e += kThreads) {
    const int i = e / length;
    const int j = e % length;
    gradient[e] = dot(g + i * task.stride(), v + j * task.stride(), task.head_width) *
                  factor(groups, task, i, j);
  }
  __syncthreads();
  const float scale = 1 / sqrtf(static_cast<float>(task.head_width));
  for (int i = threadIdx.x; i < length; i += kThreads) {
    float* row = gradient + i * length;
    const float sum = dot(weights + i * length, row, length);
    for (int j = 0; j < length; ++j) row[j] = weights[i * length + j] * (row[j] - sum) * scale;
  }
  __syncthreads();
  // Of rows as queries, keys and values.
  for (int e = threadIdx.x; e < length * task.head_width; e += kThreads) {
    const int row = e / task.head_width;
    const int d = e % task.head_width;
    float dq = 0;
    float dk = 0;
    float dv = 0;
    for (int j = 0; j < length; ++j) {
      dq += gradient[row * length + j] * k[j * task.stride() + d];
      dk += gradient[j * length + row] * q[j * task.stride() + d];
      dv += weights[j * length + row] * factor(groups, task, j, row) * g[j * task.stride() + d];
    }
    float* to = dqkv + (task.begin + row) * 3 * width + first + d;
    to[0] = dq;
    to[width] = dk;
    to[2 * width] = dv;
  }
}

Groups groups_of(const AttentionSizes& s) {
  return {s.offsets,   static_cast<int>(s.heads), static_cast<int>(s.head_width),
          s.is_causal, weight_stride(s),          s.draw};
}

std::int64_t shared_floats(std::int64_t longest, std::int64_t head_width, int matrices,
                           int weights) {
  return matrices * longest * (head_width + 1) + weights * longest * longest;
}

}  // namespace

bool fits_attention(std::int64_t longest, std::int64_t head_width) {
  return shared_floats(longest, head_width, 4, 2) <= kSharedFloats;
}

void attention(const float* qkv, float* out, const AttentionSizes& s, const Stream& stream) {
  launch(attention_kernel, s.groups * s.heads, kThreads,
         shared_floats(s.longest, s.head_width, 3, 1), stream, qkv, out, groups_of(s));
}

void attention_gradient(const float* up, const float* qkv, float* dqkv, const AttentionSizes& s,
                        const Stream& stream) {
  launch(attention_gradient_kernel, s.groups * s.heads, kThreads,
         shared_floats(s.longest, s.head_width, 4, 2), stream, up, qkv, dqkv, groups_of(s));
}

}  // namespace svgfusion::kernels
