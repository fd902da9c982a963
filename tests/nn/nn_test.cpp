// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "support/support.h"
#include "svgfusion/nn/embeddings.h"
#include "svgfusion/nn/linear.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/transformer.h"

namespace svgfusion::nn {
namespace {

TEST(Ragged, PadAndUnpadAreInverse) {
  at::manual_seed(1);
  const Ragged ragged = Ragged::from_lengths({2, 1, 3}, torch::kCPU);
  const auto rows = torch::randn({6, 4});
  const auto padded = pad(rows, ragged);
  EXPECT_EQ(padded.sizes(), (c10::IntArrayRef{3, 3, 4}));
  EXPECT_TRUE(unpad(padded, ragged).equal(rows));
  EXPECT_EQ(padded[1][1].abs().sum().item<float>(), 0);
  EXPECT_TRUE(at::allclose(group_mean(rows, ragged)[0], rows.narrow(0, 0, 2).mean(0)));
  EXPECT_TRUE(ragged.position.equal(torch::tensor({0, 1, 0, 0, 1, 2})));
  EXPECT_ANY_THROW(Ragged::from_lengths({1, 0}, torch::kCPU));
}

TransformerLayer make_layer(std::int64_t code_width) {
  at::manual_seed(2);
  TransformerLayer layer(LayerOptions{16, 2, 32, 0.0, code_width});
  layer->eval();
  return layer;
}

TEST(Transformer, AGroupDoesNotSeeTheOthers) {
  const torch::NoGradGuard no_grad;
  auto layer = make_layer(8);
  for (const Reach reach : {Reach::kWholeGroup, Reach::kPast}) {
    const auto rows = torch::randn({7, 16});
    const auto codes = torch::randn({3, 8});
    const auto together =
        layer->forward(rows, Ragged::from_lengths({2, 4, 1}, torch::kCPU), reach, codes, {});
    std::int64_t begin = 0;
    for (const std::int64_t length : {2, 4, 1}) {
      const std::int64_t group = begin == 0 ? 0 : begin == 2 ? 1 : 2;
      const auto alone =
          layer->forward(rows.narrow(0, begin, length), Ragged::from_lengths({length}, torch::kCPU),
                         reach, codes.narrow(0, group, 1), {});
      EXPECT_TRUE(at::allclose(together.narrow(0, begin, length), alone, 1e-5, 1e-6));
      begin += length;
    }
  }
}

TEST(Transformer, ThePastDoesNotSeeTheFuture) {
  const torch::NoGradGuard no_grad;
  auto layer = make_layer(0);
  auto rows = torch::randn({5, 16});
  const auto longer =
      layer->forward(rows, Ragged::from_lengths({5}, torch::kCPU), Reach::kPast, {}, {});
  const auto shorter = layer->forward(rows.narrow(0, 0, 3), Ragged::from_lengths({3}, torch::kCPU),
                                      Reach::kPast, {}, {});
  EXPECT_TRUE(at::allclose(longer.narrow(0, 0, 3), shorter, 1e-5, 1e-6));
  const auto whole =
      layer->forward(rows, Ragged::from_lengths({5}, torch::kCPU), Reach::kWholeGroup, {}, {});
  EXPECT_FALSE(at::allclose(whole.narrow(0, 0, 3), shorter, 1e-3, 1e-3));
}

// The products by oneDNN and their gradients against LibTorch's own.
TEST(Linear, AgreesWithAtLinear) {
  at::manual_seed(4);
  const auto up = torch::randn({2, 3, 24});
  const auto run = [&](bool ours, bool has_bias) {
    at::manual_seed(5);
    auto x = torch::randn({2, 3, 40}).requires_grad_();
    auto weight = torch::randn({24, 40}).requires_grad_();
    auto bias = torch::randn({24}).requires_grad_();
    const auto b = has_bias ? bias : torch::Tensor();
    const auto y = ours ? linear(x, weight, b)
                        : at::linear(x, weight, has_bias ? std::optional(bias) : std::nullopt);
    (y * up).sum().backward();
    std::vector<torch::Tensor> out{y.detach(), x.grad(), weight.grad()};
    if (has_bias) out.push_back(bias.grad());
    return out;
  };
  for (const bool has_bias : {true, false}) {
    const auto found = run(true, has_bias);
    const auto expected = run(false, has_bias);
    for (std::size_t i = 0; i < found.size(); ++i)
      EXPECT_TRUE(at::allclose(found[i], expected[i], 1e-5, 1e-5)) << i;
  }
  const torch::NoGradGuard
      no_grad;  // a slice of a larger weight, and double, which takes the other way
  const auto weight = torch::randn({30, 8});
  const auto x = torch::randn({5, 8});
  EXPECT_TRUE(at::allclose(linear(x, weight.narrow(0, 20, 10), torch::Tensor()),
                           at::linear(x, weight.narrow(0, 20, 10)), 1e-5, 1e-5));
  EXPECT_TRUE(linear(x.to(torch::kDouble), weight.to(torch::kDouble), torch::Tensor())
                  .equal(at::linear(x.to(torch::kDouble), weight.to(torch::kDouble))));
}

// Numbers of few bits have exact products: only then must both precisions agree to the last bit.
TEST(Linear, Bfloat16RoundsOperandsAndNothingElse) {
  at::manual_seed(5);
  const auto x = torch::randn({7, 12}).requires_grad_();
  const auto weight = torch::randn({5, 12}).requires_grad_();
  const auto bias = torch::randn({5}).requires_grad_();
  const auto up = torch::randn({7, 5});
  const auto round = [](const torch::Tensor& t) {
    return t.detach().to(torch::kBFloat16).to(torch::kFloat);
  };
  torch::Tensor y;
  {
    const ProductPrecision precision(Precision::kBfloat16);
    y = linear(x, weight, bias);
  }
  y.backward(up);  // as it was computed, whatever is set now
  EXPECT_EQ(y.scalar_type(), torch::kFloat);
  const auto exact = at::linear(round(x), round(weight)) + bias;
  EXPECT_TRUE(at::allclose(y, exact, 1e-2, 1e-2));
  EXPECT_FALSE(y.equal(linear(x, weight, bias)));  // it did round
  EXPECT_TRUE(at::allclose(x.grad(), round(up).mm(round(weight)), 1e-2, 1e-2));
  EXPECT_TRUE(at::allclose(weight.grad(), round(up).t().mm(round(x)), 1e-2, 1e-2));
  EXPECT_TRUE(at::allclose(bias.grad(), up.sum(0)));
  EXPECT_EQ(weight.grad().scalar_type(), torch::kFloat);

  const auto few_bits = [](const torch::Tensor& t) { return t.detach().mul(4).round().div(4); };
  const ProductPrecision precision(Precision::kBfloat16);
  EXPECT_TRUE(linear(few_bits(x), few_bits(weight), torch::Tensor())
                  .equal(round(at::linear(few_bits(x), few_bits(weight)))));
}

TEST(Linear, RoundedWeightsAreUsedAsTheyAre) {
  at::manual_seed(6);
  torch::nn::Linear layer(12, 5);
  const auto x = torch::randn({3, 2, 12});
  torch::Tensor expected;
  const torch::NoGradGuard no_grad;
  {
    const ProductPrecision precision(Precision::kBfloat16);
    expected = linear(layer, x);
  }
  round_weights(*layer, Precision::kBfloat16);
  EXPECT_EQ(layer->weight.scalar_type(), torch::kBFloat16);
  EXPECT_TRUE(linear(layer, x).equal(expected));
}

TEST(Attention, OneTokenNeedsNoQueriesAndKeys) {
  at::manual_seed(3);
  SelfAttention attention(16, 4, 0.0);
  const auto one = torch::randn({5, 1, 16});
  // The same token twice: softmax over two equal keys gives the same value.
  const auto twice = attention->forward_dense(torch::cat({one, one}, 1));
  EXPECT_TRUE(at::allclose(attention->forward_dense(one), twice.narrow(1, 0, 1), 1e-5, 1e-6));
  attention->forward_dense(one).sum().backward();
  const auto grad = attention->named_parameters()["qkv.weight"].grad();
  EXPECT_EQ(grad.narrow(0, 0, 32).abs().sum().item<float>(), 0);
  EXPECT_GT(grad.narrow(0, 32, 16).abs().sum().item<float>(), 0);
}

TEST(Embeddings, TimestepFeaturesAreCosinesThenSines) {
  const auto f = timestep_features(torch::tensor({0.0F, 3.0F}), 8);
  EXPECT_TRUE(at::allclose(f[0], torch::tensor({1.0F, 1.0F, 1.0F, 1.0F, 0.0F, 0.0F, 0.0F, 0.0F})));
  EXPECT_NEAR(f[1][0].item<float>(), std::cos(3.0), 1e-6);
  EXPECT_NEAR(f[1][5].item<float>(), std::sin(3.0 * 0.1), 1e-6);  // frequencies 1, 0.1, 0.01, 0.001
}

}  // namespace
}  // namespace svgfusion::nn
