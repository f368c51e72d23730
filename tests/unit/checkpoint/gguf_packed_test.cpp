#include "plumbline/checkpoint/gguf_packed.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "plumbline/checkpoint/gguf_model.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/checkpoint/weight_names.h"
#include "plumbline/tensor/spans.h"
#include "tests/support/compare.h"

namespace plumbline::checkpoint {
namespace {

// Written by tools/golden/make_gguf.py: attention in Q4_0, the rest of a block in Q4_1, embedding
// and head in Q8_0.
const std::string kFile = "tests/golden/architectures/llama/quantized.gguf";

at::Tensor tensor_of(const formats::ArrayView& array) {
  return at::from_blob(const_cast<std::byte*>(array.data), array.shape, at::kFloat);
}

TEST(GgufPacked, HoldsTheValuesOfTheDequantisedWeights) {
  const formats::GgufFile file(kFile);
  const auto config = read_gguf_config(file);
  const WeightFile dense = read_gguf_weights(file, config, false);
  const auto packed = read_gguf_packed(file, config);
  size_t matrices = 0;
  for (const auto& [name, array] : dense.arrays()) {
    // The embedding of a model with a head of its own only looks rows up.
    const bool has_blocks =
        array.shape.size() == 2 && array.shape[1] % 32 == 0 && name != "model.embed_tokens.weight";
    matrices += has_blocks ? 1 : 0;
  }
  EXPECT_EQ(packed.size(), matrices);
  for (const auto& [name, weight] : packed) {
    EXPECT_TRUE(at::equal(nn::unpacked(weight, at::kFloat), tensor_of(dense.arrays().at(name))))
        << name;
  }
}

TEST(GgufPacked, TheModelAnswersAsTheDequantisedOne) {
  const at::NoGradGuard no_grad;
  auto packed = load_llava(kFile, at::kBFloat16, at::kCPU);
  auto dense = load_llava(kFile, at::kFloat, at::kCPU);
  EXPECT_LT(packed.parameters().size(), dense.parameters().size());
  const at::Tensor ids = at::tensor({5, 9, 31, 2, 7}, at::kLong);
  const auto spans = tensor::Spans::from_lengths({5});
  const auto logits = [&](model::Llava& model) {
    return model.logits(model.forward(model.embed(ids, {}), spans)).to(at::kFloat);
  };
  const at::Tensor expected = logits(dense);
  EXPECT_TRUE(support::is_close(logits(packed), expected, 0.1));
  // Row by row over the cache, where codes are multiplied as they are.
  nn::KvCache cache = packed.make_cache(1, 5);
  for (int64_t i = 0; i < 5; ++i) {
    const at::Tensor row = packed.embed(ids.narrow(0, i, 1), {});
    const at::Tensor hidden = packed.forward(row, tensor::Spans::from_lengths({1}), cache, {0});
    EXPECT_TRUE(support::is_close(packed.logits(hidden)[0].to(at::kFloat), expected[i], 0.1)) << i;
  }
}

TEST(GgufPacked, UnpackingGivesAllWeightsBack) {
  auto model = load_llava(kFile, at::kBFloat16, at::kCPU);
  model.unpack();
  const auto dense = load_llava(kFile, at::kFloat, at::kCPU).parameters();
  const auto parameters = model.parameters();
  ASSERT_EQ(parameters.size(), dense.size());
  for (const auto& [name, tensor] : dense) {
    EXPECT_TRUE(at::equal(parameters.at(name), tensor.to(at::kBFloat16))) << name;
  }
}

}  // namespace
}  // namespace plumbline::checkpoint
