// SPDX-License-Identifier: MIT
#include "instruction_set.h"

namespace svgfusion::kernels {
namespace {

InstructionSet choose() {
#ifdef SVGFUSION_X86_SETS
  if (__builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw"))
    return avx512_bf16_set();
  if (__builtin_cpu_supports("avx512f")) return avx512_set();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2_set();
#endif
  return plain_set();
}

}  // namespace

const InstructionSet& best_set() {
  static const InstructionSet chosen = choose();
  return chosen;
}

}  // namespace svgfusion::kernels
