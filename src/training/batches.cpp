// SPDX-License-Identifier: MIT
#include "svgfusion/training/batches.h"

#include <ATen/Context.h>

#include "svgfusion/base/random.h"

namespace svgfusion::training {

EpochOrder::EpochOrder(std::uint64_t seed, std::int64_t count, torch::Device device)
    : seed_(seed), count_(count), device_(device) {}

// Makes positions [begin, end) of the endless order available.
void EpochOrder::reach(std::int64_t begin, std::int64_t end) {
  const std::int64_t first = begin / count_;
  const std::int64_t last = (end - 1) / count_;
  const auto held = static_cast<std::int64_t>(order_.size()) / count_;
  if (first_epoch_ >= 0 && first >= first_epoch_ && last < first_epoch_ + held) return;
  first_epoch_ = first;
  order_.clear();
  for (std::int64_t epoch = first; epoch <= std::max(last, first + 1); ++epoch) {
    const std::uint64_t key =
        base::mix_seed({seed_, base::fnv1a("epoch"), static_cast<std::uint64_t>(epoch),
                        static_cast<std::uint64_t>(count_)});
    const std::vector<std::int64_t> permutation = base::Random(key).permutation(count_);
    order_.insert(order_.end(), permutation.begin(), permutation.end());
  }
  on_device_ = torch::tensor(order_, torch::kLong).to(device_);
}

std::vector<std::int64_t> EpochOrder::host(std::int64_t step, std::int64_t batch_size,
                                           const Part& part) {
  const std::int64_t first = step * batch_size;
  reach(first, first + batch_size);
  const auto at = order_.begin() + (first - first_epoch_ * count_);
  return {at + part.begin(batch_size), at + part.end(batch_size)};
}

torch::Tensor EpochOrder::on_device(std::int64_t step, std::int64_t batch_size, const Part& part) {
  const std::int64_t first = step * batch_size;
  reach(first, first + batch_size);
  return on_device_.narrow(0, first - first_epoch_ * count_ + part.begin(batch_size),
                           part.size(batch_size));
}

std::uint64_t step_seed(std::uint64_t seed, const std::string& stage, std::int64_t step,
                        std::int64_t part) {
  const auto of = static_cast<std::uint64_t>(step);
  return part == 0
             ? base::mix_seed({seed, base::fnv1a(stage), of})
             : base::mix_seed({seed, base::fnv1a(stage), of, static_cast<std::uint64_t>(part)});
}

void seed_step(std::uint64_t seed, const std::string& stage, std::int64_t step, std::int64_t part) {
  at::manual_seed(step_seed(seed, stage, step, part));
}

}  // namespace svgfusion::training
