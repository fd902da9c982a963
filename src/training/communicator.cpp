// SPDX-License-Identifier: MIT
#include "svgfusion/training/communicator.h"

#include "store_communicator.h"
#include "svgfusion/base/log.h"
#include "svgfusion/base/text.h"

namespace svgfusion::training {
namespace {

class Alone : public Communicator {
 public:
  Alone() : Communicator(0, 1) {}
  void sum(torch::Tensor&) override {}
  void broadcast(torch::Tensor&) override {}
};

}  // namespace

void Communicator::barrier() {
  auto nothing = torch::zeros({1}, torch::kLong);
  sum(nothing);
}

std::int64_t Communicator::largest(std::int64_t number) {
  auto numbers = torch::zeros({world()}, torch::kLong);
  numbers[rank()] = number;
  sum(numbers);
  return numbers.max().item<std::int64_t>();
}

std::unique_ptr<Communicator> make_communicator(const Launch& launch, torch::Device device) {
  if (launch.world == 1) return std::make_unique<Alone>();
  base::log_info(base::concat("process ", launch.rank, " of ", launch.world, " (", launch.launcher,
                              "), meeting at ", launch.address, ":",
                              static_cast<std::int64_t>(launch.port)));
  auto store = open_store(launch);
#ifdef SVGFUSION_WITH_CUDA
  if (device.is_cuda()) return make_nccl_communicator(launch, std::move(store), device);
#endif
  (void)device;
  return std::make_unique<StoreCommunicator>(launch, std::move(store));
}

}  // namespace svgfusion::training
