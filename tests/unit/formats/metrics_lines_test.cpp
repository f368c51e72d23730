#include "plumbline/formats/metrics_lines.h"

#include "tests/support/scratch.h"

namespace plumbline::formats {
namespace {

using support::Scratch;

class MetricsLines : public Scratch {};

TEST_F(MetricsLines, KeepEveryDigit) {
  const StepMetrics entry{7, {{"loss", 0.1 + 0.2}, {"tiny", 1e-300}}};
  write_file(path("m"), metrics_line(entry));
  const auto read = read_metrics(path("m"));
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].step, 7);
  EXPECT_EQ(read[0].metrics, entry.metrics);
}

TEST_F(MetricsLines, WhatIsNotALineIsLeftOut) {
  write_file(path("m"),
             "{\"step\": 1, \"x\": 2, \"note\": \"text\"}\n[1]\n{\"x\": 3}\n{\"step\": 2, \"x");
  const auto read = read_metrics(path("m"));
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].metrics, (std::map<std::string, double>{{"x", 2}}));
  EXPECT_TRUE(read_metrics(path("absent")).empty());
}

}  // namespace
}  // namespace plumbline::formats
