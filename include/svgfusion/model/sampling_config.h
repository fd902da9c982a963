// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/config/fields.h"

namespace svgfusion::model {

// How a model samples unless the command line says otherwise.
struct SamplingConfig {
  std::string sampler = "ddim";
  std::int64_t steps = 50;
  std::string spacing;
  double eta = 0;
  double guidance = 2;
  double guidance_low = 0.1;
  double guidance_high = 0.9;

  void visit(config::FieldVisitor& fields) {
    fields.field(
        "sampler", sampler,
        {.doc = "how to walk from noise to data", .choices = {"ddpm", "ddim", "euler", "heun"}});
    fields.field("steps", steps,
                 {.doc = "denoiser calls an icon (heun: twice as many)", .min = 1, .max = 100000});
    fields.field(
        "spacing", spacing,
        {.doc = "schedules in steps: which timesteps in place of steps evenly spread ones: "
                "\"10,15,20\" of three equal parts, \"ddim50\" by a whole stride"});
    fields.field(
        "eta", eta,
        {.doc = "ddim: noise added on the way; 0 none, 1 as much as ddpm", .min = 0, .max = 1});
    fields.field("guidance", guidance,
                 {.doc = "classifier-free guidance weight; 1 is none", .min = 0, .max = 100});
    fields.field("guidance_low", guidance_low,
                 {.doc = "guide only while the noise level is above this", .min = 0, .max = 1});
    fields.field("guidance_high", guidance_high,
                 {.doc = "guide only while the noise level is below this", .min = 0, .max = 1});
  }
};

}  // namespace svgfusion::model
