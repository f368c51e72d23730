#include "plumbline/image/orientation.h"

#include <algorithm>

namespace plumbline::image {
namespace {

constexpr uint32_t kOrientationTag = 0x0112, kShort = 3, kLong = 4;
constexpr size_t kEntryBytes = 12;

// Numbers of a TIFF block in its byte order; beyond its end they are 0.
class Tiff {
 public:
  explicit Tiff(std::string_view bytes) : bytes_(bytes), is_big_(bytes.starts_with("MM")) {}
  uint32_t number(size_t at, size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return 0;
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i) {
      value = value << 8 | static_cast<uint8_t>(bytes_[at + (is_big_ ? i : size - 1 - i)]);
    }
    return value;
  }

 private:
  std::string_view bytes_;
  bool is_big_;
};

}  // namespace

int exif_orientation(std::string_view exif) {
  using namespace std::string_view_literals;
  while (exif.starts_with("Exif\0\0"sv)) exif.remove_prefix(6);
  if (!exif.starts_with("II*\0"sv) && !exif.starts_with("MM\0*"sv)) return 1;
  const Tiff tiff(exif);
  const size_t directory = tiff.number(4, 4);
  const size_t num_entries = tiff.number(directory, 2);
  for (size_t i = 0; i < num_entries; ++i) {
    const size_t entry = directory + 2 + kEntryBytes * i;
    if (tiff.number(entry, 2) != kOrientationTag) continue;
    const uint32_t type = tiff.number(entry + 2, 2), count = tiff.number(entry + 4, 4);
    if ((type != kShort && type != kLong) || count != 1) return 1;
    const uint32_t value = tiff.number(entry + 8, type == kShort ? 2 : 4);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

Image oriented(Image image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  const int o = orientation;
  const bool is_turned = o >= 5;
  const bool flips_x = o == 2 || o == 3 || o == 7 || o == 8;
  const bool flips_y = o == 3 || o == 4 || o == 6 || o == 7;
  Image result = image;
  if (is_turned) std::swap(result.width, result.height);
  uint8_t* target = result.rgb.data();
  for (int y = 0; y < result.height; ++y) {
    for (int x = 0; x < result.width; ++x, target += 3) {
      int from_x = is_turned ? y : x, from_y = is_turned ? x : y;
      if (flips_x) from_x = image.width - 1 - from_x;
      if (flips_y) from_y = image.height - 1 - from_y;
      std::copy_n(image.rgb.data() + 3 * (int64_t{from_y} * image.width + from_x), 3, target);
    }
  }
  return result;
}

}  // namespace plumbline::image
