#include "plumbline/train/metrics_log.h"

#include <gtest/gtest.h>

#include "plumbline/formats/metrics_lines.h"
#include "tests/support/scratch.h"

namespace plumbline::train {
namespace {

using formats::read_metrics;

class MetricsLogTest : public support::Scratch {};

TEST_F(MetricsLogTest, WritesEveryDigitAndReadsItBack) {
  MetricsLog log(folder_);
  log.record(1, {{"loss", 0.1 + 0.2}});
  log.record(2, {{"loss", 1e-300}, {"kl", -3}});
  const auto read = read_metrics(folder_ / "metrics.jsonl");
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].metrics.at("loss"), 0.1 + 0.2);
  EXPECT_EQ(read[1].step, 2);
  EXPECT_EQ(read[1].metrics.at("kl"), -3);
}

TEST_F(MetricsLogTest, ForgetsLaterStepsAndCutLines) {
  MetricsLog log(folder_);
  for (int64_t step = 1; step <= 5; ++step) log.record(step, {{"x", static_cast<double>(step)}});
  append_file(folder_ / "metrics.jsonl", "{\"step\": 6, \"x");  // killed while writing
  EXPECT_EQ(read_metrics(folder_ / "metrics.jsonl").size(), 5U);
  log.truncate(3);
  log.record(4, {{"x", 40}});
  const auto read = read_metrics(folder_ / "metrics.jsonl");
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(read[3].metrics.at("x"), 40);
}

}  // namespace
}  // namespace plumbline::train
