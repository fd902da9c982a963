// SPDX-License-Identifier: MIT
#include "svgfusion/nn/modulated_branch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "branch_maps.h"
#include "executor.h"
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
    const Branch branch{LinearProducts(first_weight), first_bias, LinearProducts(second_weight),
                        second_bias, has_gelu};
    const NormPass norm = norm_pass(x, shift, scale, epsilon, true);
    BranchRecord record;
    record.into_first = branch.first->operand(as_rows(norm.y));
    run_branch(branch, record);
    context->save_for_backward({x, scale, gate, norm.statistics, first_weight, branch.first->used(),
                                first_bias, second_weight, branch.second.used(), record.into_first,
                                record.inner, record.into_second, record.h});
    context->saved_data["has_gelu"] = has_gelu;
    return residual_pass(x, gate, record.h.view(x.sizes()));
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    enum { kX, kScale, kGate, kStatistics, kFirst, kFirstUsed, kFirstBias, kSecond, kSecondUsed };
    enum { kIntoFirst = kSecondUsed + 1, kInner, kIntoSecond, kH };
    const auto saved = context->get_saved_variables();
    const Branch branch{LinearProducts(saved[kFirst], saved[kFirstUsed]),
                        saved[kFirstBias],
                        LinearProducts(saved[kSecond], saved[kSecondUsed]),
                        {},
                        context->saved_data["has_gelu"].toBool(),
                        context->needs_input_grad(kFirstInput),
                        context->needs_input_grad(kSecondInput)};
    BranchRecord record;
    record.into_first = saved[kIntoFirst];
    record.inner = saved[kInner];
    record.into_second = saved[kIntoSecond];
    const Tensor up = gradients[0].contiguous();
    const ResidualGradients residual =
        residual_gradients(up, saved[kGate], saved[kH].view(up.sizes()));
    const Tensor dh = as_rows(residual.h);
    MapGradients maps;
    const Tensor of_norm =
        branch_gradient(branch, record, dh, branch.second.operand(dh), maps).view(up.sizes());
    NormGradients norm = norm_gradients(of_norm, saved[kX], saved[kScale], saved[kStatistics]);
    return {norm.x.add_(up),
            norm.shift,
            norm.scale,
            residual.gate,
            maps.first_weight,
            maps.first_bias,
            maps.second_weight,
            maps.second_bias,
            {},
            {}};
  }

 private:
  // Of the weights among the inputs of `forward`.
  static constexpr std::size_t kFirstInput = 4, kSecondInput = 6;
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
