// SPDX-License-Identifier: MIT
// Kernels of our own or LibTorch's operations: the same results but for rounding (and the draws of
// dropout). To measure what the kernels win, and to do without them where one is in doubt.
#pragma once

namespace svgfusion::nn {

// Sets what all operations of this room use until its end, in all threads. Between a forward pass
// and its backward pass it must not change.
class KernelUse {
 public:
  explicit KernelUse(bool own);
  ~KernelUse();
  KernelUse(const KernelUse&) = delete;
  KernelUse& operator=(const KernelUse&) = delete;

 private:
  bool before_;
};
bool uses_own_kernels();

}  // namespace svgfusion::nn
