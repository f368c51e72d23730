// Plumbline's numbers against those of transformers and peft, made by tools/golden/make_llava.py.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/model/llava.h"
#include "plumbline/text/bpe_trainer.h"
#include "plumbline/text/tokenizer.h"
#include "plumbline/world/language.h"
#include "plumbline/world/questions.h"
#include "plumbline/world/scene_sampler.h"

namespace plumbline {
namespace {

constexpr double kLogitDifference = 1e-4;
// Of a gradient's largest value.
constexpr double kGradientDifference = 1e-4;
constexpr int64_t kNotTrained = -100;
const std::string kFolder = "tests/golden/tiny_llava";

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  EXPECT_EQ(a.sizes(), b.sizes());
  return (a - b).abs().max().item<double>();
}

class Golden : public testing::Test {
 protected:
  const at::Tensor& expected(const std::string& name) const { return expected_.at(name); }

  // Logits of both texts, [N, V], as one ragged batch.
  at::Tensor logits() {
    const at::Tensor images = model_.project(model_.encode_images(expected("pixels")));
    const at::Tensor ids = at::cat({expected("ids.0"), expected("ids.1")});
    const auto spans =
        tensor::Spans::from_lengths({expected("ids.0").size(0), expected("ids.1").size(0)});
    return model_.logits(model_.forward(model_.embed(ids, images.flatten(0, 1)), spans));
  }

  // Mean negative log-likelihood of the trained tokens, each predicted by the row before it.
  at::Tensor loss(const at::Tensor& logits) {
    const at::Tensor labels = at::cat({expected("labels.0"), expected("labels.1")});
    // The first token of a text is never trained, so no row predicts across the boundary.
    const at::Tensor targets = labels.slice(0, 1);
    const at::Tensor rows = targets.ne(kNotTrained).nonzero().squeeze(1);
    const at::Tensor logprobs = at::log_softmax(logits.index_select(0, rows), 1);
    return -logprobs.gather(1, targets.index_select(0, rows).unsqueeze(1)).mean();
  }

  void expect_logits(const std::string& name, const at::Tensor& logits) {
    const at::Tensor both = at::cat({expected(name + ".0"), expected(name + ".1")});
    EXPECT_LT(largest_difference(logits, both), kLogitDifference);
  }

  // Compares the gradients of every expected tensor "<prefix><name>" after `run` gave a loss.
  template <class Run>
  void expect_gradients(const std::string& prefix, nn::Parameters parameters, Run run) {
    std::vector<std::string> names;
    for (const auto& [key, tensor] : expected_) {
      if (key.starts_with(prefix)) names.push_back(key.substr(prefix.size()));
    }
    ASSERT_FALSE(names.empty());
    for (const std::string& name : names) {
      ASSERT_TRUE(parameters.contains(name)) << name;
      parameters.at(name).requires_grad_(true);
    }
    run().backward();
    for (const std::string& name : names) {
      const at::Tensor& grad = expected(prefix + name);
      ASSERT_TRUE(parameters.at(name).grad().defined()) << name;
      EXPECT_LT(largest_difference(parameters.at(name).grad(), grad),
                kGradientDifference * std::max(1.0, grad.abs().max().item<double>()))
          << name;
    }
  }

  std::map<std::string, at::Tensor> expected_ =
      checkpoint::load_tensors(kFolder + "/expected.safetensors");
  model::Llava model_ = checkpoint::load_llava(kFolder, at::kFloat, at::kCPU);
};

TEST_F(Golden, LogitsAndLoss) {
  const at::Tensor computed = logits();
  expect_logits("logits", computed);
  EXPECT_NEAR(loss(computed).item<double>(), expected("loss").item<double>(), 1e-5);
  EXPECT_GT(computed.abs().max().item<double>(), 1.0) << "logits too small to show differences";
}

TEST_F(Golden, EveryGradientOfDecoderAndProjector) {
  expect_gradients("grad.", model_.parameters(), [&] { return loss(logits()); });
}

TEST_F(Golden, AdapterLogitsAndGradients) {
  checkpoint::load_adapter(kFolder + "/adapter", model_, "peft");
  {
    const model::AdapterScope scope(model_, "peft");
    const at::Tensor computed = logits();
    expect_logits("adapter_logits", computed);
    EXPECT_NEAR(loss(computed).item<double>(), expected("adapter_loss").item<double>(), 1e-5);
    expect_gradients("adapter_grad.", model_.adapter_parameters("peft"),
                     [&] { return loss(logits()); });
  }
  expect_logits("logits", logits());
}

TEST_F(Golden, MergedAdapterLogits) {
  checkpoint::load_adapter(kFolder + "/adapter", model_, "peft");
  model_.merge_adapter("peft");
  expect_logits("adapter_logits", logits());
}

TEST_F(Golden, ThePerturbedModelIsNoticed) {
  at::Tensor weight = model_.parameters().at("language_model.model.layers.1.mlp.up_proj.weight");
  weight.add_(1e-3);
  const at::Tensor both = at::cat({expected("logits.0"), expected("logits.1")});
  EXPECT_GT(largest_difference(logits(), both), kLogitDifference);
}

// Writes what tools/golden/check_written.py compares with transformers and peft.
TEST_F(Golden, WritesAFolderForTransformers) {
  const char* folder = std::getenv("PLUMBLINE_GOLDEN_WRITE");
  if (folder == nullptr) GTEST_SKIP() << "PLUMBLINE_GOLDEN_WRITE is not set";
  const fs::path path(folder);
  const int64_t length = expected("ids.0").size(0);
  checkpoint::load_adapter(kFolder + "/adapter", model_, "peft");
  checkpoint::save_llava(path.string(), model_);
  checkpoint::save_adapter((path / "adapter").string(), model_, "peft", path.string());
  nn::Parameters check = {{"ids", expected("ids.0")},
                          {"pixels", expected("pixels").slice(0, 0, 1)},
                          {"logits", logits().slice(0, 0, length)}};
  const model::AdapterScope scope(model_, "peft");
  check["adapter_logits"] = logits().slice(0, 0, length);
  checkpoint::save_tensors((path / "check.safetensors").string(), check);
}

// A tokenizer trained on the world's text, with strings for tools/golden/check_written.py to
// compare token by token with Python's tokenizers.
TEST(GoldenTokenizer, WritesOneForPythonToRead) {
  const char* folder = std::getenv("PLUMBLINE_GOLDEN_WRITE");
  if (folder == nullptr) GTEST_SKIP() << "PLUMBLINE_GOLDEN_WRITE is not set";
  std::vector<std::string> texts;
  for (uint64_t i = 0; i < 300; ++i) {
    const RandomKey key = random_key(11, "golden.text").at(i);
    const world::Scene scene = world::sample_scene({}, key);
    texts.push_back(world::facts_block(world::captions(scene, key.at("facts"))));
    texts.push_back(" " + world::describe(scene));
    texts.push_back("USER: " + world::ask("attribute", scene, key.at("question")).question);
  }
  const fs::path path(folder);
  make_folders(path);
  write_file(path / "tokenizer.json",
             text::train_bpe(texts, 512, {"<unk>", "<s>", "</s>", "<image>"}));
  const auto tokenizer = text::Tokenizer::load((path / "tokenizer.json").string());
  texts.insert(texts.end(),
               {"", "  two  blanks ", "tabs\tand\r\nlines", "naïve café, 東京, 🙂",
                "it's we'll", "1234567 !?", "</s> spelt as text <image>"});
  nlohmann::json cases = nlohmann::json::array();
  for (const auto& text : texts) cases.push_back({{"text", text}, {"ids", tokenizer.encode(text)}});
  write_file(path / "check_tokens.json", cases.dump(1) + "\n");
}

}  // namespace
}  // namespace plumbline
