// SPDX-License-Identifier: MIT
// Several processes that meet in a key-value store over TCP.
#pragma once

#include <torch/csrc/distributed/c10d/Store.hpp>

#include "svgfusion/training/communicator.h"

namespace svgfusion::training {

// Sums through the store alone: each process adds up one slice of the tensor and hands the sum back
// (reduce-scatter, then all-gather), so each sends and receives about twice the tensor however many
// they are. Meant for CPUs; tensors of a GPU go through host memory.
class StoreCommunicator : public Communicator {
 public:
  StoreCommunicator(const Launch& launch, c10::intrusive_ptr<c10d::Store> store);
  void sum(torch::Tensor& tensor) override;
  void broadcast(torch::Tensor& tensor) override;
  void finish() override;

 protected:
  c10d::Store& store() { return *store_; }
  // The value of a key, once someone has set it.
  std::vector<std::uint8_t> take(const std::string& key);

 private:
  void sum_little(torch::Tensor piece);
  void sum_slices(torch::Tensor piece);
  void forget(std::int64_t round);
  std::string own_key(std::int64_t round) const;

  c10::intrusive_ptr<c10d::Store> store_;
  std::int64_t round_ = 0;
};

// The store of a launch, served by the first process unless the launcher serves it.
c10::intrusive_ptr<c10d::Store> open_store(const Launch& launch);

#ifdef SVGFUSION_WITH_CUDA
// Sums on the GPU by NCCL; what is on the host still goes through the store.
std::unique_ptr<Communicator> make_nccl_communicator(const Launch& launch,
                                                     c10::intrusive_ptr<c10d::Store> store,
                                                     torch::Device device);
#endif

}  // namespace svgfusion::training
