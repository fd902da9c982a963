// SPDX-License-Identifier: MIT
// The bytes; tests/scripts/tensorboard_test.py reads such files with TensorBoard itself.
#include "svgfusion/training/event_file.h"

#include "support/support.h"
#include "svgfusion/base/text.h"
#include "svgfusion/training/metrics_log.h"

namespace svgfusion::training {
namespace {

TEST(EventFile, Checksums) {
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);  // RFC 3720, B.4
}

TEST(MetricsLog, GoesOnWhereTheCheckpointIs) {
  const test::TemporaryFolder folder;
  {
    MetricsLog first(folder.path(), "autoencoder", 0);
    first.write(10, 1.5, {{"loss", 3}});
  }
  {
    MetricsLog denoiser(folder.path(), "denoiser", 0);
    for (const std::int64_t step : {10, 20, 30}) denoiser.write(step, 2, {{"loss", 0.5}});
  }
  const std::string whole = test::read(folder / "metrics.jsonl");
  test::write(folder / "metrics.jsonl", whole + "{\"stage\": \"denoiser\", \"st");  // a crash
  MetricsLog again(folder.path(), "denoiser", 20);
  again.write(25, 3, {{"loss", 0.25}});
  EXPECT_EQ(test::read(folder / "metrics.jsonl"),
            "{\"loss\":3.0,\"seconds\":1.5,\"stage\":\"autoencoder\",\"step\":10}\n"
            "{\"loss\":0.5,\"seconds\":2.0,\"stage\":\"denoiser\",\"step\":10}\n"
            "{\"loss\":0.5,\"seconds\":2.0,\"stage\":\"denoiser\",\"step\":20}\n"
            "{\"loss\":0.25,\"seconds\":3.0,\"stage\":\"denoiser\",\"step\":25}\n");
}

}  // namespace
}  // namespace svgfusion::training
