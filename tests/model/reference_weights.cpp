// SPDX-License-Identifier: MIT
#include "reference_weights.h"

#include <gtest/gtest.h>
#include <torch/optim/adam.h>

#include <cmath>
#include <map>

namespace svgfusion::model {
namespace {

class Names {
 public:
  void add(const std::string& reference, const std::string& ours) {
    out.push_back({reference, ours});
  }
  void linear(const std::string& reference, const std::string& ours) {
    for (const char* part : {".weight", ".bias"}) add(reference + part, ours + part);
  }
  void modulation(const std::string& reference, std::int64_t first_row, std::int64_t rows) {
    for (const char* part : {".weight", ".bias"})
      out.push_back({reference + part, std::string("modulation") + part, first_row, rows});
  }
  void table(const std::string& reference, const std::string& ours) {
    add(reference + ".weight", ours + ".weight");
  }
  void stack(const std::string& reference, const std::string& ours, std::int64_t layers,
             bool injects, bool injects_label) {
    for (std::int64_t i = 0; i < layers; ++i) {
      const std::string from = reference + ".layers." + std::to_string(i) + ".";
      const std::string to = ours + ".layers." + std::to_string(i) + ".";
      add(from + "self_attn.in_proj_weight", to + "attention.qkv.weight");
      add(from + "self_attn.in_proj_bias", to + "attention.qkv.bias");
      linear(from + "self_attn.out_proj", to + "attention.out");
      if (injects) linear(from + "linear_global", to + "inject");
      if (injects_label) linear(from + "linear_global2", to + "inject_label");
      linear(from + "linear1", to + "up");
      linear(from + "linear2", to + "down");
      linear(from + "norm1", to + "attention_norm");
      linear(from + "norm2", to + "feed_forward_norm");
    }
    linear(reference + ".norm", ours + ".norm");
  }
  void embedding(const std::string& reference, const std::string& ours, bool contours) {
    table(reference + ".command_embed", ours + "_command_table");
    table(reference + ".arg_embed", ours + "_argument_table");
    linear(reference + ".embed_fcn", ours + "_projection");
    if (contours) table(reference + ".group_embed", ours + "_contour_table");
    table(reference + ".pos_encoding.pos_embed", ours + "_position_table");
  }
  std::vector<ReferenceName> out;
};

}  // namespace

std::vector<ReferenceName> deepsvg_names(const AutoencoderConfig& c) {
  const DeepSvgConfig& d = c.deepsvg;
  const bool labels = d.label_condition;
  Names n;
  n.embedding("encoder.embedding", "encoder", d.encode_stages == 1);
  if (labels) n.table("encoder.label_embedding.label_embedding", "encoder_label_table");
  n.stack("encoder.encoder", "command_encoder", c.contour_encoder_layers, false, labels);
  if (d.encode_stages == 2) {
    if (!d.self_match) n.table("encoder.hierarchical_PE.pos_embed", "encoder_slot_table");
    n.stack("encoder.hierarchical_encoder", "path_encoder", c.icon_encoder_layers, false, labels);
  }
  for (int i = 0; i < 4; ++i) {
    n.linear("resnet.linear" + std::to_string(i + 1) + ".0", "residual." + std::to_string(i));
  }
  if (c.variant == "vae") {
    n.linear("vae.enc_mu_fcn", "bottleneck");
    n.linear("vae.enc_sigma_fcn", "log_sigma2");
  } else {
    n.linear("bottleneck.bottleneck", "bottleneck");
  }
  if (labels) n.table("decoder.label_embedding.label_embedding", "decoder_label_table");
  if (d.decode_stages == 2) {
    n.table("decoder.hierarchical_embedding.PE.pos_embed", "decoder_slot_table");
    n.stack("decoder.hierarchical_decoder", "path_decoder", c.icon_decoder_layers, true, labels);
    n.linear("decoder.hierarchical_fcn.visibility_fcn", "visibility_head");
    n.linear("decoder.hierarchical_fcn.z_fcn", "code_head");
  }
  if (d.prediction == "autoregressive") {
    n.embedding("decoder.embedding", "decoder", true);
  } else {
    n.table("decoder.embedding.PE.pos_embed", "decoder_position_table");
  }
  n.stack("decoder.decoder", "command_decoder", c.contour_decoder_layers, true, labels);
  n.linear("decoder.fcn.command_fcn", "command_head");
  n.linear("decoder.fcn.args_fcn", "argument_head");
  return n.out;
}

std::vector<ReferenceName> dit_names(std::int64_t depth, std::int64_t width) {
  Names n;
  n.linear("t_embedder.mlp.0", "time_in");
  n.linear("t_embedder.mlp.2", "time_out");
  n.table("y_embedder.embedding_table", "label_table.table");
  for (std::int64_t i = 0; i < depth; ++i) {
    const std::string block = "blocks." + std::to_string(i) + ".";
    n.linear(block + "attn.qkv", block + "attention.qkv");
    n.linear(block + "attn.proj", block + "attention.out");
    n.linear(block + "mlp.fc1", block + "up");
    n.linear(block + "mlp.fc2", block + "down");
    n.modulation(block + "adaLN_modulation.1", 6 * width * i, 6 * width);
  }
  n.linear("final_layer.linear", "output");
  n.modulation("final_layer.adaLN_modulation.1", 6 * width * depth, 2 * width);
  return n.out;
}

torch::Tensor reference_noise(const std::vector<std::int64_t>& shape, std::int64_t k) {
  std::int64_t count = 1;
  for (const std::int64_t s : shape) count *= s;
  const auto out = torch::empty({count}, torch::kDouble);
  auto* values = out.data_ptr<double>();
  for (std::int64_t i = 0; i < count; ++i) {
    auto u = static_cast<std::uint32_t>(static_cast<std::uint64_t>(i) * 1103515245U + 12345U +
                                        static_cast<std::uint64_t>(k) * 2654435761U);
    u = u * 2246822519U + 3266489917U;
    values[i] = static_cast<double>(u) / 4294967296.0 - 0.5;
  }
  return out.view(shape);
}

void fill_as_reference(torch::nn::Module& module, const std::vector<ReferenceName>& names) {
  const torch::NoGradGuard no_grad;
  auto parameters = module.named_parameters();
  std::map<std::string, std::int64_t> rows_left;
  for (const auto& p : parameters) rows_left[p.key()] = p.value().size(0);
  std::int64_t k = 0;
  for (const ReferenceName& name : names) {
    ASSERT_TRUE(rows_left.count(name.ours)) << name.ours << " for " << name.reference;
    auto target = parameters[name.ours];
    if (name.rows > 0) target = target.narrow(0, name.first_row, name.rows);
    rows_left[name.ours] -= target.size(0);
    const auto u = reference_noise(target.sizes().vec(), k++);
    const auto has = [&](const char* part) {
      return name.reference.find(part) != std::string::npos;
    };
    torch::Tensor value;
    if (has("norm")) {
      value = (name.reference.ends_with("weight") ? 1.0 : 0.0) + 0.2 * u;
    } else if (target.dim() > 1) {
      const bool is_table = has("embed") && !has("fcn") && !has("t_embedder");
      value = (is_table ? 1.0 : 2 / std::sqrt(static_cast<double>(target.size(-1)))) * u;
    } else {
      value = 0.1 * u;
    }
    target.copy_(value.to(torch::kFloat));
  }
  for (const auto& [name, rows] : rows_left) EXPECT_EQ(rows, 0) << name;
}

void train_plainly(torch::nn::Module& module, int steps, double rate,
                   const std::function<torch::Tensor()>& loss) {
  torch::optim::Adam optimizer(module.parameters(), torch::optim::AdamOptions(rate));
  for (int i = 0; i < steps; ++i) {
    optimizer.zero_grad();
    loss().backward();
    optimizer.step();
  }
}

}  // namespace svgfusion::model
