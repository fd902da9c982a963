// SPDX-License-Identifier: MIT
#ifdef SVGFUSION_WITH_CUDA
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <nccl.h>

#include <cstring>

#include "store_communicator.h"
#include "svgfusion/base/error.h"

namespace svgfusion::training {
namespace {

constexpr const char* kIdKey = "nccl";

void check(ncclResult_t result, const char* what) {
  if (result == ncclSuccess) return;
  throw base::CommunicationError(base::concat("NCCL ", what, ": ", ncclGetErrorString(result),
                                              "; NCCL_DEBUG=INFO in the environment says more"));
}

ncclDataType_t type_of(const torch::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case torch::kFloat:
      return ncclFloat32;
    case torch::kDouble:
      return ncclFloat64;
    case torch::kLong:
      return ncclInt64;
    default:
      SVGFUSION_CHECK(tensor.scalar_type() == torch::kByte);
      return ncclUint8;
  }
}

class NcclCommunicator : public StoreCommunicator {
 public:
  NcclCommunicator(const Launch& launch, c10::intrusive_ptr<c10d::Store> store,
                   torch::Device device)
      : StoreCommunicator(launch, std::move(store)) {
    const c10::cuda::CUDAGuard guard(device);
    ncclUniqueId id;
    if (is_first()) {
      check(ncclGetUniqueId(&id), "cannot make an address");
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(&id);
      this->store().set(kIdKey, std::vector<std::uint8_t>(bytes, bytes + sizeof id));
    } else {
      const std::vector<std::uint8_t> bytes = take(kIdKey);
      SVGFUSION_CHECK(bytes.size() == sizeof id);
      std::memcpy(&id, bytes.data(), sizeof id);
    }
    check(ncclCommInitRank(&group_, static_cast<int>(world()), id, static_cast<int>(rank())),
          "cannot join the group");
  }
  // After a failure the other processes may be gone: do not wait for them.
  ~NcclCommunicator() override { ncclCommAbort(group_); }
  NcclCommunicator(const NcclCommunicator&) = delete;
  NcclCommunicator& operator=(const NcclCommunicator&) = delete;

  void sum(torch::Tensor& tensor) override {
    if (!tensor.is_cuda()) return StoreCommunicator::sum(tensor);
    check(ncclAllReduce(tensor.data_ptr(), tensor.data_ptr(),
                        static_cast<std::size_t>(tensor.numel()), type_of(tensor), ncclSum, group_,
                        c10::cuda::getCurrentCUDAStream()),
          "cannot sum");
  }
  void broadcast(torch::Tensor& tensor) override {
    if (!tensor.is_cuda()) return StoreCommunicator::broadcast(tensor);
    check(ncclBroadcast(tensor.data_ptr(), tensor.data_ptr(),
                        static_cast<std::size_t>(tensor.numel()), type_of(tensor), 0, group_,
                        c10::cuda::getCurrentCUDAStream()),
          "cannot broadcast");
  }

 private:
  ncclComm_t group_ = nullptr;
};

}  // namespace

std::unique_ptr<Communicator> make_nccl_communicator(const Launch& launch,
                                                     c10::intrusive_ptr<c10d::Store> store,
                                                     torch::Device device) {
  return std::make_unique<NcclCommunicator>(launch, std::move(store), device);
}

}  // namespace svgfusion::training
#endif
