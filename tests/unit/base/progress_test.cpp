#include "plumbline/base/progress.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(ProgressText, ShowsDoneRateEtaAndMetrics) {
  EXPECT_EQ(progress_text("sft", 30, 10, 100, 10, "loss 1.2"),
            "sft 30/100 30% 2/s ETA 0:35 loss 1.2");
}

TEST(ProgressText, HasNoRateBeforeTheFirstStep) {
  EXPECT_EQ(progress_text("sft", 0, 0, 4, 0, ""), "sft 0/4 0%");
}

}  // namespace
}  // namespace plumbline
