#include "plumbline/rl/kl_controller.h"

#include <gtest/gtest.h>

namespace plumbline::rl {
namespace {

TEST(KlController, FixedStays) {
  const auto controller = make_kl_controller(false, 0.1, 6, 1000);
  controller->update(100, 500);
  EXPECT_EQ(controller->coefficient(), 0.1);
}

TEST(KlController, AdaptiveMovesTowardsItsTargetWithinItsClamp) {
  const auto controller = make_kl_controller(true, 0.1, 6, 1000);
  controller->update(6, 100);
  EXPECT_DOUBLE_EQ(controller->coefficient(), 0.1);
  controller->update(600, 100);  // error clamped to +0.2: times 1 + 0.2 * 0.1
  EXPECT_DOUBLE_EQ(controller->coefficient(), 0.1 * 1.02);
  controller->set_coefficient(1);
  controller->update(5.4, 500);  // error -0.1: times 1 - 0.1 * 0.5
  EXPECT_NEAR(controller->coefficient(), 0.95, 1e-12);
  controller->set_coefficient(1);
  controller->update(0, 500);  // clamped to -0.2
  EXPECT_NEAR(controller->coefficient(), 0.9, 1e-12);
}

}  // namespace
}  // namespace plumbline::rl
