// Quantised weights beside bitsandbytes (tools/golden/make_quantization.py).
#include <gtest/gtest.h>

#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/engine/quantize.h"
#include "plumbline/nn/nf4_scales.h"
#include "plumbline/nn/quantize.h"
#include "tests/support/compare.h"

namespace plumbline {
namespace {

const char* kFolder = "tests/golden/quantization/";

class GoldenMatrix : public testing::TestWithParam<const char*> {
 protected:
  at::Tensor golden(const std::string& name) const {
    return tensors_.at(std::string(GetParam()) + "." + name);
  }
  const std::map<std::string, at::Tensor> tensors_ =
      checkpoint::load_tensors(std::string(kFolder) + "matrices.safetensors");
};

TEST_P(GoldenMatrix, Nf4CodesAndScalesAreTheSame) {
  const nn::PackedWeight packed = nn::pack_nf4(golden("weight"));
  EXPECT_TRUE(packed.codes.flatten().equal(golden("nf4.packed").flatten()));
  const int64_t blocks = golden("nf4.scales").numel();
  const nn::Nf4Scales scales(packed.scales.data_ptr<uint8_t>(), blocks);
  EXPECT_FLOAT_EQ(*scales.offset, golden("nf4.offset").item<float>());
  const auto outer = golden("nf4.outer_scales"), codes = golden("nf4.exact_outer_codes");
  for (int64_t g = 0; g < outer.numel(); ++g) {
    EXPECT_FLOAT_EQ(scales.outer[g], outer[g].item<float>()) << g;
  }
  for (int64_t b = 0; b < blocks; ++b) EXPECT_EQ(scales.codes[b], codes[b].item<uint8_t>()) << b;
}

// With bitsandbytes' own outer codes, of which a few are the neighbours of the nearest ones.
TEST_P(GoldenMatrix, Nf4ValuesAreTheSameBits) {
  const nn::PackedWeight packed = nn::pack_nf4(golden("weight"));
  const auto codes = golden("nf4.outer_codes");
  const nn::Nf4Scales scales(packed.scales.data_ptr<uint8_t>(), codes.numel());
  std::copy_n(codes.const_data_ptr<uint8_t>(), codes.numel(), scales.codes);
  EXPECT_TRUE(nn::unpacked(packed, at::kFloat).equal(golden("nf4.double.fp32")));
  EXPECT_TRUE(nn::unpacked(packed, at::kBFloat16).equal(golden("nf4.double.bf16")));
}

TEST_P(GoldenMatrix, Int8CodesAndValuesAreTheSameBits) {
  const nn::PackedWeight packed = nn::pack_int8(golden("weight"));
  EXPECT_TRUE(packed.codes.view(at::kChar).equal(golden("int8.codes")));
  EXPECT_TRUE(packed.scales.equal(golden("int8.scales")));
  EXPECT_TRUE(nn::unpacked(packed, at::kFloat).equal(golden("int8.fp32")));
}

INSTANTIATE_TEST_SUITE_P(All, GoldenMatrix, testing::Values("normal", "heavy", "zero_block"));

TEST(GoldenTables, AreTheSame) {
  const auto tensors = checkpoint::load_tensors(std::string(kFolder) + "matrices.safetensors");
  const auto table = tensors.at("nf4.table"), map = tensors.at("nf4.outer_map");
  for (size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(nn::nf4_values()[i], table[static_cast<int64_t>(i)].item<float>()) << i;
  }
  for (size_t i = 0; i < 256; ++i) {
    EXPECT_EQ(nn::dynamic_values()[i], map[static_cast<int64_t>(i)].item<float>()) << i;
  }
}

// Logits of sequence `index`, whose model looks at one picture where there are image tokens.
at::Tensor logits(config::Quantization kind, int index,
                  const std::map<std::string, at::Tensor>& golden) {
  const at::NoGradGuard no_grad;
  auto model = checkpoint::load_llava(std::string(kFolder) + "tiny", at::kFloat, at::kCPU);
  engine::quantize(model, kind);
  const at::Tensor ids = golden.at("ids." + std::to_string(index));
  const bool has_image = (ids == model.config().image_token).any().item<bool>();
  const at::Tensor images =
      has_image ? model.project(model.encode_images(golden.at("pixels"))).flatten(0, 1)
                : at::Tensor();
  return model.logits(
      model.forward(model.embed(ids, images), tensor::Spans::from_lengths({ids.numel()})));
}

TEST(GoldenQuantizedModel, LogitsAgree) {
  const auto golden = checkpoint::load_tensors(std::string(kFolder) + "tiny/expected.safetensors");
  for (int i = 0; i < 2; ++i) {
    const auto expected = [&](const char* name) { return golden.at(name + std::to_string(i)); };
    EXPECT_TRUE(
        support::is_close(logits(config::Quantization::None, i, golden), expected("plain."), 3e-5));
    // Its outer codes may be neighbours of ours (docs/quantization-layout.md).
    EXPECT_TRUE(
        support::is_close(logits(config::Quantization::Nf4, i, golden), expected("nf4."), 2e-3));
    EXPECT_FALSE(
        support::is_close(logits(config::Quantization::None, i, golden), expected("nf4."), 2e-3));
    EXPECT_TRUE(
        support::is_close(logits(config::Quantization::Int8, i, golden), expected("int8."), 3e-5));
    EXPECT_FALSE(
        support::is_close(logits(config::Quantization::None, i, golden), expected("int8."), 3e-5));
  }
}

}  // namespace
}  // namespace plumbline
