// A page on which a person can judge the world itself.
#pragma once

#include "plumbline/base/files.h"

namespace plumbline::world {

// Writes a self-contained HTML page of `num_scenes` random scenes: the picture enlarged, its facts,
// and a question of every type with the reference answer, a mistaken one, and what the judge gives
// both.
void write_sheet(const fs::path& html, int64_t seed, int num_scenes);

}  // namespace plumbline::world
