#include "plumbline/rlhf/memory.h"

#include <gmock/gmock.h>

#include "tests/unit/rlhf/tiny_roles.h"

namespace plumbline::rlhf {
namespace {

class MemoryTest : public testing::Test, public TinyRoles {};

TEST_F(MemoryTest, NamesEveryPartAndASecondBaseOnce) {
  auto roles = load();
  const auto plan =
      plan_memory(roles, {40, 60}, {"0.png", "1.png", "0.png", ""}, config_, 1000, 500);
  config_.model.reward_base = tiny_.path().string();
  auto two = load();
  const auto more = plan_memory(two, {40, 60}, {"0.png", "1.png", "0.png", ""}, config_, 1000, 500);
  EXPECT_EQ(more.size(), plan.size() + 1);
  EXPECT_GE(engine::total(more) - engine::total(plan), two.critic().model.base_bytes());
  const auto features_of = [](const engine::MemoryPlan& of) {
    for (const auto& line : of) {
      if (line.what == "image features") return line.bytes;
    }
    return int64_t{-1};
  };
  EXPECT_EQ(features_of(plan), 2 * 4 * 16 * 4) << "two images of four rows in fp32";
  EXPECT_EQ(features_of(more), 2 * features_of(plan));
  const std::string text = engine::text_of(plan);
  for (const char* part : {"adapters of all roles", "image features", "cache of answers"}) {
    EXPECT_THAT(text, testing::HasSubstr(part));
  }
}

}  // namespace
}  // namespace plumbline::rlhf
