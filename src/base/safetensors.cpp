// SPDX-License-Identifier: MIT
#include "svgfusion/base/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "svgfusion/base/json.h"

namespace svgfusion::base {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::uint64_t kMaxHeader = 100'000'000;

struct DTypeRow {
  DType dtype;
  const char* name;
  std::size_t size;
};
constexpr std::array<DTypeRow, 10> kDTypes{{{DType::kU8, "U8", 1},
                                            {DType::kI8, "I8", 1},
                                            {DType::kI16, "I16", 2},
                                            {DType::kI32, "I32", 4},
                                            {DType::kI64, "I64", 8},
                                            {DType::kF16, "F16", 2},
                                            {DType::kBF16, "BF16", 2},
                                            {DType::kF32, "F32", 4},
                                            {DType::kF64, "F64", 8},
                                            {DType::kBool, "BOOL", 1}}};

const DTypeRow& row_of(DType dtype) {
  return *std::find_if(kDTypes.begin(), kDTypes.end(),
                       [&](const DTypeRow& row) { return row.dtype == dtype; });
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::vector<std::string> parts;
  parts.reserve(shape.size());
  for (const std::int64_t size : shape) parts.push_back(size < 0 ? "*" : to_text(size));
  return concat("[", join(parts, ", "), "]");
}

struct Range {
  std::uint64_t begin;
  std::uint64_t end;
};

// Reads one header entry; `where` already names file and tensor.
std::pair<TensorView, Range> read_entry(const nlohmann::json& entry, const std::string& where,
                                        std::span<const std::uint8_t> data) {
  const auto fail = [&](const std::string& what) { return DataError(concat(where, ": ", what)); };
  if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") ||
      !entry.contains("shape") || !entry.contains("data_offsets")) {
    throw fail("expected exactly the keys dtype, shape and data_offsets");
  }
  TensorView view;
  const auto row = std::find_if(kDTypes.begin(), kDTypes.end(), [&](const DTypeRow& candidate) {
    return entry["dtype"].is_string() && entry["dtype"] == candidate.name;
  });
  if (row == kDTypes.end()) throw fail(concat("unknown dtype ", entry["dtype"].dump()));
  view.dtype = row->dtype;

  const auto is_index = [](const nlohmann::json& value) { return value.is_number_unsigned(); };
  const nlohmann::json& shape = entry["shape"];
  if (!shape.is_array() || shape.size() > 16 ||
      !std::all_of(shape.begin(), shape.end(), is_index)) {
    throw fail("shape is not a list of sizes");
  }
  std::uint64_t bytes = row->size;
  for (const nlohmann::json& size : shape) {
    const auto value = size.get<std::uint64_t>();
    if (value > INT64_MAX || __builtin_mul_overflow(bytes, value, &bytes)) {
      throw fail("shape is too large");
    }
    view.shape.push_back(static_cast<std::int64_t>(value));
  }
  const nlohmann::json& offsets = entry["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2 || !is_index(offsets[0]) ||
      !is_index(offsets[1])) {
    throw fail("data_offsets is not a pair of positions");
  }
  const Range range{offsets[0].get<std::uint64_t>(), offsets[1].get<std::uint64_t>()};
  if (range.begin > range.end || range.end > data.size()) {
    throw fail(concat("data_offsets [", range.begin, ", ", range.end, "] leave the ", data.size(),
                      " bytes of data; the file may be cut short"));
  }
  if (range.end - range.begin != bytes) {
    throw fail(concat("shape ", shape_text(view.shape), " of ", row->name, " needs ", bytes,
                      " bytes, data_offsets give ", range.end - range.begin));
  }
  view.bytes = data.subspan(range.begin, bytes);
  return {view, range};
}

void check_tiling(std::vector<std::pair<Range, std::string>> ranges, std::uint64_t total,
                  const std::string& path) {
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.begin, a.first.end) < std::pair(b.first.begin, b.first.end);
  });
  std::uint64_t expected = 0;
  for (const auto& [range, name] : ranges) {
    if (range.begin != expected) {
      throw DataError(concat(path, ": tensor '", name, "' begins at byte ", range.begin,
                             ", expected ", expected, "; tensors must follow without holes"));
    }
    expected = range.end;
  }
  if (expected != total) {
    throw DataError(concat(path, ": the tensors end at byte ", expected, " of ", total));
  }
}

}  // namespace

std::size_t size_of(DType dtype) { return row_of(dtype).size; }
const char* name_of(DType dtype) { return row_of(dtype).name; }

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path, Access access) : path_(path) {
  const std::string where = path.string();
  std::span<const std::uint8_t> bytes;
  if (access == Access::kMapped) {
    file_ = std::make_shared<MappedFile>(path);
    bytes = file_->bytes();
  } else {
    copy_ = std::make_shared<std::string>(read_file(path));
    bytes = {reinterpret_cast<const std::uint8_t*>(copy_->data()), copy_->size()};
  }
  std::uint64_t header_size = 0;
  if (bytes.size() < sizeof header_size) {
    throw DataError(concat(where, ": ", bytes.size(), " bytes are too few for a safetensors file"));
  }
  std::memcpy(&header_size, bytes.data(), sizeof header_size);
  if (header_size > kMaxHeader || header_size > bytes.size() - sizeof header_size) {
    throw DataError(concat(where, ": not a safetensors file, or cut short: a header of ",
                           header_size, " bytes in a file of ", bytes.size()));
  }
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + sizeof header_size,
                                header_size);
  if (header.empty() || header.front() != '{') {
    throw DataError(concat(where, ": not a safetensors file: the header is no JSON object"));
  }
  const nlohmann::json parsed = parse_json(header, where + ": header");
  const std::span<const std::uint8_t> data = bytes.subspan(sizeof header_size + header_size);
  std::vector<std::pair<Range, std::string>> ranges;
  for (const auto& [name, entry] : parsed.items()) {
    if (name == "__metadata__") {
      if (!entry.is_object()) throw DataError(where + ": __metadata__ is not an object");
      for (const auto& [key, value] : entry.items()) {
        if (!value.is_string()) throw DataError(concat(where, ": metadata '", key, "' is no text"));
        metadata_.emplace(key, value.get<std::string>());
      }
      continue;
    }
    auto [view, range] = read_entry(entry, concat(where, ": tensor '", name, "'"), data);
    if (!view.bytes.empty() &&
        reinterpret_cast<std::uintptr_t>(view.bytes.data()) % size_of(view.dtype) != 0) {
      throw DataError(concat(where, ": tensor '", name, "' is not aligned to its element size"));
    }
    tensors_.emplace(name, view);
    ranges.emplace_back(range, name);
  }
  check_tiling(std::move(ranges), data.size(), where);
}

const TensorView& SafetensorsFile::tensor(const std::string& name) const {
  const auto it = tensors_.find(name);
  if (it != tensors_.end()) return it->second;
  std::vector<std::string> names;
  for (const auto& [present, view] : tensors_) names.push_back(present);
  throw DataError(concat(path_.string(), ": has no tensor '", name, "'", did_you_mean(name, names),
                         "; it holds ", names.empty() ? "none" : join(names, ", ")));
}

const std::string& SafetensorsFile::metadata_value(const std::string& key) const {
  const auto it = metadata_.find(key);
  if (it != metadata_.end()) return it->second;
  throw DataError(concat(path_.string(), ": has no metadata '", key,
                         "'; it was not written by this program, or by another version"));
}

const TensorView& SafetensorsFile::checked(const std::string& name, DType dtype,
                                           const std::vector<std::int64_t>& shape) const {
  const TensorView& view = tensor(name);
  bool fits = view.dtype == dtype && view.shape.size() == shape.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) {
    fits = shape[i] < 0 || shape[i] == view.shape[i];
  }
  if (!fits) {
    throw DataError(concat(path_.string(), ": tensor '", name, "' is ", name_of(view.dtype), " ",
                           shape_text(view.shape), "; expected ", name_of(dtype), " ",
                           shape_text(shape)));
  }
  return view;
}

void write_safetensors(const std::filesystem::path& path,
                       const std::map<std::string, TensorView>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<const std::pair<const std::string, TensorView>*> order;
  order.reserve(tensors.size());
  for (const auto& entry : tensors) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return size_of(a->second.dtype) > size_of(b->second.dtype);
  });
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::vector<std::string_view> parts(2);
  std::uint64_t offset = 0;
  for (const auto* entry : order) {
    const auto& [name, view] = *entry;
    std::uint64_t expected = size_of(view.dtype);
    for (const std::int64_t size : view.shape) expected *= static_cast<std::uint64_t>(size);
    SVGFUSION_CHECK(expected == view.bytes.size(), name, " ", shape_text(view.shape));
    header[name] = {{"dtype", name_of(view.dtype)},
                    {"shape", view.shape},
                    {"data_offsets", {offset, offset + view.bytes.size()}}};
    offset += view.bytes.size();
    parts.emplace_back(reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size());
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t header_size = text.size();
  parts[0] = {reinterpret_cast<const char*>(&header_size), sizeof header_size};
  parts[1] = text;
  write_file(path, parts);
}

}  // namespace svgfusion::base
