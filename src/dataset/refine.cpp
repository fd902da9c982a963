// SPDX-License-Identifier: MIT
#include "refine.h"

#include "svgfusion/render/raster.h"

namespace svgfusion::dataset {
namespace {

constexpr int kRasterSize = 144;
constexpr int kMaxPasses = 4;

class Refiner {
 public:
  Refiner(icon::TokenIcon& tokens, const icon::Icon& drawn, double wanted)
      : tokens_(tokens),
        drawn_(drawn),
        target_(render::rasterize(drawn, kRasterSize)),
        wanted_(wanted) {
    best_ = measure();
  }

  double run() {
    for (int pass = 0; pass < kMaxPasses && best_ < wanted_; ++pass) {
      if (!improve_once()) break;
    }
    return best_;
  }

 private:
  double measure() const {
    return render::intersection_over_union(
        render::rasterize(icon::from_tokens(tokens_, drawn_.styles), kRasterSize), target_);
  }

  // One round of single steps over all coordinates. A pair of neighbouring points is moved together
  // too: the two ends of a thin part gain nothing when moved alone.
  bool improve_once() {
    bool improved = false;
    for (std::size_t i = 0; i < tokens_.arguments.size() && best_ < wanted_; ++i) {
      const bool is_cubic = tokens_.commands[i] == icon::Command::kCubic;
      for (std::size_t a = is_cubic ? 0 : 4; a < icon::kArgumentCount; ++a) {
        improved |= try_moves({{i, a}});
        if (a >= 4 && i + 1 < tokens_.arguments.size()) improved |= try_moves({{i, a}, {i + 1, a}});
      }
    }
    return improved;
  }

  using Coordinates = std::vector<std::pair<std::size_t, std::size_t>>;
  bool try_moves(const Coordinates& coordinates) {
    bool improved = false;
    for (const int step : {-1, 1}) {
      const std::vector<icon::Arguments> before = tokens_.arguments;
      bool fits = true;
      for (const auto& [i, a] : coordinates) {
        const int value = tokens_.arguments[i][a] + step;
        fits = fits && value >= 0 && value < tokens_.grid.values();
        tokens_.arguments[i][a] = static_cast<icon::Value>(value);
      }
      const double found = fits ? measure() : -1;
      if (found > best_ + 1e-6) {
        best_ = found;
        improved = true;
      } else {
        tokens_.arguments = before;
      }
    }
    return improved;
  }

  icon::TokenIcon& tokens_;
  const icon::Icon& drawn_;
  render::GrayImage target_;
  double wanted_;
  double best_ = 0;
};

}  // namespace

double refine_tokens(icon::TokenIcon& tokens, const icon::Icon& drawn, double wanted) {
  return Refiner(tokens, drawn, wanted).run();
}

}  // namespace svgfusion::dataset
