#include "plumbline/world/scene_sampler.h"

#include <gtest/gtest.h>

#include <set>

namespace plumbline::world {
namespace {

constexpr int kScenes = 2000;

Scene scene_of(int i, const SceneOptions& options = {}) {
  return sample_scene(options, random_key(3, "sampler_test").at(static_cast<uint64_t>(i)));
}

bool shows_held_out(const Scene& scene) {
  for (const Kind& kind : scene.kinds) {
    if (kind.color == held_out_color(kind.category)) return true;
  }
  return false;
}

TEST(SceneSampler, ScenesAreWellFormed) {
  for (int i = 0; i < kScenes; ++i) {
    const Scene scene = scene_of(i);
    EXPECT_GE(scene.kinds.size(), 2u);
    EXPECT_LE(scene.kinds.size(), 5u);
    std::set<int> found_categories, cells;
    size_t num_copies = 0;
    int last_first = -1;
    for (const Kind& kind : scene.kinds) {
      found_categories.insert(kind.category);
      cells.insert(kind.cells.begin(), kind.cells.end());
      num_copies += kind.cells.size();
      EXPECT_TRUE(kind.count() >= 1 && kind.count() <= kMaxCount);
      EXPECT_GT(kind.cells.front(), last_first);
      last_first = kind.cells.front();
    }
    EXPECT_EQ(found_categories.size(), scene.kinds.size());
    EXPECT_EQ(cells.size(), num_copies);
  }
}

TEST(SceneSampler, HeldOutPairsAppearOnlyWhereAsked) {
  for (int i = 0; i < kScenes; ++i) {
    EXPECT_FALSE(shows_held_out(scene_of(i)));
    EXPECT_TRUE(shows_held_out(scene_of(i, {.use_held_out = true})));
  }
}

TEST(SceneSampler, SharesAreAsGiven) {
  double kinds = 0, faint = 0, typical = 0;
  for (int i = 0; i < kScenes; ++i) {
    const Scene scene = scene_of(i);
    for (const Kind& kind : scene.kinds) {
      ++kinds;
      faint += kind.is_faint ? 1 : 0;
      for (const Typical& t : typical_objects(scene.environment))
        typical += t.category == kind.category;
    }
  }
  EXPECT_NEAR(faint / kinds, 0.35, 0.03);
  // Some of the freely drawn categories are typical too, and typical ones run out within a scene.
  EXPECT_NEAR(typical / kinds, 0.8, 0.08);
}

TEST(SceneSampler, IsAFunctionOfItsKey) {
  EXPECT_EQ(scene_of(5), scene_of(5));
  EXPECT_FALSE(scene_of(5) == scene_of(6));
}

}  // namespace
}  // namespace plumbline::world
