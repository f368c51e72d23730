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

TEST(Branches, ShareTheLongestBeginningThatLeavesATokenToEach) {
  const auto of = [](const std::vector<text::TokenIds>& sequences) {
    return branches_of(sequences, {"a.png"});
  };
  const Branches pair = of({{1, 2, 3, 4}, {1, 2, 5}});
  EXPECT_EQ(pair.beginning, (text::TokenIds{1, 2}));
  EXPECT_EQ(pair.ends, (std::vector<text::TokenIds>{{3, 4}, {5}}));
  EXPECT_EQ(pair.num_rows(), 5);
  EXPECT_EQ(num_sequences(pair), 3);
  EXPECT_EQ(pair.images.size(), 1U);
  EXPECT_EQ(of({{1, 2, 3}, {1, 2}}).beginning, (text::TokenIds{1})) << "a token is left to each";
  EXPECT_EQ(of({{1, 2}, {1, 2}, {1, 2}}).beginning, (text::TokenIds{1}));
  EXPECT_TRUE(of({{1}, {2}}).beginning.empty());
  const Branches alone = of({{1, 2}});
  EXPECT_TRUE(alone.beginning.empty());
  EXPECT_EQ(num_sequences(alone), 1);
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

TEST(Batch, SharedBeginningsArePrefixes) {
  const TinyAssistant tiny;
  auto assistant = tiny.load();
  FeatureStore store(assistant.preprocess, tiny.images());
  store.prepare(assistant.model, {"0.png"});
  const auto list = examples(assistant);
  const Branches pair = branches_of({list[0].ids, list[3].ids}, {"0.png"});
  const Branches alone = branches_of({list[1].ids}, {});
  const auto batch = make_batch({&pair, &alone}, store, at::kCPU);
  EXPECT_EQ(batch.prefixes, (tensor::Prefixes{-1, 0, 0, -1}));
  EXPECT_EQ(batch.spans.length(0), std::ssize(pair.beginning));
  EXPECT_EQ(batch.spans.length(3), std::ssize(list[1].ids));
  EXPECT_EQ(batch.features.size(0), 1) << "the picture is seen once";
}

}  // namespace
}  // namespace plumbline::engine
