// SPDX-License-Identifier: MIT

#include "seeds.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "svgfusion/base/files.h"
#include "svgfusion/base/text.h"
#include "svgfusion/dataset/prepare.h"

namespace svgfusion::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kIcons = 60;

// What stands between quotes after `name=`.
std::vector<std::string> attribute_values(const std::string& svg, const std::string& name) {
  std::vector<std::string> values;
  const std::string key = " " + name + "=\"";
  for (std::size_t at = svg.find(key); at != std::string::npos; at = svg.find(key, at + 1)) {
    const std::size_t begin = at + key.size();
    values.push_back(svg.substr(begin, svg.find('"', begin) - begin));
  }
  return values;
}

}  // namespace

void write_seeds(const fs::path& icons, const fs::path& folder) {
  std::size_t count = 0;
  const auto put = [&](const char* target, const std::string& bytes) {
    base::ensure_folder(folder / target);
    base::write_file(folder / target / base::concat("seed-", count++), bytes);
  };
  nlohmann::json set{{"prefix", "seeds"}, {"height", 24}, {"width", 24}};
  const std::vector<fs::path> files = base::list_files(icons, {".svg"});
  for (std::size_t i = 0; i < files.size(); i += std::max<std::size_t>(1, files.size() / kIcons)) {
    const std::string svg = base::read_file(files[i]);
    put("document", svg);
    for (const std::string& d : attribute_values(svg, "d")) {
      put("path", d);
      put("numbers", d);
    }
    const std::size_t begin = svg.find('>') + 1;
    set["icons"][files[i].stem().string()] = {{"body", svg.substr(begin, svg.rfind('<') - begin)}};
  }
  set["aliases"] = {
      {"turned", {{"parent", files[0].stem().string()}, {"rotate", 1}, {"hFlip", true}}}};
  set["categories"] = {{"All", {files[0].stem().string()}}};
  put("iconify", set.dump());
  put("numbers", "1e-3 .5.5 -0 10px 5% rotate(45 12 12) matrix(1 0 0 1 0 0)");
  for (const char* css : {"fill: red; stroke: #123 !important",
                          ".a { fill: blue } #x > path:first-child { opacity: .5 }",
                          "@media x { a { b: c } } path[fill^=r] , g + path { stroke-width: 2 }"})
    put("style", css);
  dataset::PrepareJob job;
  job.inputs.assign(files.begin(), files.begin() + 4);
  job.data.refine_below = 0;
  base::ensure_folder(folder / "dataset");
  job.output = folder / "dataset" / "seed";
  dataset::prepare(job);
  put("safetensors", base::read_file(job.output));
}

}  // namespace svgfusion::fuzz
