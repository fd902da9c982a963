// SPDX-License-Identifier: MIT
// Weights that do not change, as in sampling: turned over once into the form that the kernels'
// products take, instead of at each product.
#pragma once

#include <torch/types.h>

#include <optional>
#include <unordered_map>

namespace svgfusion::nn {

class PackedWeights {
 public:
  // Until its end, `linear` takes the packed form of every weight it meets on a CPU, packing those
  // it meets first. Weights it has met must stay as they are for as long as the PackedWeights
  // that hold them exist.
  class Use {
   public:
    explicit Use(PackedWeights& weights);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    PackedWeights* before_;
  };

  // For `linear`: x [R, in] weight^T + bias by the weights in use, x and weight both contiguous and
  // both float32 or both bfloat16; nothing where none are in use or another way is faster.
  static std::optional<torch::Tensor> product(const torch::Tensor& x, const torch::Tensor& weight,
                                              const std::optional<torch::Tensor>& bias);

 private:
  struct Packed {
    torch::Tensor weight, panels;
  };
  std::unordered_map<const void*, Packed> packed_;
};

}  // namespace svgfusion::nn
