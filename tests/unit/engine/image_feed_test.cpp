#include "plumbline/engine/image_feed.h"

#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>

#include "plumbline/base/log.h"
#include "plumbline/engine/feature_store.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

using testing::Contains;
using testing::Key;

class ImageFeedTest : public support::Scratch {
 protected:
  void SetUp() override { set_log_level(LogLevel::Warning); }
  void TearDown() override { set_log_level(LogLevel::Info); }
  std::string image(int i) const { return tiny_.images() + "/" + std::to_string(i) + ".png"; }
  std::vector<std::string> images() const { return {image(0), image(1), image(2)}; }
  // By another way: the store's.
  at::Tensor expected(const std::vector<std::string>& names) {
    FeatureStore store(assistant_.preprocess, "");
    store.prepare(assistant_.model, names);
    return store.features(names);
  }

  const TinyAssistant tiny_;
  Assistant assistant_ = tiny_.load();
  std::unique_ptr<parallel::Communicator> alone_ = parallel::make_local();
};

TEST_F(ImageFeedTest, EveryWayGivesTheSameFeatures) {
  for (const ImageFeedOptions& options :
       {ImageFeedOptions{}, ImageFeedOptions{.memory_bytes = 1},
        ImageFeedOptions{.cache_folder = path("cache"), .memory_bytes = 1},
        ImageFeedOptions{.cache_folder = path("cache"), .memory_bytes = 1},
        ImageFeedOptions{.cache_folder = path("cache")}, ImageFeedOptions{.trains_tower = true}}) {
    ImageFeed feed(assistant_.model, assistant_.preprocess, options);
    EXPECT_TRUE(feed.prepare(images(), *alone_).empty());
    EXPECT_EQ(feed.holds_features(), options.memory_bytes == 0 && !options.trains_tower);
    const std::vector<std::string> first = {image(2), image(0)}, second = {image(1)};
    feed.announce(first);
    feed.announce(second);
    EXPECT_TRUE(at::allclose(feed.features(first), expected(first), 1e-5, 1e-6));
    EXPECT_TRUE(at::allclose(feed.features(second), expected(second), 1e-5, 1e-6));
    EXPECT_FALSE(feed.features({}).defined());
  }
}

TEST_F(ImageFeedTest, GradientsReachATowerThatTrains) {
  auto weight =
      assistant_.model.parameters().at("vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight");
  weight.requires_grad_(true);
  for (const bool trains : {false, true}) {
    ImageFeed feed(assistant_.model, assistant_.preprocess, {.trains_tower = trains});
    feed.prepare(images(), *alone_);
    EXPECT_EQ(feed.features({image(0)}).requires_grad(), trains);
  }
}

TEST_F(ImageFeedTest, NamesWhatCannotBeUsedAndGoesOn) {
  write_file(folder_ / "broken.png", "no picture");
  for (const int64_t memory : {0, 1}) {
    ImageFeed feed(assistant_.model, assistant_.preprocess, {.memory_bytes = memory});
    const auto problems =
        feed.prepare({image(0), path("broken.png"), path("gone.png"), image(1)}, *alone_);
    EXPECT_EQ(problems.size(), 2U);
    EXPECT_THAT(problems, Contains(Key(path("broken.png"))));
    EXPECT_THAT(problems, Contains(Key(path("gone.png"))));
    EXPECT_TRUE(at::allclose(feed.features({image(1)}), expected({image(1)}), 1e-5, 1e-6));
  }
}

}  // namespace
}  // namespace plumbline::engine
