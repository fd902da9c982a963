// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/dataset.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "grid_json.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/base/random.h"
#include "svgfusion/dataset/style_json.h"

namespace svgfusion::dataset {
namespace {

using base::concat;
using base::DataError;
using nlohmann::json;

DatasetInfo read_info(const base::SafetensorsFile& file) {
  const std::string where = file.path().string();
  const json meta =
      base::parse_json(file.metadata_value("svgfusion_dataset"), where + ": metadata");
  DatasetInfo info;
  try {
    const std::int64_t version = meta.at("format_version");
    if (version != kDatasetVersion) {
      throw DataError(concat(where, ": is a dataset of format version ", version,
                             "; this program reads version ", kDatasetVersion,
                             "; run svgfusion-prepare again"));
    }
    const json& grid = meta.at("grid");
    const std::optional<int> bits = grid_bits_from_json(grid);
    if (!bits) {
      throw DataError(
          concat(where, ": is on other grids (", grid.dump(), "); run svgfusion-prepare again"));
    }
    info.grid_bits = *bits;
    const json& limits = meta.at("limits");
    info.limits = {limits.at("max_contours"), limits.at("max_commands_per_contour"),
                   limits.at("max_commands")};
    info.styles = styles_from_json(meta.at("styles"), where);
    info.label_names = meta.at("label_names").get<std::vector<std::string>>();
    info.sources = meta.at("sources").get<std::map<std::string, std::string>>();
  } catch (const json::exception& error) {
    throw DataError(concat(where, ": the dataset's description is damaged: ", error.what()));
  }
  return info;
}

}  // namespace

const char* name_of(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kValidation:
      return "validation";
    case Split::kTest:
      break;
  }
  return "test";
}

Dataset::Dataset(const std::filesystem::path& path)
    : file_(path, base::SafetensorsFile::Access::kCopied), info_(read_info(file_)) {
  contour_offsets_ = file_.array<std::int64_t>("contour_offsets", {-1});
  command_offsets_ = file_.array<std::int64_t>("command_offsets", {-1});
  commands_ = file_.array<std::uint8_t>("commands", {-1});
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(commands_.size()),
                                        icon::kArgumentCount};
  if (info_.grid_bits == icon::kLeastGridBits) {
    arguments_ = file_.array<std::uint8_t>("arguments", shape);
  } else {
    wide_arguments_ = file_.array<icon::Value>("arguments", shape);
  }
  contour_closed_ = file_.array<std::uint8_t>("contour_closed", {-1});
  const auto contours = static_cast<std::int64_t>(contour_closed_.size());
  contour_styles_ = file_.array<std::uint8_t>("contour_styles", {contours});
  labels_ = file_.array<std::int32_t>("labels", {-1});
  const auto count = static_cast<std::int64_t>(labels_.size());
  grids_ = file_.array<std::uint8_t>("grids", {count});
  families_ = file_.array<std::int32_t>("families", {count});
  splits_ = file_.array<std::uint8_t>("split", {count});
  name_offsets_ = file_.array<std::int64_t>("name_offsets", {count + 1});
  names_ = file_.array<std::uint8_t>("names", {-1});
  check();
}

void Dataset::check() const {
  const std::string where = path().string();
  const auto check_offsets = [&](std::span<const std::int64_t> offsets, const char* name,
                                 std::size_t pieces, std::size_t end) {
    bool good = offsets.size() == pieces + 1 && offsets.front() == 0 &&
                offsets.back() == static_cast<std::int64_t>(end);
    for (std::size_t i = 0; good && i + 1 < offsets.size(); ++i)
      good = offsets[i] <= offsets[i + 1];
    if (!good)
      throw DataError(
          concat(where, ": ", name, " do not rise from 0 to ", end, " in ", pieces, " steps"));
  };
  check_offsets(contour_offsets_, "contour_offsets", labels_.size(), contour_closed_.size());
  check_offsets(command_offsets_, "command_offsets", contour_closed_.size(), commands_.size());
  check_offsets(name_offsets_, "name_offsets", labels_.size(), names_.size());
  const auto below = [&](auto values, std::int64_t limit, const char* name) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (static_cast<std::int64_t>(values[i]) < 0 ||
          static_cast<std::int64_t>(values[i]) >= limit) {
        throw DataError(
            concat(where, ": ", name, "[", i, "] is ", values[i], "; expected 0 to ", limit - 1));
      }
    }
  };
  below(commands_, icon::kCommandCount, "commands");
  below(wide_arguments_, std::int64_t{1} << info_.grid_bits, "arguments");
  below(contour_closed_, 2, "contour_closed");
  below(contour_styles_, static_cast<std::int64_t>(info_.styles.size()), "contour_styles");
  below(grids_, icon::kGridCount, "grids");
  below(labels_, label_count(), "labels");
  below(splits_, 3, "split");
  for (std::size_t c = 0; c + 1 < command_offsets_.size(); ++c) {
    const auto begin = commands_.begin() + command_offsets_[c];
    const auto end = commands_.begin() + command_offsets_[c + 1];
    constexpr auto kMove = static_cast<std::uint8_t>(icon::Command::kMove);
    if (begin == end || *begin != kMove || std::find(begin + 1, end, kMove) != end) {
      throw DataError(concat(where, ": contour ", c, " is not one move and what follows it"));
    }
  }
  for (std::int64_t i = 0; i < size(); ++i) {
    const std::string over = icon::over_limits(tokens(i), info_.limits);
    if (!over.empty()) throw DataError(concat(where, ": icon ", i, " has ", over));
  }
}

icon::TokenIcon Dataset::tokens(std::int64_t index) const {
  SVGFUSION_CHECK(index >= 0 && index < size(), "icon ", index, " of ", size());
  icon::TokenIcon out;
  const auto i = static_cast<std::size_t>(index);
  out.grid = {grids_[i], static_cast<std::uint8_t>(info_.grid_bits)};
  const std::int64_t first = command_offsets_[static_cast<std::size_t>(contour_offsets_[i])];
  for (std::int64_t c = contour_offsets_[i]; c < contour_offsets_[i + 1]; ++c) {
    const auto contour = static_cast<std::size_t>(c);
    out.contour_offsets.push_back(
        static_cast<std::uint32_t>(command_offsets_[contour + 1] - first));
    out.closed.push_back(contour_closed_[contour]);
    out.styles.push_back(contour_styles_[contour]);
  }
  const std::int64_t end = command_offsets_[static_cast<std::size_t>(contour_offsets_[i + 1])];
  for (std::int64_t k = first; k < end; ++k) {
    out.commands.push_back(static_cast<icon::Command>(commands_[static_cast<std::size_t>(k)]));
    copy_arguments(k, out.arguments.emplace_back());
  }
  return out;
}

void Dataset::copy_arguments(std::int64_t command, icon::Arguments& out) const {
  const auto copy = [&](const auto& all) {
    std::copy_n(all.begin() + command * icon::kArgumentCount, icon::kArgumentCount, out.begin());
  };
  if (wide_arguments_.empty()) return copy(arguments_);
  copy(wide_arguments_);
}

icon::Icon Dataset::icon(std::int64_t index) const {
  return icon::from_tokens(tokens(index), info_.styles);
}

std::string_view Dataset::name(std::int64_t index) const {
  const auto i = static_cast<std::size_t>(index);
  return {reinterpret_cast<const char*>(names_.data()) + name_offsets_[i],
          static_cast<std::size_t>(name_offsets_[i + 1] - name_offsets_[i])};
}

Split Dataset::split(std::int64_t index) const {
  return static_cast<Split>(splits_[static_cast<std::size_t>(index)]);
}

std::vector<std::int64_t> Dataset::indices(Split wanted) const {
  std::vector<std::int64_t> found;
  for (std::int64_t i = 0; i < size(); ++i) {
    if (split(i) == wanted) found.push_back(i);
  }
  return found;
}

std::string Dataset::fingerprint() const {
  std::uint64_t state = base::fnv1a(file_.metadata_value("svgfusion_dataset"));
  for (const auto& [name, view] : file_.tensors()) {
    state = base::fnv1a(name, state);
    state =
        base::fnv1a({reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size()}, state);
  }
  return base::hex(state);
}

std::int64_t find_label(const std::vector<std::string>& names, const std::string& wanted) {
  const auto it = std::find(names.begin(), names.end(), wanted);
  if (it != names.end()) return it - names.begin();
  std::int64_t index = -1;
  const auto result = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
  const bool is_number = result.ec == std::errc() && result.ptr == wanted.data() + wanted.size();
  if (is_number && index >= 0 && index < static_cast<std::int64_t>(names.size())) return index;
  std::vector<std::string> some(
      names.begin(),
      names.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(names.size(), 30)));
  throw base::UsageError(
      concat("unknown label '", wanted, "'", base::did_you_mean(wanted, names), "; there are ",
             base::count_of(static_cast<std::int64_t>(names.size()), "label"), ": ",
             base::join(some, ", "), names.size() > some.size() ? ", …" : ""));
}

}  // namespace svgfusion::dataset
