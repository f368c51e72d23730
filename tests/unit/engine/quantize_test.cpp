#include "plumbline/engine/quantize.h"

#include <gmock/gmock.h>

#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

TEST(Quantize, PacksTheDecodersLinearLayersAndReportsTheirError) {
  const TinyAssistant tiny;
  auto nf4 = tiny.load(), int8 = tiny.load(), none = tiny.load();
  EXPECT_TRUE(quantize(none.model, config::Quantization::None).empty());
  const auto coarse = quantize(nf4.model, config::Quantization::Nf4);
  const auto fine = quantize(int8.model, config::Quantization::Int8);
  ASSERT_EQ(coarse.size(), 2U * 7);
  ASSERT_EQ(fine.size(), coarse.size());
  for (size_t i = 0; i < coarse.size(); ++i) {
    EXPECT_EQ(coarse[i].name, fine[i].name);
    EXPECT_GT(coarse[i].error, 0.05);
    EXPECT_LT(coarse[i].error, 0.15);
    EXPECT_LT(fine[i].error, 0.02);
    EXPECT_FALSE(nf4.model.parameters().contains(coarse[i].name)) << "packed";
  }
  EXPECT_LT(nf4.model.base_bytes(), int8.model.base_bytes());
  EXPECT_LT(int8.model.base_bytes(), none.model.base_bytes());
}

}  // namespace
}  // namespace plumbline::engine
