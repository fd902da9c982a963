// SPDX-License-Identifier: MIT
#include "svgfusion/nn/dropout.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/custom_function.h>

#include <atomic>

#include "draw_record.h"
#include "executor.h"
#include "svgfusion/kernels/dropout.h"

namespace svgfusion::nn {
namespace {

using kernels::Draw;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

std::atomic<StepDraws*> current_draws{nullptr};

torch::Tensor dropped(const torch::Tensor& x, const std::optional<torch::Tensor>& base,
                      const Draw& draw) {
  auto y = torch::empty_like(x);
  run_kernel(x, [&](const auto& executor) {
    kernels::dropout(data_of(x), base ? data_of(*base) : nullptr, y.data_ptr<float>(), x.numel(),
                     draw, executor);
  });
  return y;
}

class Dropout : public torch::autograd::Function<Dropout> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                               const std::optional<torch::Tensor>& base, const Draw& draw) {
    record(*context, draw);
    context->saved_data["has_base"] = base.has_value();
    return dropped(x, base, draw);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto up = gradients[0].contiguous();
    const bool has_base = context->saved_data["has_base"].toBool();
    return {dropped(up, std::nullopt, recorded(*context)), has_base ? up : torch::Tensor(), {}};
  }
};

class ReluDropout : public torch::autograd::Function<ReluDropout> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x, const Draw& draw) {
    auto y = torch::empty_like(x);
    run_kernel(x, [&](const auto& executor) {
      kernels::relu_dropout(data_of(x), y.data_ptr<float>(), x.numel(), draw, executor);
    });
    context->save_for_backward({y});
    record(*context, draw);
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto y = context->get_saved_variables()[0];
    const auto up = gradients[0].contiguous();
    auto dx = torch::empty_like(y);
    run_kernel(y, [&](const auto& executor) {
      kernels::relu_dropout_gradient(data_of(up), data_of(y), dx.data_ptr<float>(), y.numel(),
                                     recorded(*context), executor);
    });
    return {dx, {}};
  }
};

}  // namespace

StepDraws::StepDraws(torch::Device device)
    : number_(torch::zeros({1}, torch::TensorOptions().dtype(torch::kLong).device(device))) {}

void StepDraws::start(std::uint64_t number) { number_.fill_(static_cast<std::int64_t>(number)); }

StepDraws::Use::Use(StepDraws& draws) : before_(current_draws.exchange(&draws)) {
  draws.calls_ = 0;
}
StepDraws::Use::~Use() { current_draws = before_; }

Draw next_draw(double probability) {
  if (probability == 0) return {};
  if (StepDraws* const draws = current_draws) {
    Draw draw(draws->calls_++, probability);
    draw.step = reinterpret_cast<const std::uint64_t*>(draws->number_.const_data_ptr());
    return draw;
  }
  auto generator = at::detail::getDefaultCPUGenerator();
  const std::lock_guard lock(generator.mutex());
  return {at::check_generator<at::CPUGeneratorImpl>(generator)->random64(), probability};
}

torch::Tensor dropout(const torch::Tensor& x, double probability, const torch::Tensor& base) {
  if (probability == 0) return base.defined() ? base + x : x;
  if (!takes_kernels(x)) {
    const auto kept = at::dropout(x, probability, true);
    return base.defined() ? base + kept : kept;
  }
  return Dropout::apply(x.contiguous(),
                        base.defined() ? std::optional(base.contiguous()) : std::nullopt,
                        next_draw(probability));
}

torch::Tensor relu_dropout(const torch::Tensor& x, double probability) {
  if (!takes_kernels(x)) return at::dropout(at::relu(x), probability, probability > 0);
  return ReluDropout::apply(x.contiguous(), next_draw(probability));
}

}  // namespace svgfusion::nn
