// SPDX-License-Identifier: MIT
// AdamW over a whole flat buffer in three launches: partial sums of the gradient's squares, what
// follows from them (one thread), and one pass over memory.
#include "svgfusion/kernels/adamw.h"
#include "vectors.h"

namespace svgfusion::kernels {
namespace {

// The grid depends on n alone, so that the order of the sum does not depend on the device.
int sums_of(std::int64_t n) {
  const std::int64_t wanted = blocks_for((n + kVector - 1) / kVector);
  return static_cast<int>(wanted < UpdateMemory::kPartialSums ? wanted
                                                              : UpdateMemory::kPartialSums);
}

__global__ void square_sum_kernel(const float* gradient, std::int64_t n, float* partial,
                                  int blocks) {
  float sum = 0;
  const std::int64_t whole = n / kVector * kVector;
  const std::int64_t step = static_cast<std::int64_t>(blocks) * kThreads * kVector;
  for (std::int64_t at = thread_number() * kVector; at < whole; at += step) {
    const Floats g = load(gradient + at);
    for (int i = 0; i < kVector; ++i) sum += g.at[i] * g.at[i];
  }
  if (thread_number() == 0)
    for (std::int64_t at = whole; at < n; ++at) sum += gradient[at] * gradient[at];
  sum = block_sum(sum);
  if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}

// One block.
__global__ void prepare_kernel(UpdateMemory memory, int sums, double beta1, double beta2,
                               double clip_norm) {
  float sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < sums; i += kThreads)
    sum += memory.partial_sums[i];
  sum = block_sum(sum);
  if (threadIdx.x != 0) return;
  const float norm = sqrtf(sum);
  // Neither infinite nor no number: their difference with themselves is none.
  const bool is_finite = norm - norm == 0;
  *memory.gradient_norm = norm;
  *memory.skipped = is_finite ? 0 : *memory.skipped + 1;
  if (is_finite) *memory.updates += 1;
  const double updates = *memory.updates;
  UpdateFactors out;
  out.is_finite = is_finite;
  out.gradient_scale = norm > clip_norm ? static_cast<float>(clip_norm) / norm : 1.0F;
  out.rate = *memory.rate;
  out.forgets = *memory.forgets;
  out.step = static_cast<float>(out.rate / (1 - pow(beta1, updates)));
  out.second_correction = static_cast<float>(1 / (1 - pow(beta2, updates)));
  *memory.factors = out;
}

__device__ void update(float gradient, float& value, float& first, float& second, float decay,
                       const UpdateFactors& factors, float beta1, float beta2, float epsilon) {
  const float g = gradient * factors.gradient_scale;
  first = beta1 * first + (1 - beta1) * g;
  second = beta2 * second + (1 - beta2) * g * g;
  value = value * (1 - factors.rate * decay) -
          factors.step * first / (sqrtf(second * factors.second_correction) + epsilon);
}

__global__ void update_kernel(const float* gradient, WeightState state, std::int64_t n,
                              std::int64_t decayed, const UpdateFactors* given, float beta1,
                              float beta2, float epsilon, float weight_decay) {
  const std::int64_t at = thread_number() * kVector;
  if (at >= n) return;
  const UpdateFactors factors = *given;
  const int there = n - at < kVector ? static_cast<int>(n - at) : kVector;
  const bool is_whole = there == kVector;
  const auto read = [&](const float* from) {
    if (is_whole) return load(from + at);
    Floats out{};
    for (int i = 0; i < there; ++i) out.at[i] = from[at + i];
    return out;
  };
  const auto write = [&](auto* to, const Floats& values) {
    if (is_whole) return store(to + at, values);
    for (int i = 0; i < there; ++i) set(to[at + i], values.at[i]);
  };
  Floats value = read(state.values);
  if (factors.is_finite) {
    const Floats g = read(gradient);
    Floats first = read(state.first_moment), second = read(state.second_moment);
    for (int i = 0; i < kVector; ++i) {
      update(g.at[i], value.at[i], first.at[i], second.at[i], at + i < decayed ? weight_decay : 0,
             factors, beta1, beta2, epsilon);
    }
    write(state.values, value);
    write(state.first_moment, first);
    write(state.second_moment, second);
    if (state.rounded != nullptr) write(state.rounded, value);
  }
  if (state.average == nullptr) return;
  Floats average = read(state.average);
  for (int i = 0; i < kVector; ++i)
    average.at[i] += factors.forgets * (value.at[i] - average.at[i]);
  write(state.average, average);
}

}  // namespace

void adamw(const float* gradient, const WeightState& state, std::int64_t n, std::int64_t decayed,
           const AdamW& rule, double clip_norm, const UpdateMemory& memory, const Stream& stream) {
  const int sums = sums_of(n);
  launch(square_sum_kernel, sums, kThreads, 0, stream, gradient, n, memory.partial_sums, sums);
  launch(prepare_kernel, 1, kThreads, 0, stream, memory, sums, rule.beta1, rule.beta2, clip_norm);
  launch(update_kernel, blocks_for((n + kVector - 1) / kVector), kThreads, 0, stream, gradient,
         state, n, decayed, memory.factors, static_cast<float>(rule.beta1),
         static_cast<float>(rule.beta2), static_cast<float>(rule.epsilon),
         static_cast<float>(rule.weight_decay));
}

}  // namespace svgfusion::kernels
