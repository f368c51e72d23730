// Draws scenes. A scene is a pure function of its options and key.
#pragma once

#include "plumbline/world/scene.h"

namespace plumbline::world {

struct SceneOptions {
  double faint_share = 0.35;   // probability that a kind is drawn faintly
  double typical_share = 0.8;  // probability that it is one of the environment's typical objects
  bool use_held_out = false;   // see sample_scene
};

// 2-5 kinds of 1-3 copies, distinct categories and cells. Without `use_held_out` no kind has its
// category's held-out colour; with it at least one kind has.
Scene sample_scene(const SceneOptions& options, RandomKey key);

}  // namespace plumbline::world
