// SPDX-License-Identifier: MIT
// Files made to hurt. Each must end soon, within the memory of a small machine, with a drawing or
// with a reason. (Memory is measured for the tool as a process, in apps_core.)
#include <ctime>
#include <functional>

#include "fuzz/seeds.h"
#include "fuzz/targets.h"
#include "robustness/hostile_files.h"
#include "support/support.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/text.h"
#include "svgfusion/dataset/prepare.h"

namespace svgfusion {
namespace {

using base::concat;

constexpr double kSeconds = 20;  // of processor time, with sanitizers; two seconds without

// Processor time: what else the machine does has no part in it.
double seconds_of(const std::function<void()>& body) {
  const std::clock_t begin = std::clock();
  body();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

dataset::PreparedIcon prepared(const test::HostileFile& file, dataset::PrepareJob job) {
  job.svg_folder = "unused";
  dataset::PreparedIcon icon;
  const double took = seconds_of([&] { icon = dataset::prepare_icon(file.content, "f", job); });
  EXPECT_LT(took, kSeconds);
  return icon;
}

TEST(Hostile, EveryFileEndsSoonWithADrawingOrAReason) {
  for (const test::HostileFile& file : test::hostile_files()) {
    SCOPED_TRACE(file.name);
    const dataset::PreparedIcon icon = prepared(file, {});
    EXPECT_CONTAINS(icon.skip_reason, file.reason);
    if (!file.reason.empty()) {
      EXPECT_FALSE(icon.skip_reason.empty());
    }
  }
}

// The limits of a dataset end much of the work early; whoever raises them is to be safe too.
TEST(Hostile, EveryFileEndsSoonWithoutLimits) {
  dataset::PrepareJob job;
  job.data.limits = {1'000'000, 1'000'000, 1'000'000};
  for (const bool expand : {false, true}) {
    job.data.canonical.expand_strokes = expand;
    for (const test::HostileFile& file : test::hostile_files()) {
      SCOPED_TRACE(file.name);
      prepared(file, job);
    }
  }
}

// Nothing in a file makes the reader open another one.
TEST(Hostile, NothingOutsideTheFileIsRead) {
  const test::TemporaryFolder folder;
  const std::string secret = "<path d='M1 1H9V9z'/>";
  test::write(folder / "secret.svg", test::svg_text(secret));
  const std::string path = (folder / "secret.svg").string();
  for (const std::string& body :
       {concat("<!DOCTYPE svg [<!ENTITY x SYSTEM 'file://", path, "'>]>",
               test::svg_text("&x;<rect width='5' height='5'/>")),
        test::svg_text(
            concat("<style>@import url('", path, "');</style><rect width='5' height='5'/>")),
        test::svg_text(concat("<use href='", path, "#a'/><rect width='5' height='5'/>")),
        test::svg_text(concat("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='", path,
                              "'/><rect width='5' height='5'/>"))}) {
    const svg::Document document = svg::read_document(body, "f");
    EXPECT_EQ(document.root.children.size(), 1U) << body;
  }
}

TEST(Fuzz, TargetsHoldForSeedsAndForDamagedSeeds) {
  const test::TemporaryFolder folder;
  fuzz::write_seeds(test::source_path("data/icons/svg"), folder.path());
  std::size_t count = 0;
  for (const fuzz::Target& target : fuzz::targets()) {
    ASSERT_TRUE(std::filesystem::exists(folder / target.name)) << target.name;
    for (const auto& entry : std::filesystem::directory_iterator(folder / target.name)) {
      const std::string seed = test::read(entry.path());
      target.run(seed);
      target.run(seed.substr(0, seed.size() / 2));
      for (std::size_t k = 0; k < 8 && !seed.empty(); ++k) {
        std::string damaged = seed;
        damaged[k * 2654435761u % seed.size()] ^= static_cast<char>(1u << k);
        target.run(damaged);
      }
      ++count;
    }
  }
  EXPECT_GT(count, 200U);
}

TEST(Fuzz, TargetsHoldForHostileFiles) {
  for (const fuzz::Target& target : fuzz::targets()) {
    for (const test::HostileFile& file : test::hostile_files()) {
      if (file.content.size() < 100'000) target.run(file.content);
    }
  }
}

}  // namespace
}  // namespace svgfusion
