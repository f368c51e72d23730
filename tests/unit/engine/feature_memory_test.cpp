#include "plumbline/engine/feature_memory.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

TEST(FeatureMemory, IsWhatIsAskedForOrAShareOfTheMachine) {
  EXPECT_EQ(feature_memory(5), 5);
  EXPECT_GT(feature_memory(0), int64_t{1} << 20);
}

TEST(FeatureMemory, ABlockHasTheBytesOfItsImages) {
  const TinyAssistant tiny;
  const auto assistant = tiny.load();
  EXPECT_EQ(feature_bytes(assistant.model), 4 * 16 * 4);
  const at::Tensor block = feature_block(assistant.model, 3, at::kCPU);
  EXPECT_EQ(block.sizes(), (at::IntArrayRef{3, 4, 16}));
  EXPECT_EQ(static_cast<int64_t>(block.nbytes()), 3 * feature_bytes(assistant.model));
}

}  // namespace
}  // namespace plumbline::engine
