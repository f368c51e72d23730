#include "plumbline/engine/feature_cache.h"

#include <gmock/gmock.h>

#include "plumbline/base/log.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

class FeatureCacheTest : public support::Scratch {
 protected:
  FeatureCache cache() { return {folder_, assistant_.model, assistant_.preprocess}; }

  const TinyAssistant tiny_;
  Assistant assistant_ = tiny_.load();
  const at::Tensor features_ = at::arange(64).to(at::kFloat).view({4, 16});
};

TEST_F(FeatureCacheTest, GivesBackWhatWasSaved) {
  const std::string key = cache().key_of("bytes of a picture");
  EXPECT_EQ(key.size(), 32U);
  EXPECT_FALSE(cache().load(key));
  cache().save(key, features_);
  EXPECT_TRUE(cache().load(key)->equal(features_));
  EXPECT_EQ(cache().key_of("bytes of a picture"), key) << "the same in another run";
}

TEST_F(FeatureCacheTest, AnotherPictureSettingOrTowerHasAnotherKey) {
  const std::string key = cache().key_of("a");
  EXPECT_NE(cache().key_of("b"), key);
  auto other = assistant_.preprocess;
  other.pad_to_square = !other.pad_to_square;
  EXPECT_NE(FeatureCache(folder_, assistant_.model, other).key_of("a"), key);
  for (auto& [name, tensor] : assistant_.model.parameters()) {
    if (name.starts_with("language_model.")) tensor.add_(1);
  }
  EXPECT_EQ(cache().key_of("a"), key) << "the language model does not matter";
  assistant_.model.parameters()
      .at("vision_tower.vision_model.encoder.layers.0.mlp.fc1.bias")
      .add_(1e-3);
  EXPECT_NE(cache().key_of("a"), key);
}

TEST_F(FeatureCacheTest, ADamagedFileCountsAsNone) {
  set_log_level(LogLevel::Error);
  const std::string key = cache().key_of("a");
  cache().save(key, features_);
  const fs::path file = folder_ / key.substr(0, 2) / (key + ".safetensors");
  write_file(file, read_file(file).substr(0, 20));
  EXPECT_FALSE(cache().load(key));
  cache().save(key, at::zeros({2, 2}));  // of another shape
  EXPECT_FALSE(cache().load(key));
  set_log_level(LogLevel::Info);
}

}  // namespace
}  // namespace plumbline::engine
