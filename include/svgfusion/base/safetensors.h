// SPDX-License-Identifier: MIT
// The safetensors format (huggingface/safetensors): u64 little-endian header length, a JSON header
// {"name": {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {string: string}},
// then the tensors without holes, little-endian, C order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"

namespace svgfusion::base {

enum class DType { kU8, kI8, kI16, kI32, kI64, kF16, kBF16, kF32, kF64, kBool };

std::size_t size_of(DType dtype);
const char* name_of(DType dtype);  // as the format writes it: "F32"

template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, std::uint8_t>) return DType::kU8;
  if constexpr (std::is_same_v<T, std::int16_t>) return DType::kI16;
  if constexpr (std::is_same_v<T, std::int32_t>) return DType::kI32;
  if constexpr (std::is_same_v<T, std::int64_t>) return DType::kI64;
  if constexpr (std::is_same_v<T, float>) return DType::kF32;
  if constexpr (std::is_same_v<T, double>) return DType::kF64;
}

struct TensorView {
  DType dtype = DType::kU8;
  std::vector<std::int64_t> shape;
  std::span<const std::uint8_t> bytes;
};

// A view of a typed array; the array must outlive it.
template <class T>
TensorView view_of(std::span<const T> values, std::vector<std::int64_t> shape) {
  return {dtype_of<T>(),
          std::move(shape),
          {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()}};
}
template <class T>
TensorView view_of(const std::vector<T>& values) {
  return view_of(std::span<const T>(values), {static_cast<std::int64_t>(values.size())});
}

// Reads a file and checks all of it before anything is handed out. Every message names the file
// and the tensor. Throws FileError or DataError.
class SafetensorsFile {
 public:
  // Mapped: pages are read when looked at, for what is used at once. Copied: into memory, for what
  // is looked at for hours, in which the file may be overwritten.
  enum class Access { kMapped, kCopied };
  explicit SafetensorsFile(const std::filesystem::path& path, Access access = Access::kMapped);

  const std::filesystem::path& path() const { return path_; }
  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  bool contains(const std::string& name) const { return tensors_.contains(name); }

  const TensorView& tensor(const std::string& name) const;
  const std::string& metadata_value(const std::string& key) const;

  // The tensor as an array, its dtype and rank checked; `shape` gives -1 where any size will do.
  template <class T>
  std::span<const T> array(const std::string& name, const std::vector<std::int64_t>& shape) const {
    const TensorView& view = checked(name, dtype_of<T>(), shape);
    return {reinterpret_cast<const T*>(view.bytes.data()), view.bytes.size() / sizeof(T)};
  }

 private:
  const TensorView& checked(const std::string& name, DType dtype,
                            const std::vector<std::int64_t>& shape) const;

  std::filesystem::path path_;
  std::shared_ptr<const MappedFile> file_;  // one of the two
  std::shared_ptr<const std::string> copy_;
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
};

// Atomic. Tensors are laid out by element size, largest first, then by name, so that each starts
// aligned; the same content gives the same bytes.
void write_safetensors(const std::filesystem::path& path,
                       const std::map<std::string, TensorView>& tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace svgfusion::base
