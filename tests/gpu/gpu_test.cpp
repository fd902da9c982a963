// SPDX-License-Identifier: MIT
// What only a GPU can show; skipped where there is none. scripts/gpu_check.sh runs these.
#include <ATen/ATen.h>

#include <functional>

#include "model/tiny_models.h"
#include "support/support.h"
#include "svgfusion/model/weights.h"
#include "svgfusion/nn/activation.h"
#include "svgfusion/nn/attention.h"
#include "svgfusion/nn/coordinates.h"
#include "svgfusion/nn/dropout.h"
#include "svgfusion/nn/kernel_use.h"
#include "svgfusion/nn/modulated_stack.h"
#include "svgfusion/nn/modulation.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/training/train.h"

namespace svgfusion::training {
namespace {

namespace fs = std::filesystem;

class GpuTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!at::hasCUDA()) GTEST_SKIP() << "no GPU";
    test::write_tiny_dataset(folder_ / "data", 12);
    config_.data.dataset = (folder_ / "data").string();
    config_.autoencoder.width = 32;
    config_.autoencoder.heads = 2;
    config_.autoencoder.feed_forward = 64;
    config_.autoencoder.argument_width = 8;
    config_.autoencoder.latent_width = 16;
    config_.autoencoder.dropout = 0;
    config_.autoencoder.variant = "deterministic";
    config_.denoiser.width = 32;
    config_.denoiser.heads = 2;
    config_.denoiser.depth = 2;
    config_.denoiser.input_projection = true;
    for (StageConfig* stage : {&config_.training.autoencoder, &config_.training.denoiser}) {
      stage->steps = 60;
      stage->batch_size = 8;
      stage->warmup_steps = 2;
      stage->validate_every = stage->preview_every = stage->checkpoint_every = 0;
    }
    config_.sampling.steps = 4;
  }

  void run(const std::string& name, const std::string& device, bool graph,
           const std::string& stage = "all") {
    RunRequest request;
    request.run = folder_ / name;
    request.stage = stage;
    request.device = device;
    request.graph = graph;
    train(config_, request);
  }
  model::NamedTensors weights(const std::string& name, const std::string& stage) {
    model::NamedTensors out;
    const base::SafetensorsFile file(folder_ / name / "checkpoints" / stage /
                                     "step-00000060/weights.safetensors");
    for (const auto& [key, view] : file.tensors()) out[key] = model::to_tensor(view);
    return out;
  }

  test::TemporaryFolder folder_;
  ExperimentConfig config_;
};

// The same random numbers, launches and sums: the same bits.
TEST_F(GpuTest, TheGraphTrainsWhatOrdinaryStepsTrain) {
  run("eager", "cuda", false);
  fs::create_directories(folder_ / "graph");
  fs::copy(folder_ / "eager/model", folder_ / "graph/model", fs::copy_options::recursive);
  fs::copy(folder_ / "eager/train.latents.safetensors",
           folder_ / "graph/train.latents.safetensors");
  run("graph", "cuda", true, "denoiser");
  const auto eager = weights("eager", "denoiser");
  for (const auto& [name, tensor] : weights("graph", "denoiser"))
    EXPECT_TRUE(tensor.equal(eager.at(name))) << name;
}

// The same for the autoencoder, whose gradients of tables are sums in no fixed order: the weights
// are close.
TEST_F(GpuTest, TheGraphTrainsTheAutoencoderThatOrdinaryStepsTrain) {
  config_.training.autoencoder.learning_rate = 1e-4;
  config_.autoencoder.dropout = 0.1;
  run("eager", "cuda", false, "autoencoder");
  run("graph", "cuda", true, "autoencoder");
  const auto eager = weights("eager", "autoencoder");
  for (const auto& [name, tensor] : weights("graph", "autoencoder"))
    EXPECT_TRUE(at::allclose(tensor, eager.at(name), 1e-2, 1e-3)) << name;
}

// The first loss has no history: it is that of the CPU but for rounding, given the same inputs.
TEST_F(GpuTest, ModelsSayWhatTheySayOnTheCpu) {
  const torch::NoGradGuard no_grad;
  auto denoiser = model::make_denoiser(true, true);
  const auto x = torch::randn({5, 2, 6});
  const auto time = torch::tensor({0.0F, 10.0F, 300.0F, 500.0F, 999.0F});
  const auto labels = torch::tensor({0, 1, 2, 3, 0}, torch::kLong);
  const auto expected = denoiser->forward(x, time, labels).prediction;
  auto autoencoder = model::tiny_model(model::tiny_config());
  const std::vector<icon::TokenIcon> icons{test::make_icon(0), test::make_icon(1)};
  const auto latents = autoencoder->encode(model::make_batch(icons, {0, 1}, torch::kCPU)).mean;
  denoiser->to(torch::kCUDA);
  autoencoder->to(torch::kCUDA);
  const auto found = denoiser->forward(x.cuda(), time.cuda(), labels.cuda()).prediction.cpu();
  EXPECT_TRUE(at::allclose(found, expected, 1e-4, 1e-5));
  const auto on_gpu =
      autoencoder->encode(model::make_batch(icons, {0, 1}, torch::kCUDA)).mean.cpu();
  EXPECT_TRUE(at::allclose(on_gpu, latents, 1e-4, 1e-5));
}

// Every operation that has a kernel, and its gradients, against the CPU; dropout draws the same.
TEST_F(GpuTest, KernelsAgreeWithTheirCpuTwins) {
  using Inputs = std::vector<torch::Tensor>;
  const auto ragged = [](torch::Device device) {
    return nn::Ragged::from_lengths({1, 31, 7, 20}, device);
  };
  const std::vector<std::pair<Inputs, std::function<torch::Tensor(const Inputs&)>>> operations{
      {{torch::randn({6, 3, 48}), torch::randn({6, 48}), torch::randn({6, 48})},
       [](const Inputs& in) { return nn::modulated_norm(in[0], in[1], in[2], 1e-6); }},
      {{torch::randn({6, 3, 48}), torch::randn({6, 48}), torch::randn({6, 3, 48})},
       [](const Inputs& in) { return nn::gated_residual(in[0], in[1], in[2]); }},
      {{torch::randn({70, 33}), torch::randn({33})},
       [](const Inputs& in) { return nn::bias_gelu(in[0], in[1]); }},
      {{torch::randn({70, 33}), torch::randn({70, 33})},
       [](const Inputs& in) { return nn::dropout(in[0], 0.3, in[1]); }},
      {{torch::randn({70, 33})}, [](const Inputs& in) { return nn::relu_dropout(in[0], 0.3); }},
      {{0.5 * torch::randn({9, 258})},
       [](const Inputs& in) {
         return nn::coordinate_loss(in[0], torch::arange(9, in[0].options().dtype(torch::kLong)),
                                    {});
       }},
      {{torch::randn({59, 96})}, [&](const Inputs& in) {
         return nn::attention(in[0], ragged(in[0].device()), {4, nn::Reach::kPast, 0.2});
       }}};
  for (std::size_t i = 0; i < operations.size(); ++i) {
    Inputs results[2];
    for (const bool on_gpu : {false, true}) {
      Inputs in;
      for (const torch::Tensor& t : operations[i].first)
        in.push_back((on_gpu ? t.cuda() : t.clone()).requires_grad_());
      at::manual_seed(3);
      const auto y = operations[i].second(in);
      y.square().sum().backward();
      results[on_gpu].push_back(y.cpu());
      for (const torch::Tensor& t : in) results[on_gpu].push_back(t.grad().cpu());
    }
    for (std::size_t k = 0; k < results[0].size(); ++k)
      EXPECT_TRUE(at::allclose(results[1][k], results[0][k], 1e-4, 1e-4))
          << "operation " << i << ", result " << k;
  }
}

constexpr std::int64_t kRows = 40, kWidth = 256, kInner = 1024, kBlocks = 2;  // of stacks

torch::Tensor matrix(std::int64_t out, std::int64_t in) {
  return torch::randn({out, in}) / std::sqrt(static_cast<double>(in));
}

// ||found - expected|| / ||expected||, on the CPU
double distance(const torch::Tensor& found, const torch::Tensor& expected) {
  const auto e = expected.to(torch::kFloat);
  return ((found.to(torch::kFloat) - e).norm() / e.norm()).item<double>();
}

// The stack of blocks in bfloat16 and its gradients: one source of numbers, two devices.
TEST_F(GpuTest, TheStackOfBlocksIsThatOfTheCpu) {
  const nn::ProductPrecision precision(nn::Precision::kBfloat16);
  std::vector<torch::Tensor> weights;
  for (std::int64_t k = 0; k < kBlocks; ++k) {
    for (const torch::Tensor& t :
         {matrix(3 * kWidth, kWidth), torch::randn({3 * kWidth}), matrix(kWidth, kWidth),
          torch::randn({kWidth}), matrix(kInner, kWidth), torch::randn({kInner}),
          matrix(kWidth, kInner), torch::randn({kWidth})})
      weights.push_back(t);
  }
  const auto x = torch::randn({kRows, kWidth}), up = torch::randn({kRows, kWidth});
  const auto modulation =
      (0.5 * torch::randn({kRows, (6 * kBlocks + 2) * kWidth})).to(torch::kBFloat16);
  std::vector<torch::Tensor> results[2];
  for (const bool on_gpu : {false, true}) {
    const auto here = [&](const torch::Tensor& t) {
      return (on_gpu ? t.cuda() : t.clone()).requires_grad_();
    };
    std::vector<torch::Tensor> leaves{here(x), here(modulation)};
    for (const torch::Tensor& t : weights) leaves.push_back(here(t));
    std::vector<nn::StackBlock> blocks(kBlocks);
    for (std::size_t k = 0; k < blocks.size(); ++k) {
      const torch::Tensor* of = &leaves[2 + 8 * k];
      blocks[k] = {of[0], of[1], of[2], of[3], of[4], of[5], of[6], of[7], {}, {}};
    }
    EXPECT_EQ(nn::takes_stack(leaves[0], blocks, true), on_gpu);
    const auto y = nn::modulated_stack(leaves[0], leaves[1], blocks, 1e-6);
    (y.to(torch::kFloat) * here(up).detach()).sum().backward();
    results[on_gpu].push_back(y.detach().cpu());
    for (const torch::Tensor& t : leaves) results[on_gpu].push_back(t.grad().cpu());
  }
  for (std::size_t i = 0; i < results[0].size(); ++i)
    EXPECT_LT(distance(results[1][i], results[0][i]), 0.02) << "result " << i;
}

// What samples: blocks with bfloat16 weights and one map for values and output, whose modulation
// several rows share.
TEST_F(GpuTest, TheFrozenStackIsThatOfTheCpu) {
  const torch::NoGradGuard no_grad;
  std::vector<nn::StackBlock> blocks(kBlocks);
  for (nn::StackBlock& b : blocks) {
    b.merged_weight = matrix(kWidth, kWidth).to(torch::kBFloat16);
    b.merged_bias = torch::randn({kWidth});
    b.up_weight = matrix(kInner, kWidth).to(torch::kBFloat16);
    b.up_bias = torch::randn({kInner});
    b.down_weight = matrix(kWidth, kInner).to(torch::kBFloat16);
    b.down_bias = torch::randn({kWidth});
  }
  const auto x = torch::randn({kRows, kWidth});
  const auto modulation =
      (0.5 * torch::randn({5, (6 * kBlocks + 2) * kWidth})).to(torch::kBFloat16);
  const auto rows = torch::randint(5, {kRows}, torch::kLong);
  const auto expected = nn::frozen_stack(x, modulation, rows, blocks, 1e-6);
  for (nn::StackBlock& b : blocks) {
    for (torch::Tensor* t :
         {&b.merged_weight, &b.merged_bias, &b.up_weight, &b.up_bias, &b.down_weight, &b.down_bias})
      *t = t->cuda();
  }
  ASSERT_TRUE(nn::takes_stack(x.cuda(), blocks, false));
  const auto found = nn::frozen_stack(x.cuda(), modulation.cuda(), rows.cuda(), blocks, 1e-6);
  EXPECT_LT(distance(found.cpu(), expected), 0.02);
}

// The denoiser's norms, gates, GELU and bound and AdamW, by kernels of our own and by LibTorch.
TEST_F(GpuTest, OurKernelsTrainWhatLibtorchTrains) {
  config_.diffusion.prediction = "sample";
  config_.diffusion.schedule = "linear";
  config_.diffusion.loss_weight = "sample";
  config_.diffusion.variance = "learned_range";
  config_.training.denoiser.learning_rate = 1e-4;
  run("ours", "cuda", true);
  fs::create_directories(folder_ / "theirs");
  fs::copy(folder_ / "ours/model", folder_ / "theirs/model", fs::copy_options::recursive);
  fs::copy(folder_ / "ours/train.latents.safetensors",
           folder_ / "theirs/train.latents.safetensors");
  const nn::KernelUse none(false);
  run("theirs", "cuda", true, "denoiser");
  const auto ours = weights("ours", "denoiser");
  for (const auto& [name, tensor] : weights("theirs", "denoiser"))
    EXPECT_TRUE(at::allclose(tensor, ours.at(name), 1e-2, 1e-4)) << name;
}

TEST_F(GpuTest, Bfloat16TrainsToo) {
  config_.training.precision = "bfloat16";
  config_.denoiser.width = 128;  // wide enough for the stack of blocks
  run("rounded", "cuda", true);
  for (const char* stage : {"autoencoder", "denoiser"})
    for (const auto& [name, tensor] : weights("rounded", stage))
      EXPECT_TRUE(torch::isfinite(tensor).all().item<bool>()) << name;
}

}  // namespace
}  // namespace svgfusion::training
