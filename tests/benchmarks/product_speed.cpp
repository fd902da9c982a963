// SPDX-License-Identifier: MIT
// GFLOP/s of a linear map and its two gradients at the denoiser's sizes: ours, LibTorch's own
// (at::linear and mm), oneDNN, and ours with weights packed before, alternately, with weights that
// come from memory as in a deep model's step. Prints a table.
#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "app.h"
#include "svgfusion/nn/packed_weights.h"
#include "svgfusion/nn/process.h"
#include "svgfusion/nn/product_engines.h"

namespace {

using namespace svgfusion;

constexpr std::int64_t kBytesOfWeights = 96 << 20;  // more than a cache holds

template <class Body>
double gflops(double flops, std::size_t calls, const Body& body) {
  std::vector<double> rates;
  for (int i = 0; i < 7; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t k = 0; k < calls; ++k) body(k);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    rates.push_back(flops * static_cast<double>(calls) / taken.count() / 1e9);
  }
  std::sort(rates.begin(), rates.end());
  return rates[rates.size() / 2];
}

void run(app::Options& options) {
  nn::set_up_process(options.threads());
  const torch::NoGradGuard no_grad;
  std::puts("rows\tin\tout\twhat\tkernels\tlibtorch\tonednn\tpacked");
  for (const std::int64_t rows : {32, 64, 100, 128, 256}) {
    for (const auto& [in, out] : {std::pair{256, 256}, {256, 1024}, {1024, 256}, {256, 1536}}) {
      const auto x = torch::randn({rows, in});
      std::vector<torch::Tensor> w, dw;
      while (static_cast<std::int64_t>(w.size()) * in * out * 4 < kBytesOfWeights) {
        w.push_back(torch::randn({out, in}));
        dw.emplace_back();
      }
      const auto up = torch::randn({rows, out});
      const double flops = 2.0 * static_cast<double>(rows) * in * out;
      for (const char* what : {"y", "dx", "dw"}) {
        std::printf("%lld\t%d\t%d\t%s", static_cast<long long>(rows), in, out, what);
        for (const nn::Engine engine : nn::kEngines) {
          std::printf("\t%.0f", gflops(flops, w.size(), [&](std::size_t k) {
                        if (what[0] == 'y') nn::product(engine, x, w[k], {});
                        if (what[1] == 'x') nn::input_gradient(engine, up, w[k]);
                        if (what[1] == 'w') dw[k] = nn::weight_gradient(engine, up, x);
                      }));
        }
        if (what[0] == 'y') {
          nn::PackedWeights weights;
          const nn::PackedWeights::Use use(weights);
          std::printf("\t%.0f", gflops(flops, w.size(), [&](std::size_t k) {
                        nn::PackedWeights::product(x, w[k], {});
                      }));
        }
        std::puts("");
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  app::Options options("product_speed", "Times products of a few rows.", "product_speed");
  return app::run_app(argc, argv, std::move(options), run);
}
