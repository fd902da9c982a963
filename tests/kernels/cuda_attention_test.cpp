// SPDX-License-Identifier: MIT
// The CUDA kernels' source on an emulated device against their CPU twins.
#define SVGFUSION_EMULATED_CUDA
#include "../../src/kernels/cuda/attention.cu"

#include "make_numbers.h"
#include "support/support.h"

namespace svgfusion::kernels {
namespace {

void expect_near(const Numbers& found, const Numbers& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], expected[i], 1e-5) << "at " << i;
}

TEST(EmulatedCuda, AttentionAndItsGradient) {
  const std::vector<std::int64_t> offsets{0, 1, 6, 24};
  for (const bool is_causal : {false, true}) {
    for (const double probability : {0.0, 0.3}) {
      AttentionSizes sizes;
      sizes.offsets = offsets.data();
      sizes.groups = 3;
      sizes.longest = 18;
      sizes.heads = 2;
      sizes.head_width = 12;
      sizes.is_causal = is_causal;
      sizes.draw = Draw(3, probability);
      const Numbers qkv = random_numbers(24 * 72, 1), up = random_numbers(24 * 24, 2);
      Numbers out(up.size(), NAN), out_twin = out, dqkv(qkv.size(), NAN), dqkv_twin = dqkv;
      attention(qkv.data(), out.data(), sizes, Stream());
      attention(qkv.data(), out_twin.data(), sizes, in_two);
      expect_near(out, out_twin);
      attention_gradient(up.data(), qkv.data(), dqkv.data(), sizes, Stream());
      attention_gradient(up.data(), qkv.data(), dqkv_twin.data(), sizes, in_two);
      expect_near(dqkv, dqkv_twin);
    }
  }
}

TEST(EmulatedCuda, AttentionOfIconsFits) {
  EXPECT_TRUE(fits_attention(31, 32));  // DeepSVG's paths
  EXPECT_TRUE(fits_attention(50, 32));
  EXPECT_FALSE(fits_attention(200, 32));
}

}  // namespace
}  // namespace svgfusion::kernels
