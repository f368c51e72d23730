// Any bytes as an image file: a picture of the size its header says, or a DataError.
#include <cstdint>
#include <cstdlib>

#include "plumbline/base/error.h"
#include "plumbline/image/decode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plumbline;
  constexpr int64_t kMaxPixels = 1 << 16;  // small, so that many inputs fit into a second
  try {
    const image::Image image =
        image::decode_bytes({reinterpret_cast<const char*>(data), size}, "fuzz",
                            {.use_exif_orientation = true, .max_pixels = kMaxPixels});
    const int64_t pixels = int64_t{image.width} * image.height;
    if (pixels < 1 || pixels > kMaxPixels || image.rgb.size() != static_cast<size_t>(3 * pixels)) {
      std::abort();
    }
  } catch (const DataError&) {
  }
  return 0;
}
