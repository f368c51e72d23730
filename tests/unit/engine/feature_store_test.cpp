#include "plumbline/engine/feature_store.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

TEST(FeatureStore, GivesFeaturesInTheOrderAskedAndSkipsEmptyNames) {
  const TinyAssistant tiny;
  auto assistant = tiny.load();
  FeatureStore store(assistant.preprocess, tiny.images());
  store.prepare(assistant.model, {"0.png", "", "1.png", "0.png"});
  EXPECT_EQ(store.num_held(), 2);
  const at::Tensor both = store.features({"1.png", "", "0.png"});
  EXPECT_EQ(both.sizes(), (at::IntArrayRef{2, 4, 16}));
  EXPECT_TRUE(both[1].equal(store.features({"0.png"})[0]));
  EXPECT_FALSE(both[0].equal(both[1]));
  EXPECT_FALSE(store.features({""}).defined());
}

TEST(FeatureStore, EqualsTheTowerOnOneImage) {
  const TinyAssistant tiny;
  auto assistant = tiny.load();
  FeatureStore together(assistant.preprocess, tiny.images()),
      alone(assistant.preprocess, tiny.images());
  together.prepare(assistant.model, {"0.png", "1.png", "2.png"});
  alone.prepare(assistant.model, {"2.png"});
  EXPECT_TRUE(at::allclose(together.features({"2.png"}), alone.features({"2.png"}), 1e-5, 1e-6));
}

// Beyond the memory it may take, a store gives the same features, and checks the pictures as well.
TEST(FeatureStore, WhatIsNotHeldIsLookedAtAgain) {
  const TinyAssistant tiny;
  auto assistant = tiny.load();
  FeatureStore all(assistant.preprocess, tiny.images()),
      none(assistant.preprocess, tiny.images(), /*memory_bytes=*/2 * 4 * 16 * 4);
  const std::vector<std::string> images = {"0.png", "1.png", "2.png"};
  EXPECT_EQ(all.planned_bytes(assistant.model, {"0.png", "", "1.png", "0.png"}), 2 * 4 * 16 * 4);
  EXPECT_EQ(none.planned_bytes(assistant.model, images), 2 * 4 * 16 * 4);
  for (FeatureStore* store : {&all, &none}) store->prepare(assistant.model, images);
  EXPECT_EQ(all.num_held(), 3);
  EXPECT_EQ(none.num_held(), 0);
  const std::vector<std::string> asked = {"2.png", "", "0.png", "2.png"};
  EXPECT_TRUE(at::allclose(none.features(asked), all.features(asked), 1e-5, 1e-6));
  none.prepare(assistant.model, {"1.png"});
  EXPECT_THROW(none.prepare(assistant.model, {"gone.png"}), DataError);
  EXPECT_THROW(none.features({"gone.png"}), InternalError);
}

TEST(FeatureStore, ALanguageModelAloneHasNone) {
  config::LlavaConfig config = TinyAssistant().load().model.config();
  config.vision = {};
  config.image_token = config::kNoImageToken;
  auto model = model::Llava::create(config, random_key(5, "tiny"), at::kFloat, at::kCPU);
  FeatureStore store({}, "");
  store.prepare(model, {"", ""});
  EXPECT_FALSE(store.features({"", ""}).defined());
  EXPECT_EQ(store.planned_bytes(model, {"", ""}), 0);
}

TEST(FeatureStore, NamesABrokenOrMissingPicture) {
  const TinyAssistant tiny;
  auto assistant = tiny.load();
  FeatureStore store(assistant.preprocess, tiny.images());
  write_file(tiny.path() / "images/broken.png",
             read_file(tiny.path() / "images/0.png").substr(0, 40));
  for (const char* name : {"broken.png", "gone.png"}) {
    try {
      store.prepare(assistant.model, {"0.png", name});
      FAIL();
    } catch (const Error& e) {
      EXPECT_EQ(e.exit_code(), 3);
      EXPECT_THAT(e.what(), testing::HasSubstr(name));
    }
  }
  try {
    store.prepare(assistant.model, {"broken.png", "0.png", "gone.png"});
    FAIL();
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(),
                testing::AllOf(testing::HasSubstr("2 that cannot be used"),
                               testing::HasSubstr("broken.png"), testing::HasSubstr("gone.png")));
  }
  EXPECT_EQ(store.num_held(), 0);
  EXPECT_THROW(store.features({"0.png"}), InternalError);
}

}  // namespace
}  // namespace plumbline::engine
