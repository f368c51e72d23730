// Pictures to the numbers a vision tower reads, as Hugging Face's CLIPImageProcessor makes them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/image/image.h"

namespace plumbline::image {

// The steps in order: pad, resize (bicubic), centre crop, rescale, normalise.
struct Preprocess {
  int64_t size = 224;          // side of the square that comes out, in pixels
  bool pad_to_square = false;  // LLaVA's "pad": centred on a square of the mean colour first
  bool use_resize = true;
  int64_t shortest_edge = 224;  // short side after the resize, >= size
  bool use_center_crop = true;
  bool use_rescale = true;
  double rescale_factor = 1.0 / 255.0;
  bool use_normalize = true;
  // Red, green, blue, of values in [0, 1].
  std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
  std::array<double, 3> std{0.26862954, 0.26130258, 0.27577711};
  friend bool operator==(const Preprocess&, const Preprocess&) = default;
};

// Reads preprocessor_config.json. "size" may be a number, {"shortest_edge"} or a square {"height",
// "width"}; the padding flag is "image_aspect_ratio": "pad". Throws DataError naming file and field
// for what is missing, of the wrong type, or not supported (a resample other than 3, bicubic).
Preprocess load_preprocess(const fs::path& path);
void save_preprocess(const fs::path& path, const Preprocess& p);

// [3, size, size] float32, channel-major. Throws DataError when the steps do not give a square of
// that size (no crop of a picture that is not square, or a picture smaller than the crop).
std::vector<float> preprocess(const Image& image, const Preprocess& p);

// Centred on a square of the longer side; the rest is filled with int(mean * 255).
Image pad_to_square(const Image& image, const std::array<double, 3>& mean);

}  // namespace plumbline::image
