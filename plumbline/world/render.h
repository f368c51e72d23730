// Draws a scene.
#pragma once

#include "plumbline/image/image.h"
#include "plumbline/world/scene.h"

namespace plumbline::world {

// 64 x 64 RGB. The environment is the background's colour and texture; each copy is its category's
// glyph in its colour, 8 (small) or 13 (large) pixels high, moved by up to 2 pixels inside its
// cell. Faint kinds are blended in with alpha 0.25-0.45, the same for all copies. `pixel_noise` is
// the standard deviation of Gaussian noise on every channel, as a share of full scale. A pure
// function of its arguments.
image::Image render(const Scene& scene, double pixel_noise, RandomKey key);

}  // namespace plumbline::world
