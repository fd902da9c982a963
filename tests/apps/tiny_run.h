// SPDX-License-Identifier: MIT
// A training run that takes a second.
#pragma once

#include "support/process.h"
#include "support/support.h"

namespace svgfusion::test {

inline const std::vector<std::string> kTiny{"autoencoder.width=16",
                                            "autoencoder.heads=2",
                                            "autoencoder.feed_forward=32",
                                            "autoencoder.argument_width=4",
                                            "autoencoder.latent_width=8",
                                            "autoencoder.contour_encoder_layers=1",
                                            "autoencoder.icon_encoder_layers=1",
                                            "autoencoder.icon_decoder_layers=1",
                                            "autoencoder.contour_decoder_layers=1",
                                            "denoiser.width=16",
                                            "denoiser.heads=2",
                                            "denoiser.depth=1",
                                            "denoiser.input_projection=true",
                                            "training.autoencoder.steps=30",
                                            "training.autoencoder.batch_size=4",
                                            "training.autoencoder.warmup_steps=2",
                                            "training.autoencoder.checkpoint_every=5",
                                            "training.autoencoder.validate_every=0",
                                            "training.autoencoder.preview_every=0",
                                            "training.denoiser.steps=10",
                                            "training.denoiser.batch_size=4",
                                            "training.denoiser.warmup_steps=2",
                                            "training.denoiser.checkpoint_every=5",
                                            "training.denoiser.validate_every=0",
                                            "training.denoiser.preview_every=0",
                                            "sampling.steps=3"};

class TinyRunTest : public testing::Test {
 protected:
  void SetUp() override { write_tiny_dataset(folder_ / "data", 8); }

  std::vector<std::string> train_arguments(const std::string& run,
                                           std::vector<std::string> more = {}) {
    std::vector<std::string> out{"--run",     (folder_ / run).string(),
                                 "--threads", "1",
                                 "--device",  "cpu",
                                 "--set",     "data.dataset=" + (folder_ / "data").string()};
    for (const std::string& setting : kTiny) out.insert(out.end(), {"--set", setting});
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  Result train(const std::string& run, const std::vector<std::string>& more = {}) {
    return run_tool("svgfusion-train", train_arguments(run, more));
  }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  // All weights that a run leaves, byte for byte.
  std::string weights(const std::string& run) const {
    return read(folder_ / run / "model/autoencoder.safetensors") +
           read(folder_ / run / "model/denoiser.safetensors");
  }

  TemporaryFolder folder_;
};

}  // namespace svgfusion::test
