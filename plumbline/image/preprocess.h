// Pictures to the numbers a vision tower reads, as Hugging Face's image processors make them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/image/image.h"
#include "plumbline/image/resize.h"

namespace plumbline::image {

// The steps in order: pad, resize, centre crop, rescale, normalise.
struct Preprocess {
  int64_t size = 224;                 // side of the square that comes out, in pixels
  bool use_exif_orientation = false;  // turn pictures upright when reading them from files
  bool pad_to_square = false;         // LLaVA's "pad": centred on a square of the mean colour first
  bool use_resize = true;
  int64_t shortest_edge = 224;  // short side after the resize; both sides without keeps_aspect
  bool keeps_aspect = true;     // false: the resize squeezes the picture into a square
  Filter resample = Filter::Bicubic;
  bool use_center_crop = true;  // of size x size; smaller pictures are centred on black
  bool use_rescale = true;
  double rescale_factor = 1.0 / 255.0;
  bool use_normalize = true;
  // Red, green, blue, of values in [0, 1].
  std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
  std::array<double, 3> std{0.26862954, 0.26130258, 0.27577711};
  friend bool operator==(const Preprocess&, const Preprocess&) = default;
};

// Reads the preprocessor_config.json of CLIPImageProcessor, LlavaImageProcessor or
// SiglipImageProcessor, under their older names too; what the file leaves out is that type's
// default, CLIP's without a type. "size" and "crop_size" may be a number or a square {"height",
// "width"}, "size" also {"shortest_edge"}. Padding is "image_aspect_ratio": "pad" (original LLaVA)
// or "do_pad" (LlavaImageProcessor). Without Plumbline's own "use_exif_orientation", pictures are
// turned upright for files of transformers' LLaVA processors, which read paths so, and left as
// stored otherwise, as the original LLaVA does.
// Throws DataError naming file and field for a value of the wrong type or range, for what is not
// supported ("anyres" and other tilings, sides that differ, a longest edge), and for every option
// that is not known. "do_convert_rgb" is always on: pictures are RGB here.
// Source: transformers 5.23.0, image_processing_backends.py (class PilBackend) and the models'
// files beside it; haotian-liu/LLaVA, llava/mm_utils.py, process_images.
// Of a processor_config.json, as transformers 5 writes it, reads the "image_processor" within.
Preprocess load_preprocess(const fs::path& path);
// Writes a file that load_preprocess reads back equal and that transformers reads alike.
void save_preprocess(const fs::path& path, const Preprocess& p);

// [3, size, size] float32, channel-major. Throws DataError, which names `where`, when the steps do
// not give a square of that size (no crop of a picture that is not square), and when a resize would
// be beyond kMaxPixels. Equal to the slow processors (backend "pil"): the bytes of square_pixels
// exactly, the result within 1e-6. The fast ones (backend "torchvision", the default where
// torchvision is installed) resize with torch, which differs by a level or two of 255, and fuse
// rescaling into the normalisation, which differs in the last bit.
std::vector<float> preprocess(const Image& image, const Preprocess& p,
                              const std::string& where = {});

// The same of a file. Throws what decode does, too.
std::vector<float> preprocess_file(const fs::path& path, const Preprocess& p);

// What preprocess rescales and normalises: the picture padded, resized and cropped.
Image square_pixels(const Image& image, const Preprocess& p, const std::string& where = {});

// Centred on a square of the longer side; the rest is filled with int(mean * 255). When the
// difference is odd, the extra line is below or to the right.
Image pad_to_square(const Image& image, const std::array<double, 3>& mean);

}  // namespace plumbline::image
