#include "plumbline/engine/batch.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

struct Example {
  text::TokenIds ids;
  std::string image;
};

std::vector<Example> examples(const Assistant& assistant) {
  std::vector<Example> list;
  for (int i = 0; i < 4; ++i) {
    const bool has_image = i != 1;
    const std::vector<text::Turn> turns = {
        {.is_user = true, .text = (has_image ? "<image>\n" : "") + std::string("what is it?")},
        {.is_user = false, .text = std::string("a") + std::string(static_cast<size_t>(i), 'x')}};
    list.push_back({text::encode(assistant.tokenizer, assistant.format, turns).ids,
                    has_image ? std::to_string(i % 3) + ".png" : ""});
  }
  return list;
}

// Scores do not depend on what else is in the batch, nor on its order, nor on its portions.
TEST(Batch, ScoresAreThoseOfEachSequenceAlone) {
  const TinyAssistant tiny;
  auto assistant = tiny.load();
  assistant.model.add_adapter("reward", {.rank = 2, .alpha = 4, .targets = {"q_proj"}},
                              random_key(1, "lora"));
  assistant.model.add_head("reward", random_key(1, "head"), false);
  FeatureStore store(assistant.preprocess, tiny.images());
  store.prepare(assistant.model, {"0.png", "1.png", "2.png"});
  const auto list = examples(assistant);
  std::vector<text::TokenIds> ids;
  std::vector<std::string> images;
  for (const auto& e : list) {
    ids.push_back(e.ids);
    images.push_back(e.image);
  }
  const auto all = score_sequences(assistant.model, store, ids, images, "reward", 10000);
  const auto split = score_sequences(assistant.model, store, ids, images, "reward", 1);
  for (size_t i = 0; i < list.size(); ++i) {
    const auto alone =
        score_sequences(assistant.model, store, {ids[i]}, {images[i]}, "reward", 10000);
    EXPECT_NEAR(all[i], alone[0], 1e-5);
    EXPECT_NEAR(all[i], split[i], 1e-5);
  }
  EXPECT_NE(all[0], all[2]);
  // Another picture gives another score: the image is really read.
  const auto other = score_sequences(assistant.model, store, {ids[0]}, {"2.png"}, "reward", 10000);
  EXPECT_GT(std::abs(other[0] - all[0]), 1e-6);
}

TEST(Batch, KeepsSequencesApart) {
  const TinyAssistant tiny;
  auto assistant = tiny.load();
  FeatureStore store(assistant.preprocess, tiny.images());
  store.prepare(assistant.model, {"0.png"});
  const auto list = examples(assistant);
  const auto batch = make_batch({&list[0].ids, &list[1].ids}, {"0.png", ""}, store, at::kCPU);
  EXPECT_EQ(batch.spans.size(), 2);
  EXPECT_EQ(batch.spans.length(1), static_cast<int64_t>(list[1].ids.size()));
  EXPECT_EQ(batch.features.size(0), 1);
  EXPECT_EQ(hidden(assistant.model, batch).size(0), batch.spans.total());
  EXPECT_FALSE(image_rows(assistant.model, store, "").defined());
}

}  // namespace
}  // namespace plumbline::engine
