#include "plumbline/checkpoint/gguf_model.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/checkpoint/sources.h"

namespace plumbline::checkpoint {
namespace {

const std::string kFolder = "tests/golden/architectures/";

// The file is written by tools/golden/make_gguf.py from the folder's weights, as llama.cpp's
// converter would: rows of q and k in pairs for llama, in halves for qwen2.
TEST(GgufModel, IsTheModelOfTheFolder) {
  for (const std::string kind : {"llama", "qwen2"}) {
    const std::string file = kFolder + kind + "/model.gguf";
    auto ours = load_llava(file, at::kFloat, at::kCPU);
    auto theirs = load_llava(kFolder + kind, at::kFloat, at::kCPU);
    const auto parameters = ours.parameters(), expected = theirs.parameters();
    ASSERT_EQ(parameters.size(), expected.size());
    for (const auto& [name, tensor] : expected) {
      EXPECT_TRUE(parameters.at(name).equal(tensor)) << kind << ": " << name;
    }
    const auto a = ours.config().text, b = theirs.config().text;
    EXPECT_EQ(a.rope_theta, b.rope_theta);
    EXPECT_NEAR(a.rms_norm_eps, b.rms_norm_eps, 1e-12);
    EXPECT_EQ(a.max_positions, b.max_positions);
    EXPECT_EQ(a.head_dim, b.head_dim);
    EXPECT_EQ(a.qkv_bias, b.qkv_bias);
    EXPECT_FALSE(ours.config().takes_images());
  }
}

TEST(GgufModel, Bfloat16IsRoundedAsTorchRounds) {
  const std::string path = kFolder + "llama/model.gguf";
  const formats::GgufFile file(path);
  const auto exact = read_gguf_weights(file, read_gguf_config(file), false);
  const auto rounded = read_gguf_weights(file, read_gguf_config(file), true);
  for (const auto& [name, array] : exact.arrays()) {
    const auto as_tensor = [](const formats::ArrayView& view, at::ScalarType type) {
      return at::from_blob(const_cast<std::byte*>(view.data), view.shape, at::TensorOptions(type));
    };
    EXPECT_TRUE(as_tensor(array, at::kFloat)
                    .to(at::kBFloat16)
                    .equal(as_tensor(rounded.arrays().at(name), at::kBFloat16)))
        << name;
  }
}

TEST(GgufModel, NamesOfTensors) {
  EXPECT_EQ(gguf_weight_name("blk.12.attn_q.bias"), "model.layers.12.self_attn.q_proj.bias");
  EXPECT_EQ(gguf_weight_name("token_embd.weight"), "model.embed_tokens.weight");
  for (const char* unknown :
       {"rope_freqs.weight", "blk.x", "blk.1.attn_q", "blk.1.ssm.weight", ""}) {
    EXPECT_EQ(gguf_weight_name(unknown), "") << unknown;
  }
}

TEST(GgufModel, RefusesOtherFilesByName) {
  EXPECT_FALSE(is_gguf(kFolder + "llama"));
  EXPECT_FALSE(is_gguf("no/such.gguf"));
  try {
    read_config("tests/golden/files/F32.gguf");  // tensors without a model around them
    FAIL() << "no exception";
  } catch (const CheckpointError& e) {
    EXPECT_THAT(e.what(),
                testing::HasSubstr("llama.embedding_length: expected an integer, got no such key"));
  }
}

}  // namespace
}  // namespace plumbline::checkpoint
