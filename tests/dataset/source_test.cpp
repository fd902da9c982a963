// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/source.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/base/text.h"
#include "svgfusion/dataset/names.h"
#include "svgfusion/dataset/prepare.h"
#include "svgfusion/render/raster.h"

namespace svgfusion::dataset {
namespace {

using nlohmann::json;
using test::message_of;

// An L in the upper left corner: no turn or mirror image of it is itself.
constexpr const char* kBody = "<path d='M1 1H4V12H12V15H1z'/>";

json icon_set() {
  return {{"prefix", "acme"},
          {"info", {{"license", {{"title", "MIT License"}, {"spdx", "MIT"}}}}},
          {"icons",
           {{"ell", {{"body", kBody}}},
            {"ell-wide", {{"body", "<path d='M2 2h20v4h-20z'/>"}, {"width", 24}, {"left", 1}}},
            {"old", {{"body", kBody}, {"hidden", true}}}}},
          {"aliases",
           {{"same", {{"parent", "ell"}}},
            {"turned", {{"parent", "ell"}, {"rotate", 1}}},
            {"mirrored", {{"parent", "turned"}, {"hFlip", true}}},
            {"loop", {{"parent", "pool"}, {"vFlip", true}}},
            {"pool", {{"parent", "loop"}}}}},
          {"categories", {{"Letters", {"ell"}}, {"All", {"ell", "ell-wide"}}}},
          {"width", 16},
          {"height", 16}};
}

std::vector<RawIcon> open_set(const test::TemporaryFolder& folder, const json& set) {
  test::write(folder / "acme.json", set.dump());
  return find_inputs({folder / "acme.json"}).at(0)->open();
}

const RawIcon& named(const std::vector<RawIcon>& icons, std::string_view name) {
  for (const RawIcon& icon : icons) {
    if (icon.item.name == base::concat("acme/", name)) return icon;
  }
  throw std::out_of_range(std::string(name));
}

icon::Icon drawn(const std::string& svg) {
  return icon::canonical_icon(svg::read_document(svg, "t")).icon;
}

TEST(Folder, CompressedIconsAreLeftOutWithAReason) {
  const test::TemporaryFolder folder;
  test::write(folder / "icons/ell.svg", test::svg_text(kBody));
  test::write(folder / "icons/packed.SVGZ", "\x1f\x8b\x08 and more");
  PrepareJob job;
  job.inputs = {folder / "icons"};
  job.output = folder / "d.safetensors";
  const PrepareSummary summary = prepare(job);
  EXPECT_EQ(summary.read, 2);
  EXPECT_EQ(summary.kept, 1);
  EXPECT_CONTAINS(summary.reasons.begin()->first, "gzip");
}

TEST(Iconify, ReadsIconsWithBoxesCategoriesAndLicence) {
  const test::TemporaryFolder folder;
  const std::vector<RawIcon> icons = open_set(folder, icon_set());
  EXPECT_EQ(icons.size(), 7U);  // three icons, and four aliases that turn or lead nowhere
  const RawIcon& ell = named(icons, "ell");
  EXPECT_EQ(ell.item.source, "acme");
  EXPECT_EQ(ell.item.family, "ell");
  EXPECT_EQ(ell.item.license, "MIT");
  EXPECT_EQ(ell.item.categories, (std::vector<std::string>{"All", "Letters"}));
  EXPECT_CONTAINS(ell.svg, "viewBox=\"0 0 16 16\"");
  EXPECT_CONTAINS(named(icons, "ell-wide").svg, "viewBox=\"1 0 24 16\"");
  EXPECT_EQ(named(icons, "old").skip_reason, "is hidden in its set");
  EXPECT_CONTAINS(named(icons, "loop").skip_reason, "names no icon of its set");
}

TEST(Iconify, AliasesTurnAndMirrorAboutTheMiddle) {
  const test::TemporaryFolder folder;
  const std::vector<RawIcon> icons = open_set(folder, icon_set());
  // A quarter turn clockwise takes (x, y) to (16 - y, x). Flips come before turns, whatever the
  // order of the aliases.
  const std::string turned = test::svg_text("<path d='M15 1V4H4V12H1V1z'/>", "viewBox='0 0 16 16'");
  const std::string mirrored =
      test::svg_text("<path d='M15 15V12H4V4H1V15z'/>", "viewBox='0 0 16 16'");
  for (const auto& [name, expected] :
       {std::pair("turned", turned), std::pair("mirrored", mirrored)}) {
    const double iou =
        render::intersection_over_union(render::rasterize(drawn(named(icons, name).svg), 64),
                                        render::rasterize(drawn(expected), 64));
    EXPECT_GT(iou, 0.999) << name;
  }
}

TEST(Iconify, DamageIsNamed) {
  const test::TemporaryFolder folder;
  const auto message = [&](const std::string& text) {
    test::write(folder / "bad.json", text);
    return message_of<base::DataError>([&] {
      for (const auto& input : find_inputs({folder / "bad.json"})) input->open();
    });
  };
  EXPECT_CONTAINS(message("{\"prefix\": \"x\",\n \"icons\": {\"a\": {\"body\": \"\"}},,"),
                  "line 2, column 31: not valid JSON");
  EXPECT_CONTAINS(message("{\"icons\": {\"a\": {\"body\": \"\"}}}"), "it has no 'prefix'");
  EXPECT_CONTAINS(message("{}"), "holds no icon");
  // Parts of another type than expected are passed over, not believed.
  test::write(
      folder / "odd.json",
      R"({"prefix": "x", "icons": {"a": {"body": "", "width": "wide"}}, "aliases": [{"b": 1}],
                  "categories": {"c": {"d": "e"}, "f": "g"}})");
  EXPECT_EQ(find_inputs({folder / "odd.json"}).at(0)->open().size(), 1U);
}

// Long strings are set aside before the parser sees the file: nothing of them may be lost, and
// errors behind them keep their place.
TEST(Iconify, LongStringsOfAnyKindArriveWhole) {
  const test::TemporaryFolder folder;
  const std::string many(60, 'x');
  const std::vector<std::string> unmarked{
      "<path d='" + many + "'/>",
      "<path d=\"" + many + "\"/>\n\t\\" + many + "\\\\",
      "<!--/ \u00e9\u4e2d " + many + "-->",
      "\x02" + many,
      many + "\b\f\r\"",
      "",
  };
  std::vector<std::string> marked = unmarked;
  marked.push_back("\x01");  // what stands for a long string
  for (const std::vector<std::string>& bodies : {unmarked, marked}) {
    json set{{"prefix", "x"}, {"info", {{"author", many}, {"license", {{"title", many + "!"}}}}}};
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      set["icons"][base::concat("i", i)] = {{"body", bodies[i]}, {many, many}};
      set["icons"][base::concat(many, i)]["body"] = bodies[i];
    }
    for (const bool ascii : {false, true}) {
      test::write(folder / "x.json", set.dump(1, ' ', ascii));
      const std::vector<RawIcon> icons = find_inputs({folder / "x.json"}).at(0)->open();
      ASSERT_EQ(icons.size(), 2 * bodies.size());
      for (const RawIcon& icon : icons) {
        const auto i = static_cast<std::size_t>(icon.item.name.back() - '0');
        EXPECT_CONTAINS(icon.svg, ">" + bodies.at(i) + "</svg>") << icon.item.name;
        EXPECT_EQ(icon.item.license, many + "!");
      }
    }
  }
  const std::string good = R"({"prefix": "x", "icons": {"a": {"body": ")" + many + "\"},\n";
  const std::string odd = R"("b": {"body": ")" + many + R"(\q"}}})";
  for (const std::string& bad : {odd, std::string(R"("b": nil}})")}) {
    test::write(folder / "x.json", good + bad);
    EXPECT_CONTAINS(
        message_of<base::DataError>([&] { find_inputs({folder / "x.json"}).at(0)->open(); }),
        "x.json: line 2, column ")
        << bad;
  }
}

TEST(Iconify, AFolderOfSetsFollowsItsList) {
  const test::TemporaryFolder folder;
  for (const char* name : {"a", "b", "c"}) {
    json set = icon_set();
    set["prefix"] = name;
    test::write(folder / base::concat("p/json/", name, ".json"), set.dump());
  }
  EXPECT_EQ(find_inputs({folder / "p/json"}).size(), 3U);
  test::write(folder / "p/collections.json", R"({"a": {}, "c": {}})");
  EXPECT_EQ(find_inputs({folder / "p/json"}).size(), 2U);
  EXPECT_EQ(find_inputs({folder / "p/json"}, {{}, {"a"}}).size(), 1U);
}

TEST(Iconify, BytesDoNotDependOnTheNumberOfJobs) {
  const test::TemporaryFolder folder;
  for (int s = 0; s < 5; ++s) {
    json set{{"prefix", base::concat("s", s)}, {"width", 24}, {"height", 24}};
    for (int i = 0; i < 150; ++i) {
      set["icons"][base::concat("i", i)]["body"] =
          base::concat("<path d='M2 2h", 3 + i % 17, "v", 4 + s + i / 17, "H2z'/>");
    }
    test::write(folder / base::concat("sets/s", s, ".json"), set.dump());
  }
  PrepareJob job;
  job.inputs = {folder / "sets"};
  job.data.split = "family";
  job.data.duplicates = "near";
  std::vector<std::string> bytes;
  for (const auto& [jobs, limit] :
       std::vector<std::pair<int, int>>{{1, 0}, {4, 0}, {1, 200}, {3, 200}}) {
    job.jobs = jobs;
    job.limit = limit;
    job.output = folder / base::concat("d", jobs, "-", limit);
    const PrepareSummary summary = prepare(job);
    EXPECT_EQ(summary.read, limit == 0 ? 750 : 200);
    bytes.push_back(test::read(job.output));
  }
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_EQ(bytes[2], bytes[3]);
}

std::filesystem::path any_font() {
  for (const auto& entry : std::filesystem::recursive_directory_iterator("/usr/share/fonts")) {
    if (entry.path().filename() == "DejaVuSans.ttf") return entry.path();
  }
  ADD_FAILURE() << "the package fonts-dejavu-core is missing; scripts/setup.sh installs it";
  return {};
}

TEST(Font, GlyphsBecomeIconsLabelledByCharacter) {
  const test::TemporaryFolder folder;
  PrepareJob job;
  job.inputs = {any_font()};
  job.output = folder / "fonts";
  job.data.characters = {"A", "o", "é", "\xF0\x90\x80\x80"};
  job.report = folder / "r.json";
  EXPECT_EQ(prepare(job).kept, 3);
  EXPECT_CONTAINS(test::read(folder / "r.json"), "the font has no such glyph");
  const Dataset data(job.output);
  EXPECT_EQ(data.info().label_names, (std::vector<std::string>{"A", "o", "é"}));
  EXPECT_EQ(data.tokens(0).contour_count(), 2U);  // the A and its hole
  // Holes stay holes, letters stand upright: the A is widest at its foot.
  const render::GrayImage a = render::rasterize(data.icon(0), 64);
  const auto width = [&](int y) {
    int count = 0;
    for (int x = 0; x < 64; ++x) count += a.at(x, y) > 128;
    return count;
  };
  int first = 0;
  while (width(first) == 0) ++first;
  int last = 63;
  while (width(last) == 0) --last;
  EXPECT_GT(width(last), width(first));
  EXPECT_GT(last - first, 30);
}

TEST(Font, DamageIsNamed) {
  const test::TemporaryFolder folder;
  test::write(folder / "x.ttf", "no font");
  EXPECT_CONTAINS(message_of<base::DataError>([&] { find_inputs({folder / "x.ttf"}); }),
                  "is no font that FreeType can read");
  SourceOptions options;
  options.characters = {"AB"};
  EXPECT_CONTAINS(message_of<base::ConfigError>([&] { find_inputs({any_font()}, options); }),
                  "'AB' is not one character");
}

TEST(Source, BaseNames) {
  for (const auto& [file, name] :
       std::vector<std::pair<const char*, const char*>>{{"mdi__bell.svg", "bell"},
                                                        {"bell-fill.svg", "bell"},
                                                        {"Bell_Outline_24.svg", "bell"},
                                                        {"arrow-up.svg", "arrow-up"},
                                                        {"fill.svg", "fill"},
                                                        {"bell-off-sharp", "bell-off"},
                                                        {"heart-solid-16.svg", "heart"}}) {
    EXPECT_EQ(base_name(file), name);
  }
}

}  // namespace
}  // namespace svgfusion::dataset
