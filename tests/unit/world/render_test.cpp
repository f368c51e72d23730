#include "plumbline/world/render.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "samples.h"

namespace plumbline::world {
namespace {

const RandomKey kKey = random_key(1, "render_test");

// Cells in which two pictures differ.
std::set<int> changed_cells(const image::Image& a, const image::Image& b) {
  std::set<int> cells;
  for (int y = 0; y < kPictureSize; ++y) {
    for (int x = 0; x < kPictureSize; ++x) {
      for (int c = 0; c < 3; ++c) {
        const size_t at = static_cast<size_t>(3 * (y * kPictureSize + x) + c);
        if (a.rgb[at] != b.rgb[at]) cells.insert(y / 16 * kGridSize + x / 16);
      }
    }
  }
  return cells;
}

image::Image empty_kitchen() {
  Scene scene = kitchen();
  scene.kinds.clear();
  return render(scene, 0, kKey);
}

TEST(Render, DrawsEachCopyInItsCellAndNothingElse) {
  EXPECT_EQ(changed_cells(render(kitchen(), 0, kKey), empty_kitchen()),
            (std::set<int>{0, 4, 7, 13}));
  for (uint64_t i = 0; i < 200; ++i) {
    const Scene scene = sample_scene({}, kKey.at(i));
    Scene empty = scene;
    empty.kinds.clear();
    std::set<int> cells;
    for (const Kind& kind : scene.kinds) cells.insert(kind.cells.begin(), kind.cells.end());
    EXPECT_EQ(changed_cells(render(scene, 0, kKey), render(empty, 0, kKey)), cells);
  }
}

TEST(Render, FaintKindsDifferLessFromTheBackground) {
  Scene faint = kitchen();
  for (Kind& kind : faint.kinds) kind.is_faint = true;
  const auto contrast = [&](const Scene& scene) {
    const auto picture = render(scene, 0, kKey), empty = empty_kitchen();
    double sum = 0;
    for (size_t i = 0; i < picture.rgb.size(); ++i) sum += std::abs(picture.rgb[i] - empty.rgb[i]);
    return sum;
  };
  const double share = contrast(faint) / contrast(kitchen());
  EXPECT_GT(share, 0.2);
  EXPECT_LT(share, 0.5);
}

TEST(Render, NoiseHasTheGivenDeviation) {
  Scene gray = kitchen();
  gray.kinds.clear();
  const auto clean = render(gray, 0, kKey), noisy = render(gray, 0.1, kKey);
  double sum = 0, squares = 0;
  for (size_t i = 0; i < clean.rgb.size(); ++i) {
    const double d = noisy.rgb[i] - clean.rgb[i];
    sum += d;
    squares += d * d;
  }
  const double n = static_cast<double>(clean.rgb.size());
  EXPECT_NEAR(sum / n, 0, 1);
  EXPECT_NEAR(std::sqrt(squares / n), 25.5, 1);
}

TEST(Render, IsAFunctionOfItsArguments) {
  EXPECT_EQ(render(kitchen(), 0.1, kKey), render(kitchen(), 0.1, kKey));
  EXPECT_FALSE(render(kitchen(), 0.1, kKey) == render(kitchen(), 0.1, kKey.at(1)));
}

TEST(Render, EnvironmentsLookDifferent) {
  std::set<std::vector<uint8_t>> pictures;
  for (int e = 0; e < 8; ++e) pictures.insert(render(Scene{e, {}}, 0, kKey).rgb);
  EXPECT_EQ(pictures.size(), 8u);
}

}  // namespace
}  // namespace plumbline::world
