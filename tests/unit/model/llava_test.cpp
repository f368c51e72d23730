#include "plumbline/model/llava.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tiny.h"

namespace plumbline::model {
namespace {

using tensor::Spans;
using ::testing::HasSubstr;

TEST(Llava, RefusesAnInconsistentConfig) {
  config::LlavaConfig config = tiny_config();
  config.text.num_kv_heads = 3;
  EXPECT_THAT(error_text<ConfigError>([&] { tiny_model(config); }), HasSubstr("num_kv_heads"));
}

TEST(Llava, ProjectsWithTheExactGelu) {
  Llava model = tiny_model();
  const nn::Parameters w = model.parameters();
  const at::Tensor features = random_tensor({2, 4, 24}, "features");
  const at::Tensor inner = features.matmul(w.at("multi_modal_projector.linear_1.weight").t()) +
                           w.at("multi_modal_projector.linear_1.bias");
  const at::Tensor gated = inner * 0.5 * (1 + at::erf(inner / std::sqrt(2.0)));
  EXPECT_TRUE(is_close(model.project(features),
                       gated.matmul(w.at("multi_modal_projector.linear_2.weight").t()) +
                           w.at("multi_modal_projector.linear_2.bias")));
}

TEST(Embed, PutsImageRowsInTheirPlacesInOrder) {
  Llava model = tiny_model();
  const at::Tensor embedding = model.parameters().at("language_model.model.embed_tokens.weight");
  const at::Tensor images = random_tensor({2, 32}, "images");
  const at::Tensor rows = model.embed(at::tensor({5, 39, 7, 39}, at::kLong), images);
  EXPECT_TRUE(at::equal(rows, at::stack({embedding[5], images[0], embedding[7], images[1]})));
}

TEST(Embed, GradientsReachTableAndImages) {
  Llava model = tiny_model();
  at::Tensor embedding = model.parameters().at("language_model.model.embed_tokens.weight");
  embedding.requires_grad_(true);
  at::Tensor images = random_tensor({1, 32}, "images").requires_grad_(true);
  model.embed(at::tensor({5, 39, 5}, at::kLong), images).sum().backward();
  EXPECT_TRUE(at::equal(images.grad(), at::ones({1, 32})));
  at::Tensor expected = at::zeros({40, 32});
  expected[5].fill_(2);
  EXPECT_TRUE(at::equal(embedding.grad(), expected));
}

TEST(Embed, CountsPlaceholders) {
  Llava model = tiny_model();
  const at::Tensor ids = at::tensor({5, 39, 7}, at::kLong);
  const std::string text = error_text<DataError>([&] {
    model.embed(ids, random_tensor({4, 32}, "images"));
  });
  EXPECT_THAT(text, HasSubstr("image rows, 4"));
  EXPECT_THAT(text, HasSubstr("got 1 placeholders"));
  EXPECT_THROW(model.embed(ids, at::Tensor()), DataError);
  EXPECT_NO_THROW(model.embed(at::tensor({5, 7}, at::kLong), at::Tensor()));
}

TEST(Llava, LearnsToRepeatOneBatch) {
  Llava model = tiny_model();
  nn::Parameters weights = model.parameters();
  for (auto& [name, tensor] : weights) tensor.requires_grad_(true);
  const at::Tensor ids =
      at::tensor({39, 39, 39, 39, 3, 9, 4, 8, 1, 39, 39, 39, 39, 6, 2, 7}, at::kLong);
  const Spans spans = Spans::from_lengths({9, 7});
  const at::Tensor pixels = random_tensor({2, 3, 8, 8}, "pixels");
  const at::Tensor read = at::tensor({3, 4, 5, 6, 7, 12, 13, 14}, at::kLong);
  double first = 0, last = 0;
  for (int step = 0; step < 60; ++step) {
    const at::Tensor images = model.project(model.encode_images(pixels)).flatten(0, 1);
    const at::Tensor hidden = model.forward(model.embed(ids, images), spans);
    const at::Tensor loss = at::cross_entropy_loss(model.logits(hidden.index_select(0, read)),
                                                   ids.index_select(0, read + 1));
    loss.backward();
    last = loss.item<double>();
    if (step == 0) first = last;
    const at::NoGradGuard no_grad;
    for (auto& [name, tensor] : weights) {
      if (!tensor.grad().defined()) continue;  // tower blocks behind the selected one
      tensor.sub_(0.02 * tensor.grad().sign() * tensor.grad().abs().clamp_max(1));
      tensor.mutable_grad() = at::Tensor();
    }
  }
  EXPECT_GT(first, 1);
  EXPECT_LT(last, 0.3 * first);
}

TEST(Llava, Bfloat16FollowsFloat) {
  Llava wide = tiny_model();
  Llava narrow = Llava::create(tiny_config(), random_key(5, "model"), at::kBFloat16, at::kCPU);
  nn::Parameters from = wide.parameters();
  for (auto& [name, tensor] : narrow.parameters()) tensor.copy_(from.at(name));
  const at::Tensor ids = at::tensor({39, 39, 39, 39, 3, 9, 4, 8, 1}, at::kLong);
  const at::Tensor pixels = random_tensor({1, 3, 8, 8}, "pixels");
  const auto logits = [&](Llava& model) {
    const at::Tensor rows =
        model.embed(ids, model.project(model.encode_images(pixels)).flatten(0, 1));
    const at::Tensor whole = model.logits(model.forward(rows, Spans::from_lengths({9})));
    nn::KvCache cache = model.make_cache(1, 9);
    model.forward(rows.narrow(0, 0, 8), Spans::from_lengths({8}), cache, {0});
    const at::Tensor last =
        model.logits(model.forward(rows.narrow(0, 8, 1), Spans::from_lengths({1}), cache, {0}));
    return at::cat({whole, last}).to(at::kFloat);
  };
  const at::Tensor expected = logits(wide);
  EXPECT_LT((logits(narrow) - expected).norm().item<double>(),
            0.05 * expected.norm().item<double>());
}

nn::PackedWeight packed_of(int64_t out, int64_t in) {
  return {.codes = (random_tensor({out, in / 2}, "codes") * 1e4)
                       .to(at::kLong)
                       .bitwise_and(255)
                       .to(at::kByte),
          .scales = (0.01 * random_tensor({out, 2, in / 32}, "scales")).to(at::kHalf)};
}

const std::string kUp = "language_model.model.layers.0.mlp.up_proj.weight";
const std::string kHeadName = "language_model.lm_head.weight";

TEST(Pack, TakesKnownLayersOfTheirShape) {
  Llava model = tiny_model();
  EXPECT_FALSE(model.pack("no.such.weight", packed_of(64, 32)));
  EXPECT_FALSE(model.pack(kUp, packed_of(32, 64)));
  EXPECT_FALSE(
      model.pack("vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight", packed_of(64, 32)));
  const int64_t dense_bytes = model.base_bytes();
  ASSERT_TRUE(model.parameters().contains(kUp));
  const auto shape = model.parameters().at(kUp).sizes().vec();
  ASSERT_TRUE(model.pack(kUp, packed_of(shape[0], shape[1])));
  EXPECT_FALSE(model.parameters().contains(kUp));
  EXPECT_LT(model.base_bytes(), dense_bytes);
  EXPECT_GT(model.base_bytes(), nn::num_bytes(model.parameters()));
  model.unpack();
  EXPECT_TRUE(at::equal(model.parameters().at(kUp),
                        nn::unpacked(packed_of(shape[0], shape[1]), at::kFloat)));
}

TEST(Pack, AHeadIsPackedForLogitsUnlessAnAdapterHasItsOwn) {
  Llava model = tiny_model();
  const at::Tensor dense = model.parameters().at(kHeadName);
  const nn::PackedWeight packed = packed_of(dense.size(0), dense.size(1));
  const at::Tensor hidden = random_tensor({2, 32}, "hidden");
  const at::Tensor before = model.logits(hidden);
  model.add_adapter("own",
                    {.rank = 2, .alpha = 2, .targets = {"q_proj"}, .saved_modules = {"lm_head"}},
                    random_key(1, "pack"));
  ASSERT_TRUE(model.pack(kHeadName, packed));
  EXPECT_TRUE(model.parameters().contains(kHeadName));
  EXPECT_TRUE(is_close(model.logits(hidden), hidden.matmul(nn::unpacked(packed, at::kFloat).t())));
  const AdapterScope scope(model, "own");
  EXPECT_TRUE(is_close(model.logits(hidden), before));
}

TEST(Pack, MergingAnAdapterUnpacksFirst) {
  Llava packed = tiny_model(), dense = tiny_model();
  const auto shape = dense.parameters().at(kUp).sizes().vec();
  const nn::PackedWeight weight = packed_of(shape[0], shape[1]);
  ASSERT_TRUE(packed.pack(kUp, weight));
  at::Tensor(dense.parameters().at(kUp)).copy_(nn::unpacked(weight, at::kFloat));
  for (Llava* model : {&packed, &dense}) {
    model->add_adapter("a", {.rank = 2, .alpha = 2, .targets = {"up_proj"}}, random_key(2, "pack"));
    for (auto& [name, tensor] : model->adapter_parameters("a")) at::Tensor(tensor).add_(0.1);
    model->merge_adapter("a");
  }
  EXPECT_TRUE(is_close(packed.parameters().at(kUp), dense.parameters().at(kUp)));
}

}  // namespace
}  // namespace plumbline::model
