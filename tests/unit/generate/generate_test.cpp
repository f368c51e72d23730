#include "plumbline/generate/generate.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "plumbline/base/error.h"
#include "plumbline/tensor/host.h"

namespace plumbline::generate {
namespace {

constexpr int64_t kImage = 3, kEnd = 2;

model::Llava tiny_model() {
  config::LlavaConfig c;
  c.text = {.vocab_size = 40,
            .hidden_size = 32,
            .intermediate_size = 48,
            .num_layers = 2,
            .num_heads = 4,
            .num_kv_heads = 2,
            .head_dim = 8,
            .max_positions = 64};
  c.vision = {.image_size = 8,
              .patch_size = 4,
              .hidden_size = 16,
              .intermediate_size = 16,
              .num_layers = 2,
              .num_heads = 2};
  c.image_token = kImage;
  auto model = model::Llava::create(c, random_key(5, "tiny"), at::kFloat, at::kCPU);
  // Larger weights than a fresh model's, so that its distributions are not flat.
  for (auto& [name, tensor] : model.parameters()) {
    if (tensor.dim() == 2) tensor.mul_(8);
  }
  return model;
}

std::vector<Sequence> prompts(model::Llava& model) {
  const at::Tensor rows =
      model.project(model.encode_images(at::sin(at::arange(3 * 64, at::kFloat)).view({1, 3, 8, 8})))
          .flatten(0, 1)
          .detach();
  std::vector<Sequence> list;
  for (int64_t i = 0; i < 5; ++i) {
    Sequence s{.prompt = {1},
               .image_rows = i % 2 == 0 ? rows : at::Tensor(),
               .num_samples = 1 + i % 3,
               .key = random_key(9, "prompt").at(static_cast<uint64_t>(i))};
    if (i % 2 == 0) s.prompt.insert(s.prompt.end(), 4, kImage);
    for (int64_t t = 0; t <= i; ++t) s.prompt.push_back(5 + (i * 7 + t * 3) % 30);
    list.push_back(s);
  }
  return list;
}

SamplingOptions options(double temperature) {
  return {
      .temperature = temperature, .max_tokens = 12, .end_token = kEnd, .forbidden = {0, 1, kImage}};
}

// One answer by running the whole sequence anew for every token.
Sampled without_cache(model::Llava& model, const Sequence& s, int64_t sample,
                      const SamplingOptions& o) {
  const at::NoGradGuard no_grad;
  Sampled answer;
  auto ids = s.prompt;
  while (!answer.is_stopped && static_cast<int64_t>(answer.tokens.size()) < o.max_tokens) {
    const auto spans = tensor::Spans::from_lengths({static_cast<int64_t>(ids.size())});
    const at::Tensor hidden =
        model.forward(model.embed(tensor::to_tensor(ids, at::kCPU), s.image_rows), spans);
    const at::Tensor logits = model.logits(hidden[hidden.size(0) - 1]).contiguous();
    const Draw d = draw_token(logits.const_data_ptr<float>(), logits.numel(), o,
                              s.key.at(static_cast<uint64_t>(sample)),
                              static_cast<int64_t>(answer.tokens.size()));
    answer.tokens.push_back(d.token);
    answer.logprobs.push_back(d.logprob);
    answer.is_stopped = d.token == o.end_token;
    ids.push_back(d.token);
  }
  return answer;
}

TEST(Generate, EqualsRunningEverySequenceAloneWithoutCache) {
  auto model = tiny_model();
  const auto list = prompts(model);
  for (const double temperature : {0.0, 1.0}) {
    const auto o = options(temperature);
    for (const int64_t slots : {1, 3, 16}) {
      const auto answers = generate(model, list, o, slots);
      ASSERT_EQ(answers.size(), list.size());
      for (size_t i = 0; i < list.size(); ++i) {
        ASSERT_EQ(static_cast<int64_t>(answers[i].size()), list[i].num_samples);
        for (size_t k = 0; k < answers[i].size(); ++k) {
          const Sampled expected = without_cache(model, list[i], static_cast<int64_t>(k), o);
          EXPECT_EQ(answers[i][k].tokens, expected.tokens)
              << "slots " << slots << " prompt " << i << " sample " << k;
          EXPECT_EQ(answers[i][k].is_stopped, expected.is_stopped);
          for (size_t t = 0; t < expected.logprobs.size(); ++t) {
            EXPECT_NEAR(answers[i][k].logprobs[t], expected.logprobs[t], 1e-3);
          }
        }
      }
    }
  }
}

TEST(Generate, StopsAtTheEndTokenOrTheLimit) {
  auto model = tiny_model();
  const auto answers = generate(model, prompts(model), options(1), 4);
  for (const auto& samples : answers) {
    for (const auto& a : samples) {
      EXPECT_LE(a.tokens.size(), 12U);
      EXPECT_EQ(a.is_stopped, a.tokens.back() == kEnd);
      EXPECT_EQ(std::count(a.tokens.begin(), a.tokens.end(), kEnd), a.is_stopped ? 1 : 0);
      EXPECT_EQ(std::count(a.tokens.begin(), a.tokens.end(), kImage), 0);
    }
  }
}

TEST(Generate, ReportsProgressAndNothingForNothing) {
  auto model = tiny_model();
  int64_t last = 0;
  generate(model, prompts(model), options(1), 4, [&](int64_t done) { last = done; });
  EXPECT_EQ(last, 1 + 2 + 3 + 1 + 2);
  EXPECT_TRUE(generate(model, {}, options(1), 4).empty());
}

TEST(Generate, RefusesWhatDoesNotFit) {
  auto model = tiny_model();
  auto o = options(1);
  o.max_tokens = 100;
  EXPECT_THROW(generate(model, prompts(model), o, 4), DataError);
}

TEST(Generate, AWatcherSeesEveryTokenAndMayEndAnAnswer) {
  auto model = tiny_model();
  const auto sequences = prompts(model);
  const SamplingOptions options{.temperature = 0, .max_tokens = 6, .end_token = -1};
  const auto whole = generate(model, sequences, options, 8);
  std::map<size_t, text::TokenIds> seen;
  const auto cut =
      generate(model, sequences, options, 8, {}, [&](size_t s, int64_t sample, int64_t token) {
        if (sample == 0) seen[s].push_back(token);
        return s != 0 || seen[0].size() < 2;
      });
  for (size_t s = 0; s < sequences.size(); ++s) {
    EXPECT_EQ(seen[s], cut[s][0].tokens) << s;
    const auto& all = whole[s][0].tokens;
    EXPECT_TRUE(std::equal(cut[s][0].tokens.begin(), cut[s][0].tokens.end(), all.begin())) << s;
  }
  EXPECT_EQ(cut[0][0].tokens.size(), 2u);
  EXPECT_FALSE(cut[0][0].is_stopped);
  EXPECT_EQ(cut[1][0].tokens.size(), 6u);
}

}  // namespace
}  // namespace plumbline::generate
