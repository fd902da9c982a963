// SPDX-License-Identifier: MIT
// The CUDA kernels' source on an emulated device against their CPU twins.
#define SVGFUSION_EMULATED_CUDA
#include "../../src/kernels/cuda/coordinates.cu"

#include "make_numbers.h"
#include "support/support.h"

namespace svgfusion::kernels {
namespace {

void expect_twins(std::int64_t values) {
  CoordinateHead head = CoordinateHead::of(values);
  head.smoothing = 0.1F;
  const std::vector<std::int64_t> targets{0, values - 1, kNoTarget, values / 2, 7};
  Numbers outputs = random_numbers(5 * head.outputs(), 1);
  outputs[static_cast<std::size_t>(values + 1)] = head.most + 0.5F;
  Numbers losses(5), twins(5), log_sums(5), log_sums_twin(5);
  coordinate_loss(outputs.data(), targets.data(), losses.data(), log_sums.data(), 5, head,
                  Stream());
  coordinate_loss(outputs.data(), targets.data(), twins.data(), log_sums_twin.data(), 5, head,
                  in_two);
  Numbers gradient(outputs.size(), NAN), gradient_twin = gradient;
  const float up = 2;
  coordinate_loss_gradient(&up, outputs.data(), targets.data(), log_sums_twin.data(),
                           gradient.data(), 5, head, Stream());
  coordinate_loss_gradient(&up, outputs.data(), targets.data(), log_sums_twin.data(),
                           gradient_twin.data(), 5, head, in_two);
  for (std::size_t r = 0; r < 5; ++r) {
    EXPECT_NEAR(losses[r], twins[r], 1e-5F * std::abs(twins[r]));
    EXPECT_NEAR(log_sums[r], log_sums_twin[r], 1e-5F * (1 + std::abs(log_sums_twin[r])));
  }
  for (std::size_t i = 0; i < gradient.size(); ++i)
    ASSERT_NEAR(gradient[i], gradient_twin[i], 1e-4F * (1 + std::abs(gradient_twin[i]))) << i;
}

TEST(EmulatedCuda, CoordinateLossAndItsGradient) {
  for (const std::int64_t values : {256, 1024}) {
    SCOPED_TRACE(testing::Message() << values << " values");
    expect_twins(values);
  }
}

}  // namespace
}  // namespace svgfusion::kernels
