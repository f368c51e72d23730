#include "plumbline/model/vision_tower.h"

#include "plumbline/base/error.h"
#include "tiny.h"

namespace plumbline::model {
namespace {

// The tower after `num_blocks` blocks, from its weights by name: one picture, one head at a time.
class Reference {
 public:
  Reference(nn::Parameters weights, config::VisionConfig config)
      : weights_(std::move(weights)), config_(config) {}

  at::Tensor run(const at::Tensor& picture, int64_t num_blocks) {
    const at::Tensor grid = at::conv2d(
        picture.unsqueeze(0), at("embeddings.patch_embedding.weight"), {}, config_.patch_size);
    const at::Tensor rows = grid.flatten(2).squeeze(0).t();
    at::Tensor x = at::cat({at("embeddings.class_embedding").unsqueeze(0), rows}) +
                   at("embeddings.position_embedding.weight");
    x = norm("pre_layrnorm", x);
    for (int64_t i = 0; i < num_blocks; ++i) {
      const std::string layer = "encoder.layers." + std::to_string(i) + ".";
      x = x + attention(layer, norm(layer + "layer_norm1", x));
      const at::Tensor inner = linear(layer + "mlp.fc1", norm(layer + "layer_norm2", x));
      const at::Tensor gated = config_.activation == config::Activation::QuickGelu
                                   ? inner * at::sigmoid(1.702 * inner)
                                   : inner * 0.5 * (1 + at::erf(inner / std::sqrt(2.0)));
      x = x + linear(layer + "mlp.fc2", gated);
    }
    return x.slice(0, 1);
  }

 private:
  at::Tensor at(const std::string& name) {
    return weights_.at("vision_tower.vision_model." + name);
  }
  at::Tensor linear(const std::string& name, const at::Tensor& x) {
    return x.matmul(at(name + ".weight").t()) + at(name + ".bias");
  }
  at::Tensor norm(const std::string& name, const at::Tensor& x) {
    const at::Tensor centred = x - x.mean(-1, true);
    return centred / (centred.square().mean(-1, true) + config_.layer_norm_eps).sqrt() *
               at(name + ".weight") +
           at(name + ".bias");
  }
  at::Tensor attention(const std::string& layer, const at::Tensor& x) {
    const auto q = linear(layer + "self_attn.q_proj", x).chunk(config_.num_heads, -1);
    const auto k = linear(layer + "self_attn.k_proj", x).chunk(config_.num_heads, -1);
    const auto v = linear(layer + "self_attn.v_proj", x).chunk(config_.num_heads, -1);
    std::vector<at::Tensor> heads;
    for (size_t h = 0; h < q.size(); ++h) {
      const double scale = 1 / std::sqrt(static_cast<double>(q[h].size(-1)));
      heads.push_back((q[h].matmul(k[h].t()) * scale).softmax(-1).matmul(v[h]));
    }
    return linear(layer + "self_attn.out_proj", at::cat(heads, -1));
  }

  nn::Parameters weights_;
  config::VisionConfig config_;
};

TEST(VisionTower, EqualsAReferenceAtEverySelectedLayer) {
  for (const int64_t select_layer : {0, 1, 3, -1, -2, -4}) {
    config::LlavaConfig config = tiny_config();
    config.select_layer = select_layer;
    config.vision.activation =
        select_layer == -1 ? config::Activation::Gelu : config::Activation::QuickGelu;
    Llava model = tiny_model(config);
    Reference reference(model.parameters(), config.vision);
    const at::Tensor pixels = random_tensor({2, 3, 8, 8}, "pixels");
    const at::Tensor features = model.encode_images(pixels);
    EXPECT_EQ(features.sizes().vec(), (std::vector<int64_t>{2, 4, 24}));
    const int64_t blocks = select_layer >= 0 ? select_layer : 4 + select_layer;
    for (int64_t b = 0; b < 2; ++b) {
      EXPECT_TRUE(is_close(features[b], reference.run(pixels[b], blocks), 1e-4)) << select_layer;
    }
  }
}

// A SigLIP of no blocks: the patches' linear images, a bias and the positions. Of 10 pixels the
// last two fill no patch.
TEST(VisionTower, SiglipHasPatchesOnly) {
  config::LlavaConfig config = tiny_config();
  config.vision.kind = config::TowerKind::Siglip;
  config.vision.image_size = 10;
  config.skip_first_row = false;
  config.select_layer = 0;
  Llava model = tiny_model(config);
  const nn::Parameters weights = model.parameters();
  const std::string root = "vision_tower.vision_model.";
  EXPECT_FALSE(weights.contains(root + "embeddings.class_embedding"));
  EXPECT_FALSE(weights.contains(root + "pre_layrnorm.weight"));
  const at::Tensor pixels = random_tensor({1, 3, 10, 10}, "pixels");
  const at::Tensor grid = at::conv2d(pixels, weights.at(root + "embeddings.patch_embedding.weight"),
                                     weights.at(root + "embeddings.patch_embedding.bias"), 4);
  const at::Tensor expected =
      grid.flatten(2).squeeze(0).t() + weights.at(root + "embeddings.position_embedding.weight");
  EXPECT_TRUE(is_close(model.encode_images(pixels)[0], expected));
  config.skip_first_row = true;  // as transformers does, although it is no class token
  Llava skipping = tiny_model(config);
  EXPECT_TRUE(is_close(skipping.encode_images(pixels)[0], expected.slice(0, 1)));
}

TEST(VisionTower, RefusesPicturesOfAnotherSize) {
  Llava model = tiny_model();
  EXPECT_THROW(model.encode_images(at::zeros({1, 3, 8, 12})), InternalError);
}

}  // namespace
}  // namespace plumbline::model
