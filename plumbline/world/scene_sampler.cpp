#include "plumbline/world/scene_sampler.h"

#include <algorithm>
#include <numeric>

namespace plumbline::world {
namespace {

constexpr int kMinKinds = 2, kMaxKinds = 5;
const std::vector<double> kCountWeights = {0.5, 0.3, 0.2};  // of 1, 2, 3 copies

int draw_category(const Scene& scene, double typical_share, Random& random) {
  const auto is_free = [&](int category) { return find_kind(scene, category) == nullptr; };
  for (;;) {
    int category = 0;
    if (random.chance(typical_share)) {
      const auto& typical = typical_objects(scene.environment);
      std::vector<double> weights;
      for (const Typical& t : typical) weights.push_back(t.weight);
      category = typical[static_cast<size_t>(random.weighted(weights))].category;
    } else {
      category = static_cast<int>(random.below(static_cast<int64_t>(categories().size())));
    }
    if (is_free(category)) return category;
  }
}

int draw_color(int category, bool with_held_out, Random& random) {
  for (;;) {
    const int color = static_cast<int>(random.below(static_cast<int64_t>(colors().size())));
    if (with_held_out || color != held_out_color(category)) return color;
  }
}

}  // namespace

Scene sample_scene(const SceneOptions& options, RandomKey key) {
  Random random(key);
  Scene scene;
  scene.environment = static_cast<int>(random.below(static_cast<int64_t>(environments().size())));
  std::vector<int> free_cells(kNumCells);
  std::iota(free_cells.begin(), free_cells.end(), 0);
  random.shuffle(free_cells);
  const int64_t num_kinds = random.between(kMinKinds, kMaxKinds);
  for (int64_t i = 0; i < num_kinds; ++i) {
    Kind kind;
    kind.category = draw_category(scene, options.typical_share, random);
    kind.color = draw_color(kind.category, options.use_held_out, random);
    kind.size = random.chance(0.5) ? Size::Large : Size::Small;
    kind.is_faint = random.chance(options.faint_share);
    for (int64_t copies = 1 + random.weighted(kCountWeights); copies > 0; --copies) {
      kind.cells.push_back(free_cells.back());
      free_cells.pop_back();
    }
    std::sort(kind.cells.begin(), kind.cells.end());
    scene.kinds.push_back(kind);
  }
  if (options.use_held_out) {
    Kind& kind = scene.kinds[static_cast<size_t>(random.below(num_kinds))];
    kind.color = held_out_color(kind.category);
  }
  sort_kinds(scene);
  return scene;
}

}  // namespace plumbline::world
