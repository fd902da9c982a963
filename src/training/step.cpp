// SPDX-License-Identifier: MIT
#include "step.h"

#include "svgfusion/nn/linear.h"
#include "svgfusion/training/trace.h"

namespace svgfusion::training {

Step::Step(Task& task, FlatParameters& parameters, Optimizer& optimizer, Communicator& communicator,
           bool wants_graph)
    : task_(task),
      stage_(task.stage()),
      parameters_(parameters),
      optimizer_(optimizer),
      communicator_(communicator),
      graph_(task.device(), wants_graph && stage_.accumulate == 1) {}

void Step::run(std::int64_t step) {
  optimizer_.prepare(step);
  if (stage_.accumulate == 1) task_.prepare(step, part(0));
  const std::int64_t flops = nn::product_flops();
  const bool capturable = task_.is_capturable();
  const bool was_replaying = capturable && graph_.is_replaying();
  graph_.run([&] { compute(step); }, capturable);
  // What the host does not see again is counted as when it did.
  if (was_replaying) {
    replayed_flops_ += flops_of_step_;
  } else if (capturable) {
    flops_of_step_ = nn::product_flops() - flops;
  }
}

std::int64_t Step::flops() const { return nn::product_flops() + replayed_flops_; }

Part Step::part(std::int64_t pass) const {
  return {communicator_.rank() * stage_.accumulate + pass,
          communicator_.world() * stage_.accumulate};
}

void Step::compute(std::int64_t step) {
  const bool keeps_products = communicator_.world() == 1 && optimizer_.takes_products();
  const nn::RoundedWeights rounded = optimizer_.rounded_weights();
  parameters_.forget_gradients();
  for (std::int64_t pass = 0; pass < stage_.accumulate; ++pass) {
    if (stage_.accumulate > 1) task_.prepare(step, part(pass));
    StepMetrics metrics;
    {
      const Range range("forward");
      metrics = task_.loss();
    }
    optimizer_.add_loss(metrics.at("loss"));
    means_.add(metrics);
    const Range range("backward");
    parameters_.backward(metrics.at("loss"), keeps_products);
  }
  if (communicator_.world() > 1) {
    const Range range("sum of gradients");
    torch::Tensor gradients = parameters_.gather_gradients();
    communicator_.sum(gradients);
  }
  const Range range("optimizer");
  optimizer_.step();
  // Every process has the norm of the whole batch: each adds its share of it.
  means_.add(
      {{"gradient_norm", optimizer_.gradient_norm() / static_cast<double>(communicator_.world())}});
}

}  // namespace svgfusion::training
