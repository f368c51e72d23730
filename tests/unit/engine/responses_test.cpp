#include "plumbline/engine/responses.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

// Four sequences about three pictures and one without, whose last 1, 2, 3, 4 tokens are responses.
class ResponsesTest : public testing::Test {
 protected:
  ResponsesTest() : assistant_(tiny_.load()), store_(assistant_.preprocess, tiny_.images()) {
    assistant_.model.add_adapter("value", {.rank = 2, .alpha = 4, .targets = {"v_proj"}},
                                 random_key(1, "lora"));
    assistant_.model.add_head("value", random_key(1, "head"), false);
    store_.prepare(assistant_.model, {"0.png", "1.png", "2.png"});
    for (int i = 0; i < 4; ++i) {
      const bool has_image = i != 1;
      const std::vector<text::Turn> turns = {
          {true, (has_image ? "<image>\n" : "") + std::string("what is it?")}};
      auto ids = text::encode_prompt(assistant_.tokenizer, assistant_.format, turns).ids;
      for (int j = 0; j <= i; ++j) ids.push_back(10 + 7 * i + j);
      all_.sequences.push_back(ids);
      all_.images.push_back(has_image ? std::to_string(i % 3) + ".png" : "");
      all_.spans.append(i + 1);
    }
  }

  // The log-probability of each response token and the value before it, whatever the batches.
  std::pair<at::Tensor, at::Tensor> all_figures(int64_t budget, const std::vector<int64_t>& order) {
    const at::NoGradGuard no_grad;
    at::Tensor logprobs = at::full({10}, 9.0), values = at::full({10}, 9.0);
    for (const auto& batch : response_batches(all_, order, budget, store_, at::kCPU)) {
      const at::Tensor places = places_of(batch.chosen, all_.spans);
      logprobs.index_copy_(0, places,
                           response_logprobs(assistant_.model, batch, "value", 0.7).logprobs);
      values.index_copy_(0, places, response_values(assistant_.model, batch, "value", batch.spans));
    }
    return {logprobs, values};
  }

  TinyAssistant tiny_;
  Assistant assistant_;
  FeatureStore store_;
  Responses all_;
};

TEST_F(ResponsesTest, FiguresAreThoseOfTheRowBeforeEachToken) {
  const at::NoGradGuard no_grad;
  const auto [logprobs, values] = all_figures(10000, {0, 1, 2, 3});
  // The third sequence alone, by the definition.
  const auto batch = make_batch({&all_.sequences[2]}, {all_.images[2]}, store_, at::kCPU);
  const model::AdapterScope scope(assistant_.model, "value");
  const at::Tensor rows = hidden(assistant_.model, batch);
  const int64_t n = rows.size(0);
  for (int64_t j = 0; j < 3; ++j) {
    const at::Tensor row = rows[n - 4 + j];
    const int64_t token = all_.sequences[2][static_cast<size_t>(n - 3 + j)];
    const at::Tensor expected =
        at::log_softmax(at::mv(assistant_.model.head_weight(), row) / 0.7, 0)[token];
    EXPECT_NEAR(logprobs[3 + j].item<double>(), expected.item<double>(), 1e-5);
    EXPECT_NEAR(values[3 + j].item<double>(),
                assistant_.model.score("value", row.view({1, -1})).item<double>(), 1e-5);
  }
}

TEST_F(ResponsesTest, DoNotDependOnBatchesOrOrder) {
  const auto [logprobs, values] = all_figures(10000, {0, 1, 2, 3});
  EXPECT_LT(logprobs.max().item<double>(), 0) << "a position was left out";
  const auto [split_logprobs, split_values] = all_figures(1, {3, 0, 2, 1});
  EXPECT_TRUE(at::allclose(logprobs, split_logprobs, 1e-5, 1e-5));
  EXPECT_TRUE(at::allclose(values, split_values, 1e-5, 1e-5));
}

// One value more is read at the last token, where the whole answer has been seen.
TEST_F(ResponsesTest, TheValueBehindAnAnswerIsReadAtItsLastRow) {
  const at::NoGradGuard no_grad;
  const auto batch = response_batches(all_, {1, 2}, 10000, store_, at::kCPU).front();
  const auto more = tensor::Spans::from_lengths({3, 3});  // of 2 and 3 tokens
  const at::Tensor values = response_values(assistant_.model, batch, "value", more);
  const at::Tensor before = response_values(assistant_.model, batch, "value", batch.spans);
  EXPECT_TRUE(at::allclose(values.slice(0, 0, 2), before.slice(0, 0, 2), 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(values.slice(0, 3, 6), before.slice(0, 2, 5), 1e-5, 1e-6));
  const model::AdapterScope scope(assistant_.model, "value");
  const auto alone = make_batch({&all_.sequences[1]}, {all_.images[1]}, store_, at::kCPU);
  const at::Tensor last = hidden(assistant_.model, alone).slice(0, -1);
  EXPECT_NEAR(values[2].item<double>(), assistant_.model.score("value", last).item<double>(), 1e-5);
}

}  // namespace
}  // namespace plumbline::engine
