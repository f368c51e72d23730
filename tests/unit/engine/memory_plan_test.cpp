#include "plumbline/engine/memory_plan.h"

#include <gmock/gmock.h>

#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

config::LlamaConfig worked() {
  return {.vocab_size = 100,
          .hidden_size = 10,
          .intermediate_size = 30,
          .num_layers = 3,
          .num_heads = 2,
          .num_kv_heads = 1,
          .head_dim = 5};
}

TEST(MemoryPlan, ActivationsWorkedByHand) {
  // 4 x 10 + 3 x 10 + 3 x 5 + 3 x 30 = 175 values per row and block.
  EXPECT_EQ(activation_bytes_per_row(worked(), 4, false, 0), 3 * 175 * 4);
  // In 16 bits attention keeps 2 x 10 + 2 x 5 values in fp32 beside.
  EXPECT_EQ(activation_bytes_per_row(worked(), 2, false, 2), 3 * ((175 + 14) * 2 + 30 * 4));
  EXPECT_EQ(activation_bytes_per_row(worked(), 4, true, 0), (3 * 10 + 175) * 4);
}

TEST(MemoryPlan, HasALineForEachPartAndTheirTotal) {
  const TinyAssistant tiny;
  auto assistant = tiny.load();
  const auto plan = plan_memory(assistant.model, {.training_bytes = 1000, .micro_tokens = 64});
  int64_t sum = 0;
  for (const auto& line : plan) sum += line.bytes;
  EXPECT_EQ(total(plan), sum);
  EXPECT_EQ(plan[1].bytes, assistant.model.base_bytes());
  EXPECT_EQ(plan[2].bytes, 1000);
  EXPECT_THAT(text_of(plan), testing::HasSubstr("activations of 64 rows"));
  const auto tower = plan_memory(assistant.model, {.micro_tokens = 64, .trains_tower = true});
  EXPECT_EQ(tower.size(), plan.size() + 1);
}

}  // namespace
}  // namespace plumbline::engine
