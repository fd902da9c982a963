// SPDX-License-Identifier: MIT
// The jobs of svgfusion-encode, -sample and -decode: no training code.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "svgfusion/model/sampling_config.h"

namespace svgfusion::pipeline {

struct EncodeJob {
  std::filesystem::path model;
  std::filesystem::path data;
  std::filesystem::path output;
  std::string device = "auto";
  int threads = 1;
  std::int64_t batch_size = 256;
};
// Writes the latents file. Returns the number of icons.
std::int64_t encode(const EncodeJob& job);

struct DecodeJob {
  std::filesystem::path model;
  std::filesystem::path latents;
  std::filesystem::path output;  // folder
  std::filesystem::path sheet;   // PNG; empty: none
  std::string device = "auto";
  int threads = 1;
  std::int64_t batch_size = 256;
};
// Writes one SVG file a latent under its label. Throws DataError when the latents were made by
// another autoencoder.
std::int64_t decode(const DecodeJob& job);

struct SampleJob {
  std::filesystem::path model;
  std::filesystem::path output;          // folder; empty: no SVG files
  std::filesystem::path output_latents;  // empty: none
  std::filesystem::path noise;           // a file with `noise` [N, T, D]; empty: from the seed
  std::filesystem::path sheet;           // PNG; empty: none
  std::filesystem::path strip;      // PNG of the first sample on its way from noise; empty: none
  std::filesystem::path animation;  // the same as an animated SVG; empty: none
  bool random_latents = false;      // decode N(0, 1) in place of samples: no denoiser is asked
  bool as_in_thesis = false;        // the thesis's sampling, quirks included
  std::vector<std::string> labels;  // names or indices; empty: every label
  std::int64_t count = 8;           // a label
  std::int64_t seed = 0;
  // Where set, instead of the model's own.
  std::optional<std::string> sampler;
  std::optional<std::int64_t> steps;
  std::optional<std::string> spacing;
  std::optional<double> eta;
  std::optional<double> guidance;
  std::string device = "auto";
  int threads = 1;
  std::string precision = "float32";  // of the denoiser's products: float32 or bfloat16
  std::int64_t batch_size = 256;
};
// Writes DIR/LABEL/0000.svg …, DIR/samples.tsv (file, label, seed, index) and DIR/index.html.
std::int64_t sample(const SampleJob& job);

}  // namespace svgfusion::pipeline
