// SPDX-License-Identifier: MIT
// How much of what the machine can do a stage uses.
#pragma once

#include <torch/types.h>

#include <map>
#include <string>

namespace svgfusion::training {

// What one device reaches on easy work: measured, since data sheets are not reached.
struct Peak {
  double flops = 0;  // floating-point operations a second of a large float32 product
  double bytes = 0;  // a second, read and written, of a large copy
};
// Takes a fraction of a second.
Peak measure_peak(torch::Device device);

// Of one process: flops_per_second of its products (nn::product_flops), and the shares of the peak
// that these and the traffic of its parameters are. `parameters` elements move at least: weights
// read forward and backward, gradients written and read twice, AdamW's weight and moments read and
// written, and with `averages` the average too: 44 or 56 bytes an element and step.
std::map<std::string, double> throughput(const Peak& peak, double flops, double steps,
                                         double seconds, std::int64_t parameters, bool averages);

}  // namespace svgfusion::training
