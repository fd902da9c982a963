// SPDX-License-Identifier: MIT
#include "svgfusion/model/weights.h"

#include <torch/nn/module.h>

#include <array>
#include <cstring>

namespace svgfusion::model {
namespace {

using base::concat;
using base::DType;

struct TypeRow {
  DType file;
  torch::ScalarType torch;
};
constexpr std::array<TypeRow, 10> kTypes{{{DType::kU8, torch::kByte},
                                          {DType::kI8, torch::kChar},
                                          {DType::kI16, torch::kShort},
                                          {DType::kI32, torch::kInt},
                                          {DType::kI64, torch::kLong},
                                          {DType::kF16, torch::kHalf},
                                          {DType::kBF16, torch::kBFloat16},
                                          {DType::kF32, torch::kFloat},
                                          {DType::kF64, torch::kDouble},
                                          {DType::kBool, torch::kBool}}};

torch::ScalarType torch_type(DType type) {
  for (const TypeRow& row : kTypes) {
    if (row.file == type) return row.torch;
  }
  SVGFUSION_CHECK(false, base::name_of(type));
  return torch::kFloat;
}

DType file_type(torch::ScalarType type) {
  for (const TypeRow& row : kTypes) {
    if (row.torch == type) return row.file;
  }
  SVGFUSION_CHECK(false, c10::toString(type));
  return DType::kF32;
}

std::string describe(torch::ScalarType type, c10::IntArrayRef shape) {
  std::vector<std::string> sizes;
  for (const std::int64_t size : shape) sizes.push_back(base::to_text(size));
  return concat(base::name_of(file_type(type)), " [", base::join(sizes, ", "), "]");
}

}  // namespace

NamedTensors named_tensors(const torch::nn::Module& module) {
  NamedTensors out;
  for (const auto& item : module.named_parameters()) out.emplace(item.key(), item.value());
  for (const auto& item : module.named_buffers()) out.emplace(item.key(), item.value());
  return out;
}

torch::Tensor to_tensor(const base::TensorView& view) {
  const auto tensor = torch::empty(view.shape, torch_type(view.dtype));
  if (!view.bytes.empty()) std::memcpy(tensor.data_ptr(), view.bytes.data(), view.bytes.size());
  return tensor;
}

void save_tensors(const std::filesystem::path& path, const NamedTensors& tensors,
                  const std::map<std::string, std::string>& metadata) {
  std::map<std::string, base::TensorView> views;
  std::vector<torch::Tensor> alive;
  for (const auto& [name, tensor] : tensors) {
    const auto host = tensor.detach().to(torch::kCPU).contiguous();
    alive.push_back(host);
    views[name] = {file_type(host.scalar_type()),
                   host.sizes().vec(),
                   {static_cast<const std::uint8_t*>(host.data_ptr()), host.nbytes()}};
  }
  base::write_safetensors(path, views, metadata);
}

void load_tensors(const base::SafetensorsFile& file, const NamedTensors& into) {
  std::vector<std::string> problems;
  for (const auto& [name, tensor] : into) {
    const auto it = file.tensors().find(name);
    const std::string wanted = describe(tensor.scalar_type(), tensor.sizes());
    if (it == file.tensors().end()) {
      problems.push_back(concat("'", name, "' is missing (expected ", wanted, ")"));
      continue;
    }
    const std::string found = describe(torch_type(it->second.dtype), it->second.shape);
    if (found != wanted)
      problems.push_back(concat("'", name, "' is ", found, ", expected ", wanted));
  }
  for (const auto& [name, view] : file.tensors()) {
    if (!into.contains(name)) problems.push_back(concat("'", name, "' is unknown to this model"));
  }
  if (!problems.empty()) {
    throw base::CheckpointError(
        concat(file.path().string(), ": does not fit the model, ",
               base::count_of(static_cast<std::int64_t>(problems.size()), "difference"), ":\n  ",
               base::join(problems, "\n  ")));
  }
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : into) {
    auto target = tensor;
    target.copy_(to_tensor(file.tensor(name)));
  }
}

}  // namespace svgfusion::model
