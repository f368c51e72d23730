// Where a model says how its pictures are prepared.
#pragma once

#include "plumbline/base/files.h"
#include "plumbline/config/llava_config.h"
#include "plumbline/image/preprocess.h"

namespace plumbline::engine {

// Reads preprocessor_config.json of a model's folder, or processor_config.json. In the original
// layout the first may lie in the tower's folder; without it the tower's published preprocessing is
// taken, and config.json's image_aspect_ratio says whether pictures are padded to a square.
// Throws IoError naming the files when there is none, and what load_preprocess throws.
image::Preprocess find_preprocess(const fs::path& folder, const config::LlavaConfig& config);

}  // namespace plumbline::engine
