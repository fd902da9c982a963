// SPDX-License-Identifier: MIT
// The CUDA kernels of the denoiser's blocks in bfloat16, on an emulated device, against their CPU
// twins; these against differences of float32.
#define SVGFUSION_EMULATED_CUDA
#include "../../src/kernels/cuda/branch.cu"

#include "make_numbers.h"
#include "support/support.h"

namespace svgfusion::kernels {
namespace {

using Rounded = std::vector<Bfloat16>;

Rounded rounded_numbers(std::int64_t count, std::uint64_t seed) {
  return rounded(random_numbers(count, seed));
}

void expect_near(const Numbers& found, const Numbers& expected, float tolerance, const char* what) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected[i], tolerance * (1 + std::abs(expected[i])))
        << what << " at " << i;
  }
}
// Rounding may fall on either side.
constexpr float kUlp = 1.0F / 128;
void expect_near(const Rounded& found, const Rounded& expected, const char* what) {
  expect_near(widened(found), widened(expected), kUlp, what);
}

struct Branch {
  BranchSizes sizes;
  Numbers x, bias;
  Rounded h, modulation, up;

  explicit Branch(std::int64_t rows, std::int64_t width) : sizes{rows, width, 3 * width + 4} {
    x = random_numbers(rows * width, 1);
    bias = random_numbers(width, 2);
    h = rounded_numbers(rows * width, 3);
    modulation = rounded_numbers(rows * sizes.stride, 4);
    up = rounded_numbers(rows * width, 5);
  }
  const Bfloat16* shift() const { return modulation.data(); }
  const Bfloat16* scale() const { return modulation.data() + sizes.width; }
  BranchEnd end(bool is_there) const {
    if (!is_there) return {};
    return {h.data(), bias.data(), modulation.data() + 2 * sizes.width};
  }

  struct Found {
    Numbers sum, statistics, through;
    Rounded y, dmodulation, dh;
  };
  template <class Executor>
  Found run(bool has_branch, bool is_last, const Executor& executor) const {
    const auto count = x.size();
    Found f{Numbers(count, NAN),
            Numbers(static_cast<std::size_t>(2 * sizes.samples), NAN),
            random_numbers(sizes.samples * sizes.width, 6),
            Rounded(count),
            Rounded(modulation.size()),
            Rounded(count)};
    residual_norm(x.data(), end(has_branch), shift(), scale(), 1e-3F, f.sum.data(),
                  f.statistics.data(), f.y.data(), sizes, executor);
    if (!has_branch) f.sum = x;
    residual_norm_gradient(up.data(), is_last, f.sum.data(), f.statistics.data(), scale(),
                           end(has_branch), f.through.data(),
                           {f.dmodulation.data(), f.dmodulation.data() + sizes.width,
                            f.dmodulation.data() + 2 * sizes.width, f.dh.data()},
                           sizes, executor);
    return f;
  }
};

class BranchTwins : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(BranchTwins, AgreeForwardAndBackward) {
  const auto [rows, width] = GetParam();
  const Branch branch(rows, width);
  for (const bool has_branch : {true, false}) {
    for (const bool is_last : {true, false}) {
      const auto found = branch.run(has_branch, is_last, Stream());
      const auto twin = branch.run(has_branch, is_last, in_two);
      expect_near(found.sum, twin.sum, 1e-5F, "sum");
      expect_near(found.statistics, twin.statistics, 1e-5F, "statistics");
      expect_near(found.y, twin.y, "y");
      expect_near(found.through, twin.through, 1e-4F, "through");
      expect_near(found.dmodulation, twin.dmodulation, "gradient of modulation");
      expect_near(found.dh, twin.dh, "gradient of h");
    }
  }
}

TEST_P(BranchTwins, AgreeOnGelu) {
  const auto [rows, width] = GetParam();
  const Branch branch(rows, width);
  const auto count = branch.h.size();
  Rounded y(count), y_twin(count), dx(count), dx_twin(count);
  bias_gelu(branch.h.data(), branch.bias.data(), y.data(), rows, width, Stream());
  bias_gelu(branch.h.data(), branch.bias.data(), y_twin.data(), rows, width, in_two);
  expect_near(y, y_twin, "y");
  bias_gelu_gradient(branch.up.data(), branch.h.data(), branch.bias.data(), dx.data(), rows, width,
                     Stream());
  bias_gelu_gradient(branch.up.data(), branch.h.data(), branch.bias.data(), dx_twin.data(), rows,
                     width, in_two);
  expect_near(dx, dx_twin, "dx");
}

// 1 and 5 rows leave warps of a block without any; every width has a form of its own.
INSTANTIATE_TEST_SUITE_P(Sizes, BranchTwins,
                         testing::Values(std::pair{1, 128}, std::pair{5, 256}, std::pair{4, 384},
                                         std::pair{2, 512}, std::pair{2, 640}, std::pair{1, 768},
                                         std::pair{3, 896}, std::pair{2, 1024}));

TEST(BranchTwins, SamplesMayShareRows) {
  Branch branch(6, 128);
  const std::vector<std::int64_t> rows{1, 0, 0, 1, 2, 1};
  branch.sizes.rows = rows.data();
  const auto forward = [&](const auto& executor) {
    Numbers sum(branch.x.size()), statistics(12);
    Rounded y(branch.x.size());
    residual_norm(branch.x.data(), branch.end(true), branch.shift(), branch.scale(), 1e-3F,
                  sum.data(), statistics.data(), y.data(), branch.sizes, executor);
    return std::pair{sum, y};
  };
  const auto found = forward(Stream()), twin = forward(in_two);
  expect_near(found.first, twin.first, 1e-5F, "sum");
  expect_near(found.second, twin.second, "y");
}

}  // namespace
}  // namespace svgfusion::kernels
