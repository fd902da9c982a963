// SPDX-License-Identifier: MIT
// Frames as groups whose visibility is switched by <animate> (SVG 1.1 chapter 19): plays in any
// browser, without a script.
#include "svgfusion/base/files.h"
#include "svgfusion/base/text.h"
#include "svgfusion/render/sheet.h"
#include "svgfusion/svg/document.h"

namespace svgfusion::render {
namespace {

constexpr double kFrameSeconds = 0.25;
constexpr double kLastFrames = 6;  // how many frames long the last one stands

// What stands between the tags of the icon's own <svg>.
std::string content_of(const icon::Icon& icon) {
  const std::string text = svg::write_document(icon::to_document(icon));
  const std::size_t begin = text.find('>', text.find("<svg")) + 1;
  const std::size_t end = text.rfind("</svg>");
  return end == std::string::npos || end < begin ? "" : text.substr(begin, end - begin);
}

struct Frame {
  std::string times;   // shares of the whole
  std::string values;  // of `visibility` from each of them on
};

Frame frame_of(std::size_t index, std::size_t count) {
  const double frames = static_cast<double>(count) - 1 + kLastFrames;
  const std::string begin = base::to_fixed(static_cast<double>(index) / frames, 5);
  const std::string end = base::to_fixed(static_cast<double>(index + 1) / frames, 5);
  if (count == 1) return {"0", "visible"};
  if (index == 0) return {"0;" + end, "visible;hidden"};
  if (index + 1 == count) return {"0;" + begin, "hidden;visible"};
  return {"0;" + begin + ";" + end, "hidden;visible;hidden"};
}

}  // namespace

void write_animation(const std::filesystem::path& path, const std::vector<icon::Icon>& icons) {
  const double seconds = (static_cast<double>(icons.size()) - 1 + kLastFrames) * kFrameSeconds;
  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" width=\"240\" "
      "height=\"240\">\n";
  for (std::size_t i = 0; i < icons.size(); ++i) {
    const Frame frame = frame_of(i, icons.size());
    // Without animation, the last one shows.
    out += base::concat("<g visibility=\"", i + 1 == icons.size() ? "visible" : "hidden",
                        "\"><animate attributeName=\"visibility\" calcMode=\"discrete\" "
                        "repeatCount=\"indefinite\" dur=\"",
                        base::to_fixed(seconds, 2), "s\" keyTimes=\"", frame.times, "\" values=\"",
                        frame.values, "\"/>", content_of(icons[i]), "</g>\n");
  }
  base::write_file(path, out + "</svg>\n");
}

}  // namespace svgfusion::render
