// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "svgfusion/config/fields.h"

namespace svgfusion::diffusion {

// Defaults: the straight path with the clean latent predicted and weighted as velocity, which
// trains fastest on latents like these. The thesis's form is in configs/reference/.
struct DiffusionConfig {
  std::string schedule = "path";
  std::int64_t steps = 1000;
  double beta_start = 1e-4;
  double beta_end = 0.02;
  std::string prediction = "sample";
  std::string loss_weight = "velocity";
  double min_noise = 0.05;
  double timestep_mean = -0.4;
  double timestep_std = 1.0;
  std::string variance = "fixed";

  void visit(config::FieldVisitor& fields) {
    fields.field(
        "schedule", schedule,
        {.doc = "path: the straight line between noise and data (rectified flow); the "
                "others preserve variance, in steps: linear, scaled_linear (linear in the "
                "square root), cosine (Nichol and Dhariwal 2021), ramp (beta = t / T), "
                "raised_cosine (beta = (1 - cos(pi t / T)) / 2)",
         .choices = {"path", "linear", "scaled_linear", "cosine", "ramp", "raised_cosine"}});
    fields.field("steps", steps, {.doc = "timesteps of all but the path", .min = 2, .max = 100000});
    fields.field(
        "beta_start", beta_start,
        {.doc = "linear, scaled_linear: beta of the first step of 1000", .min = 0, .max = 1});
    fields.field(
        "beta_end", beta_end,
        {.doc = "linear, scaled_linear: beta of the last step of 1000", .min = 0, .max = 1});
    fields.field(
        "prediction", prediction,
        {.doc =
             "what the denoiser predicts: the clean latent (sample), the noise, the velocity, or "
             "the score (the gradient of the log density, -noise / its level)",
         .choices = {"noise", "sample", "velocity", "score"}});
    fields.field("loss_weight", loss_weight,
                 {.doc = "the space in which the squared error is measured",
                  .choices = {"noise", "sample", "velocity", "score"}});
    fields.field("min_noise", min_noise,
                 {.doc = "weights divide by the noise level, but by no less than this",
                  .min = 1e-6,
                  .max = 1});
    fields.field(
        "timestep_mean", timestep_mean,
        {.doc = "path: t = sigmoid(N(mean, std^2)), t = 1 is data", .min = -10, .max = 10});
    fields.field("timestep_std", timestep_std,
                 {.doc = "path: see timestep_mean; 0 draws t uniformly", .min = 0, .max = 10});
    fields.field("variance", variance,
                 {.doc = "of a step back: fixed, or learned between its bounds (learned_range, "
                         "Nichol and Dhariwal 2021; not for the path)",
                  .choices = {"fixed", "learned_range"}});
  }
};

}  // namespace svgfusion::diffusion
