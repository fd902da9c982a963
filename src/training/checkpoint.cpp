// SPDX-License-Identifier: MIT
#include "svgfusion/training/checkpoint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/json.h"
#include "svgfusion/base/log.h"
#include "svgfusion/base/random.h"

namespace svgfusion::training {
namespace {

using base::CheckpointError;
using base::concat;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";
constexpr const char* kStateFile = "state.json";
constexpr std::size_t kDigits = 8;
constexpr const char* kFiles[] = {"weights.safetensors", "optimizer.safetensors"};

std::string folder_name(std::int64_t step) {
  std::string digits = base::to_text(step);
  digits.insert(0, kDigits > digits.size() ? kDigits - digits.size() : 0, '0');
  return std::string(kPrefix) + digits;
}

std::string file_hash(const fs::path& path) {
  const base::MappedFile file(path);
  return base::hex(
      base::fnv1a({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}));
}

// Of everything else in state.json.
std::string hash_of(json saved) {
  saved.erase("hash");
  return base::hex(base::fnv1a(saved.dump()));
}

// A checkpoint loses its name first, so that a half removed one is never taken for one.
void remove_old(const fs::path& folder, const Retention& retention) {
  const std::vector<fs::path> all = list_checkpoints(folder);
  for (std::size_t i = static_cast<std::size_t>(retention.newest); i < all.size(); ++i) {
    const std::int64_t step = std::stoll(all[i].filename().string().substr(kPrefix.size()));
    if (retention.every > 0 && step % retention.every == 0) continue;
    const fs::path leftover = folder / concat(".", all[i].filename().string(), ".old");
    std::error_code error;
    fs::rename(all[i], leftover, error);
    if (!error) fs::remove_all(leftover, error);
  }
}

void check_same(const fs::path& where, const char* what, const std::string& found,
                const std::string& expected) {
  if (found == expected) return;
  throw CheckpointError(
      concat(where.string(), ": is of another ", what,
             "; use the configuration and data it was made with, or another --run"));
}

}  // namespace

void save_checkpoint(const fs::path& folder, const CheckpointState& state,
                     FlatParameters& parameters, const Optimizer& optimizer,
                     const Retention& retention) {
  base::ensure_folder(folder);
  base::AtomicFolder target(folder / folder_name(state.step));
  model::save_tensors(target.path() / kFiles[0], parameters.slices(parameters.values()), {});
  model::save_tensors(target.path() / kFiles[1], optimizer.state(), {});
  json hashes;
  for (const char* name : kFiles) hashes[name] = file_hash(target.path() / name);
  json saved = {{"format_version", 1},
                {"step", state.step},
                {"stage", state.stage},
                {"data", state.data},
                {"layout", base::hex(base::fnv1a(state.layout))},
                {"seconds", state.seconds},
                {"hashes", hashes}};
  saved["hash"] = hash_of(saved);
  base::write_json(target.path() / kStateFile, saved);
  target.commit();
  remove_old(folder, retention);
}

void remove_leftovers(const fs::path& folder) {
  std::vector<fs::path> leftovers;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().filename().string().starts_with(concat(".", kPrefix))) {
      leftovers.push_back(it->path());
    }
  }
  for (const fs::path& leftover : leftovers) fs::remove_all(leftover, error);
}

std::vector<fs::path> list_checkpoints(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().filename().string().starts_with(kPrefix) && fs::exists(it->path() / kStateFile))
      found.push_back(it->path());
  }
  std::sort(found.rbegin(), found.rend());
  return found;
}

CheckpointState load_checkpoint(const fs::path& checkpoint, const CheckpointState& expected,
                                FlatParameters& parameters, const Optimizer& optimizer) {
  const json saved = base::read_json(checkpoint / kStateFile);
  CheckpointState state = expected;
  try {
    check_same(checkpoint, "stage", saved.at("stage"), expected.stage);
    check_same(checkpoint, "model", saved.at("layout"), base::hex(base::fnv1a(expected.layout)));
    check_same(checkpoint, "dataset", saved.at("data"), expected.data);
    if (saved.at("hash") != hash_of(saved)) {
      throw CheckpointError(concat((checkpoint / kStateFile).string(),
                                   ": is damaged: its content is not what was saved"));
    }
    for (const char* name : kFiles) {
      if (saved.at("hashes").at(name) != file_hash(checkpoint / name)) {
        throw CheckpointError(concat((checkpoint / name).string(),
                                     ": is damaged: its content is not what was saved"));
      }
    }
    state.step = saved.at("step");
    state.seconds = saved.at("seconds");
  } catch (const json::exception& error) {
    throw CheckpointError(
        concat((checkpoint / kStateFile).string(), ": is damaged: ", error.what()));
  }
  model::load_tensors(base::SafetensorsFile(checkpoint / kFiles[0]),
                      parameters.slices(parameters.values()));
  model::load_tensors(base::SafetensorsFile(checkpoint / kFiles[1]), optimizer.state());
  return state;
}

bool load_newest(const std::vector<fs::path>& checkpoints, CheckpointState& state,
                 FlatParameters& parameters, const Optimizer& optimizer) {
  std::string problem;
  for (const fs::path& checkpoint : checkpoints) {
    try {
      state = load_checkpoint(checkpoint, state, parameters, optimizer);
      return true;
    } catch (const base::DataError& error) {  // an older one may be whole
      problem = error.what();
    } catch (const base::FileError& error) {
      problem = error.what();
    }
    base::log_warning(problem);
  }
  if (problem.empty()) return false;
  throw CheckpointError(concat(checkpoints.front().parent_path().string(),
                               ": no checkpoint can be used; the last reason: ", problem));
}

}  // namespace svgfusion::training
