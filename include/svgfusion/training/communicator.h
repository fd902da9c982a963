// SPDX-License-Identifier: MIT
// What the processes of one run say to each other. Every process makes the same calls in the same
// order; each returns when all have made it.
#pragma once

#include <torch/types.h>

#include <memory>

#include "svgfusion/training/launch.h"

namespace svgfusion::training {

class Communicator {
 public:
  virtual ~Communicator() = default;
  std::int64_t rank() const { return rank_; }
  std::int64_t world() const { return world_; }
  bool is_first() const { return rank_ == 0; }

  // In place: the sum over all processes, added in the order of the ranks, so that every process
  // has the same bits. The tensor is contiguous.
  virtual void sum(torch::Tensor& tensor) = 0;
  // In place: what the first process has.
  virtual void broadcast(torch::Tensor& tensor) = 0;

  // The last call: after it no process waits for another.
  virtual void finish() {}

  void barrier();
  // The largest of one number of each process.
  std::int64_t largest(std::int64_t number);

 protected:
  Communicator(std::int64_t rank, std::int64_t world) : rank_(rank), world_(world) {}

 private:
  std::int64_t rank_;
  std::int64_t world_;
};

// For one process nothing is said; for several, by NCCL where `device` is a GPU and this build has
// it, else through a c10d::TCPStore at the launch's address. Throws a CommunicationError when the
// others cannot be reached.
std::unique_ptr<Communicator> make_communicator(const Launch& launch, torch::Device device);

}  // namespace svgfusion::training
