// SPDX-License-Identifier: MIT
// Which elements dropout drops: one definition for the CPU and the GPU.
#pragma once

#include <cstdint>

#include "svgfusion/kernels/on_device.h"

namespace svgfusion::kernels {

// Elements come in blocks of 32, whose draws are the halves of 16 numbers.
inline constexpr int kDrawBlock = 32;

struct Draw {
  std::uint32_t key[2] = {0, 0};
  std::uint32_t threshold = 0;  // of 65536; 0: nothing is dropped
  float scale = 1;              // of what is kept
  // Added to the keys when a kernel runs, so that a replayed CUDA graph draws anew: a number with
  // all bits random, where the kernel runs. Null: nothing is added.
  const std::uint64_t* step = nullptr;

  Draw() = default;
  // `probability` in [0, 1) is taken to the next of 65536 values.
  Draw(std::uint64_t seed, double probability)
      : key{static_cast<std::uint32_t>(spread(seed)),
            static_cast<std::uint32_t>(spread(seed) >> 32)},
        threshold(static_cast<std::uint32_t>(probability * 65536 + 0.5)),
        scale(65536.0F / static_cast<float>(65536 - threshold)) {}

  static Draw from_keys(std::uint32_t first, std::uint32_t second, std::uint32_t threshold) {
    Draw draw;
    draw.key[0] = first;
    draw.key[1] = second;
    draw.threshold = threshold;
    draw.scale = 65536.0F / static_cast<float>(65536 - threshold);
    return draw;
  }

 private:
  // SplitMix64's output function: seeds that follow each other become keys far apart.
  static std::uint64_t spread(std::uint64_t seed) {
    std::uint64_t z = seed + 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
};

// The draw of the step that is being run.
SVGFUSION_ON_DEVICE inline Draw at_step(Draw draw) {
  if (draw.step == nullptr) return draw;
  draw.key[0] += static_cast<std::uint32_t>(*draw.step);
  draw.key[1] += static_cast<std::uint32_t>(*draw.step >> 32);
  return draw;
}

// An integer hash of two multiplications with a good avalanche (constants: C. Wellons, "Prospecting
// for Hash Functions", 2018), its second key added between them.
SVGFUSION_ON_DEVICE inline std::uint32_t draw_bits(const Draw& draw, std::uint32_t number) {
  std::uint32_t h = number + draw.key[0];
  h = (h ^ (h >> 16)) * 0x7feb352dU;
  h += draw.key[1];
  h = (h ^ (h >> 15)) * 0x846ca68bU;
  return h ^ (h >> 16);
}

// What element `index` is multiplied by.
SVGFUSION_ON_DEVICE inline float dropout_factor(const Draw& draw, std::int64_t index) {
  const auto block = static_cast<std::uint32_t>(index / kDrawBlock);
  const auto place = static_cast<std::uint32_t>(index % kDrawBlock);
  const std::uint32_t bits = draw_bits(draw, block * 16 + place % 16);
  const std::uint32_t half = place < 16 ? bits & 0xffffU : bits >> 16;
  return half < draw.threshold ? 0.0F : draw.scale;
}

}  // namespace svgfusion::kernels
