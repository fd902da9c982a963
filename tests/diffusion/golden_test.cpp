// SPDX-License-Identifier: MIT
// Golden numbers printed by the reference diffusion code (the thesis's, equal to DiT's): schedule,
// posterior and respacing of linear-1000. Both sides compute in double.
#include <ATen/ATen.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "support/support.h"
#include "svgfusion/base/json.h"
#include "svgfusion/diffusion/posterior.h"
#include "svgfusion/diffusion/process.h"

namespace svgfusion::diffusion {
namespace {

DiffusionConfig linear() {
  DiffusionConfig config;
  config.schedule = "linear";
  return config;
}

struct GoldenRow {
  std::size_t t;
  double alpha_bar, variance, log_variance, x0_factor, x_t_factor;
};
const GoldenRow kRows[] = {{0, 0.9999, 0.0, -9.81672513529595, 1.0, 0.0},
                           {1, 0.9997800920720721, 5.453187661300667e-05, -9.81672513529595,
                            0.5452914995101377, 0.4547084989905303},
                           {2, 0.9996402829841216, 8.548911523094303e-05, -9.367121497366247,
                            0.38870683586738325, 0.6112931602877927},
                           {10, 0.997806572507846, 0.00025846362040810207, -8.260755607350609,
                            0.13627785977003803, 0.8637220692869959},
                           {100, 0.8951415908975365, 0.0020545535299696226, -6.187696714993804,
                            0.018895455585539678, 0.9810761025528277},
                           {500, 0.07779665836502389, 0.010051335778909641, -4.600049739984903,
                            0.0030580570756296344, 0.9941043507567258},
                           {998, 4.118193638138445e-05, 0.019980063304243127, -3.9130203373862122,
                            0.00012952423622957586, 0.9899587234910676},
                           {999, 4.035829765375676e-05, 0.019999983526560627, -3.912023829100454,
                            0.00012835148717224693, 0.9899486782675173}};

TEST(Golden, ScheduleAndPosterior) {
  const std::vector<double> bars = make_alpha_bars(linear());
  const auto scalar = [](double v) { return torch::scalar_tensor(v, torch::kDouble); };
  for (const GoldenRow& row : kRows) {
    EXPECT_NEAR(bars[row.t], row.alpha_bar, 1e-12) << row.t;
    const double next = row.t == 0 ? 1 : bars[row.t - 1];
    const double stand_in = std::log((1 - bars[1] / bars[0]) * (1 - bars[0]) / (1 - bars[1]));
    const Posterior p = posterior(scalar(bars[row.t]), scalar(next), scalar(stand_in));
    EXPECT_NEAR(p.x0_factor.item<double>(), row.x0_factor, 1e-10) << row.t;
    EXPECT_NEAR(p.x_t_factor.item<double>(), row.x_t_factor, 1e-10) << row.t;
    EXPECT_NEAR(p.log_variance.item<double>(), row.log_variance, 1e-9) << row.t;
  }
}

TEST(Golden, RespacingAsText) {
  const nlohmann::json all =
      base::read_json(test::source_path("tests/reference/dit_diffusion.json"));
  EXPECT_EQ(all["space_timesteps"].size(), 5U);
  for (const auto& [text, expected] : all["space_timesteps"].items())
    EXPECT_EQ(space_timesteps(1000, text), expected.get<std::vector<std::int64_t>>()) << text;
}

TEST(Golden, Respacing) {
  const std::vector<std::int64_t> ten{0, 111, 222, 333, 444, 555, 666, 777, 888, 999};
  EXPECT_EQ(space_timesteps(1000, 10), ten);
  const std::vector<std::int64_t> fifty{
      0,   20,  41,  61,  82,  102, 122, 143, 163, 183, 204, 224, 245, 265, 285, 306, 326,
      347, 367, 387, 408, 428, 449, 469, 489, 510, 530, 550, 571, 591, 612, 632, 652, 673,
      693, 714, 734, 754, 775, 795, 816, 836, 856, 877, 897, 917, 938, 958, 979, 999};
  EXPECT_EQ(space_timesteps(1000, 50), fifty);
  // The betas of the respaced process: 1 - alpha_bar / alpha_bar of the step before.
  const std::vector<double> betas{
      9.999999999998899e-05, 0.006165187946595374, 0.014960393696590524, 0.022278422674717913,
      0.03172952377840765,   0.0381432711388503,   0.04579318178079794,  0.05617640915429478,
      0.06129518339884199,   0.06877002652388708,  0.08003474272394084,  0.08391705272968253,
      0.09574669541727998,   0.09882983127457423,  0.10602038922491552,  0.11865085510565065,
      0.1205909952606472,    0.1337338050984025,   0.13493581073056748,  0.14185234707411098,
      0.1557201163521803,    0.15586735595048717,  0.1701980338482142,   0.16966474240903073,
      0.17631717004756675,   0.19130150934758594,  0.18979669290689483,  0.1962957691172611,
      0.2118932185877931,    0.2094643743276674,   0.22545188197499144,  0.22242783339498762,
      0.22867794216724646,   0.24521409318510967,  0.24134177888046204,  0.25822602025137953,
      0.25380792971956556,   0.25981812487360123,  0.2771905417485039,   0.27199556031846583,
      0.2896767190997198,    0.28398251341248126,  0.2897615371815353,   0.30787420131579624,
      0.30147030609746595,   0.3071151325786182,   0.32562714585021224,  0.3185518409168563,
      0.3373148262005994,    0.32980906609465954};
  const std::vector<double> bars = make_alpha_bars(linear());
  double before = 1;
  for (std::size_t i = 0; i < fifty.size(); ++i) {
    const double bar = bars[static_cast<std::size_t>(fifty[i])];
    EXPECT_NEAR(1 - bar / before, betas[i], 1e-12) << i;
    before = bar;
  }
}

}  // namespace
}  // namespace svgfusion::diffusion
