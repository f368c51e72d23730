#include "plumbline/image/pixel_feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>

#include "plumbline/base/error.h"

namespace plumbline::image {
namespace {

std::vector<float> length_of(const std::string& name) { return {static_cast<float>(name.size())}; }

TEST(PixelFeed, GivesEveryPictureInTheOrderAnnounced) {
  PixelFeed feed(length_of, 3, 4);
  std::vector<std::string> names;
  for (size_t i = 0; i < 50; ++i) names.emplace_back(i % 7, 'x');
  feed.announce(names);
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(feed.take(names[i]), length_of(names[i])) << i;
  }
  EXPECT_EQ(feed.take("never announced"), std::vector<float>{15}) << "loaded at once";
}

TEST(PixelFeed, LoadsNoMoreAheadThanAllowed) {
  std::atomic<int> loaded = 0;
  PixelFeed feed(
      [&](const std::string& name) {
        ++loaded;
        return length_of(name);
      },
      2, 3);
  feed.announce({"a", "b", "c", "d", "e", "f"});
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(loaded, 3);
  feed.take("a");
  feed.take("b");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(loaded, 5);
}

TEST(PixelFeed, AFailureReachesWhoTakesThatPicture) {
  PixelFeed feed(
      [](const std::string& name) {
        if (name == "bad") throw std::runtime_error("broken");
        return length_of(name);
      },
      2, 8);
  feed.announce({"good", "bad", "fine"});
  EXPECT_EQ(feed.take("good"), std::vector<float>{4});
  EXPECT_THROW(feed.take("bad"), std::runtime_error);
  EXPECT_EQ(feed.take("fine"), std::vector<float>{4});
}

TEST(PixelFeed, RefusesAnotherOrder) {
  PixelFeed feed(length_of, 1, 2);
  feed.announce({"a", "b"});
  EXPECT_THROW(feed.take("b"), InternalError);
}

TEST(PixelFeed, MayEndWithPicturesLeft) {
  PixelFeed feed(length_of, 2, 2);
  feed.announce({"a", "b", "c", "d"});
}

}  // namespace
}  // namespace plumbline::image
