// SPDX-License-Identifier: MIT
#include "svgfusion/nn/modulated_branch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "executor.h"
#include "linear_products.h"
#include "modulation_passes.h"
#include "svgfusion/nn/activation.h"
#include "svgfusion/nn/linear.h"
#include "svgfusion/nn/modulation.h"

namespace svgfusion::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class ModulatedBranch : public torch::autograd::Function<ModulatedBranch> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& shift,
                        const Tensor& scale, const Tensor& gate, const Tensor& first_weight,
                        const Tensor& first_bias, const Tensor& second_weight,
                        const Tensor& second_bias, double epsilon, bool has_gelu) {
    const LinearProducts first(first_weight), second(second_weight);
    const NormPass norm = norm_pass(x, shift, scale, epsilon, true);
    const Tensor into_first = first.operand(as_rows(norm.y));
    const Tensor inner =
        first.product(into_first, has_gelu ? std::nullopt : std::optional(first_bias));
    const Tensor into_second = second.operand(has_gelu ? gelu_pass(inner, first_bias) : inner);
    const Tensor h = second.product(into_second, second_bias).view(x.sizes());
    context->save_for_backward({x, scale, gate, norm.statistics, first_weight, first.used(),
                                first_bias, into_first, has_gelu ? inner : Tensor(), second_weight,
                                second.used(), into_second, h});
    return residual_pass(x, gate, h);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    enum { kX, kScale, kGate, kStatistics, kFirst, kFirstUsed, kFirstBias };
    enum { kIntoFirst = kFirstBias + 1, kInner, kSecond, kSecondUsed, kIntoSecond, kH };
    const auto saved = context->get_saved_variables();
    const LinearProducts first(saved[kFirst], saved[kFirstUsed]);
    const LinearProducts second(saved[kSecond], saved[kSecondUsed]);
    const Tensor up = gradients[0].contiguous();

    const ResidualGradients residual = residual_gradients(up, saved[kGate], saved[kH]);
    const Tensor second_up = as_rows(residual.h);
    const MapGradients second_map =
        of_map(second, second_up, saved[kIntoSecond], context->needs_input_grad(kSecondInput));
    const bool has_gelu = saved[kInner].defined();
    GeluGradients inner{second_map.input, {}};
    if (has_gelu) inner = gelu_gradients(second_map.input, saved[kInner], saved[kFirstBias]);
    const MapGradients first_map =
        of_map(first, inner.x, saved[kIntoFirst], context->needs_input_grad(kFirstInput));
    NormGradients norm = norm_gradients(first_map.input.view(up.sizes()), saved[kX], saved[kScale],
                                        saved[kStatistics]);
    return {norm.x.add_(up),
            norm.shift,
            norm.scale,
            residual.gate,
            first_map.weight,
            has_gelu ? inner.bias : bias_gradient(inner.x),
            second_map.weight,
            bias_gradient(second_up),
            {},
            {}};
  }

 private:
  // Of the weights among the inputs of `forward`.
  static constexpr std::size_t kFirstInput = 4, kSecondInput = 6;

  struct MapGradients {
    Tensor input, weight;
  };
  static MapGradients of_map(const LinearProducts& map, const Tensor& up, const Tensor& input,
                             bool trains) {
    const Tensor operand = map.operand(up);
    return {map.input_gradient(operand), trains ? map.weight_gradient(operand, input) : Tensor()};
  }
};

Tensor by_parts(const Tensor& x, const Modulation& m, const BranchMaps& maps, double epsilon,
                const Tensor& rows) {
  const Tensor normal = modulated_norm(x, m.shift, m.scale, epsilon, rows);
  const Tensor inner = maps.has_gelu
                           ? bias_gelu(linear(normal, maps.first_weight, Tensor()), maps.first_bias)
                           : linear(normal, maps.first_weight, maps.first_bias);
  return gated_residual(x, m.gate, linear(inner, maps.second_weight, maps.second_bias), rows);
}

}  // namespace

Tensor modulated_branch(const Tensor& x, const Modulation& m, const BranchMaps& maps,
                        double epsilon, const Tensor& rows) {
  const bool is_whole = at::GradMode::is_enabled() && !rows.defined() && x.is_cpu() &&
                        takes_kernels(x) && takes_products(x, maps.first_weight) &&
                        takes_products(x, maps.second_weight);
  if (!is_whole) return by_parts(x, m, maps, epsilon, rows);
  return ModulatedBranch::apply(x.contiguous(), with_whole_rows(m.shift), with_whole_rows(m.scale),
                                with_whole_rows(m.gate), maps.first_weight,
                                maps.first_bias.contiguous(), maps.second_weight,
                                maps.second_bias.contiguous(), epsilon, maps.has_gelu);
}

}  // namespace svgfusion::nn
