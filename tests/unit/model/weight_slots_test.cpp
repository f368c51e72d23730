#include <algorithm>
#include <cmath>
#include <set>

#include "plumbline/model/llava_state.h"
#include "tiny.h"

namespace plumbline::model {
namespace {

TEST(WeightSlots, AreNamedAndShapedAsOnDisk) {
  const nn::Parameters weights = tiny_model().parameters();
  const auto shape = [&](const std::string& name) { return weights.at(name).sizes().vec(); };
  using Shape = std::vector<int64_t>;
  EXPECT_EQ(shape("language_model.model.embed_tokens.weight"), (Shape{40, 32}));
  EXPECT_EQ(shape("language_model.model.layers.1.self_attn.q_proj.weight"), (Shape{64, 32}));
  EXPECT_EQ(shape("language_model.model.layers.0.self_attn.k_proj.weight"), (Shape{32, 32}));
  EXPECT_EQ(shape("language_model.model.layers.0.self_attn.o_proj.weight"), (Shape{32, 64}));
  EXPECT_EQ(shape("language_model.model.layers.0.mlp.down_proj.weight"), (Shape{32, 48}));
  EXPECT_EQ(shape("language_model.model.layers.0.post_attention_layernorm.weight"), (Shape{32}));
  EXPECT_EQ(shape("language_model.model.norm.weight"), (Shape{32}));
  EXPECT_EQ(shape("language_model.lm_head.weight"), (Shape{40, 32}));
  EXPECT_EQ(shape("multi_modal_projector.linear_1.weight"), (Shape{32, 24}));
  EXPECT_EQ(shape("multi_modal_projector.linear_2.bias"), (Shape{32}));
  const std::string tower = "vision_tower.vision_model.";
  EXPECT_EQ(shape(tower + "embeddings.class_embedding"), (Shape{24}));
  EXPECT_EQ(shape(tower + "embeddings.patch_embedding.weight"), (Shape{24, 3, 4, 4}));
  EXPECT_EQ(shape(tower + "embeddings.position_embedding.weight"), (Shape{5, 24}));
  EXPECT_EQ(shape(tower + "pre_layrnorm.bias"), (Shape{24}));
  EXPECT_EQ(shape(tower + "encoder.layers.2.self_attn.out_proj.bias"), (Shape{24}));
  EXPECT_EQ(shape(tower + "encoder.layers.2.mlp.fc1.weight"), (Shape{40, 24}));
  EXPECT_EQ(shape(tower + "post_layernorm.weight"), (Shape{24}));
  EXPECT_EQ(weights.size(), 5U + 2 + 3 * 16 + 4 + 1 + 2 * 9 + 2);
}

TEST(WeightSlots, ATiedHeadIsListedOnce) {
  config::LlavaConfig config = tiny_config();
  config.text.tie_embeddings = true;
  Llava model = tiny_model(config);
  nn::Parameters weights = model.parameters();
  EXPECT_FALSE(weights.contains("language_model.lm_head.weight"));
  const at::Tensor hidden = random_tensor({2, 32}, "hidden");
  at::Tensor& embedding = weights.at("language_model.model.embed_tokens.weight");
  EXPECT_TRUE(model.head_weight().is_same(embedding));
  EXPECT_TRUE(is_close(model.logits(hidden), hidden.matmul(embedding.t())));
}

double first_deviation(const std::string& name, const at::Tensor& tensor) {
  const auto is_any_of = [&](std::initializer_list<const char*> parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](const char* part) { return name.find(part) != std::string::npos; });
  };
  if (is_any_of({"lm_head"})) return 0.02;
  if (is_any_of({"embed_tokens", "position_embedding"})) return 0.3;
  const double fan_in = static_cast<double>(tensor.numel() / tensor.size(0));
  const bool is_output = is_any_of({"o_proj", "down_proj", "out_proj", "fc2"});
  return (is_output ? 0.5 : 1.0) / std::sqrt(fan_in);
}

TEST(WeightSlots, StartAsTheHeaderSays) {
  const nn::Parameters weights =
      Llava::create(tiny_config(), random_key(5, "model"), at::kFloat, at::kCPU).parameters();
  std::set<float> firsts;
  for (const auto& [name, tensor] : weights) {
    EXPECT_FALSE(tensor.requires_grad()) << name;
    if (tensor.dim() > 1) {
      EXPECT_NEAR(tensor.std().item<double>() / first_deviation(name, tensor), 1, 0.2) << name;
      EXPECT_TRUE(firsts.insert(tensor.flatten()[0].item<float>()).second)
          << name << " repeats another tensor's stream";
    }
  }
  EXPECT_TRUE(at::equal(weights.at("language_model.model.norm.weight"), at::ones(32)));
  EXPECT_TRUE(at::equal(weights.at("multi_modal_projector.linear_1.bias"), at::zeros(32)));
}

}  // namespace
}  // namespace plumbline::model
