// SPDX-License-Identifier: MIT
#include "svgfusion/nn/coordinates.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "executor.h"

namespace svgfusion::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

const std::int64_t* targets_of(const torch::Tensor& t) { return t.const_data_ptr<std::int64_t>(); }

class CoordinateLoss : public torch::autograd::Function<CoordinateLoss> {
 public:
  // outputs [R, V + 2], targets [R] -> []
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& outputs,
                               const torch::Tensor& targets, const CoordinateHead& head) {
    auto losses = torch::empty({outputs.size(0)}, outputs.options());
    auto log_sums = torch::empty_like(losses);
    run_kernel(outputs, [&](const auto& executor) {
      kernels::coordinate_loss(data_of(outputs), targets_of(targets), losses.data_ptr<float>(),
                               log_sums.data_ptr<float>(), outputs.size(0), head, executor);
    });
    context->save_for_backward({outputs, targets, log_sums});
    context->saved_data["head"] =
        c10::List<double>({static_cast<double>(head.values), head.place_scale, head.start_deviation,
                           head.smoothing, head.most});
    return losses.sum();
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& outputs = saved[0];
    const auto numbers = context->saved_data["head"].toDoubleVector();
    CoordinateHead head;
    head.values = static_cast<std::int64_t>(numbers[0]);
    head.place_scale = static_cast<float>(numbers[1]);
    head.start_deviation = static_cast<float>(numbers[2]);
    head.smoothing = static_cast<float>(numbers[3]);
    head.most = static_cast<float>(numbers[4]);
    const auto up = gradients[0].contiguous();
    auto doutputs = torch::empty_like(outputs);
    run_kernel(outputs, [&](const auto& executor) {
      kernels::coordinate_loss_gradient(data_of(up), data_of(outputs), targets_of(saved[1]),
                                        data_of(saved[2]), doutputs.data_ptr<float>(),
                                        outputs.size(0), head, executor);
    });
    return {doutputs, {}, {}};
  }
};

}  // namespace

torch::Tensor coordinate_logits(const torch::Tensor& outputs, const CoordinateHead& head) {
  const auto parts = outputs.split_with_sizes({head.values, 1, 1}, -1);
  const auto place = head.values / 2 + head.place_scale * parts[1];
  const auto deviation =
      head.start_deviation * (-parts[2].clamp(CoordinateHead::kLeast, head.most)).exp();
  const auto values = torch::arange(head.values, outputs.options());
  return parts[0] - 0.5 * ((values - place) / deviation).square();
}

torch::Tensor coordinate_loss(const torch::Tensor& outputs, const torch::Tensor& targets,
                              const CoordinateHead& head) {
  if (takes_kernels(outputs)) {
    return CoordinateLoss::apply(outputs.reshape({-1, head.values + 2}).contiguous(),
                                 targets.flatten().contiguous(), head);
  }
  const auto log_p = at::log_softmax(coordinate_logits(outputs, head), -1);  // [.., V]
  const auto is_none = targets.eq(kernels::kNoTarget);
  const auto at_value = [&](const torch::Tensor& values) {
    return log_p.gather(-1, values.clamp_min(0).unsqueeze(-1))
        .squeeze(-1)
        .masked_fill(is_none, 0)
        .sum();
  };
  const auto share = static_cast<double>(head.smoothing);
  auto loss = -(1 - share) * at_value(targets);
  if (share > 0) {
    const auto low = (targets - 1).clamp_min(0);
    const auto high = (targets + 1).clamp_max(head.values - 1);
    loss = loss - 0.5 * share * (at_value(low) + at_value(high));
  }
  return loss;
}

}  // namespace svgfusion::nn
