#include "plumbline/image/preprocess.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/image/decode.h"
#include "plumbline/image/image_source.h"

namespace plumbline::image {
namespace {

constexpr size_t kLevels = 256;

// Lays `image` on `canvas` so that its pixel (left, top) comes to (at_x, at_y), as far as both
// reach.
void paste(const Image& image, int left, int top, Image& canvas, int at_x, int at_y) {
  const int width = std::min(image.width - left, canvas.width - at_x);
  const int height = std::min(image.height - top, canvas.height - at_y);
  for (int y = 0; y < height; ++y) {
    std::copy_n(image.rgb.begin() + 3 * (int64_t{top + y} * image.width + left), 3 * width,
                canvas.rgb.begin() + 3 * (int64_t{at_y + y} * canvas.width + at_x));
  }
}

// The middle, rounded towards the top left; sides that are too short are centred on black, with an
// odd line more before than behind, as transformers does.
Image center_crop(const Image& image, int size) {
  Image result{size, size, std::vector<uint8_t>(size_t{3} * size * size)};
  const auto cut = [size](int side) { return std::max(0, (side - size) / 2); };
  const auto shift = [size](int side) { return std::max(0, (size - side + 1) / 2); };
  paste(image, cut(image.width), cut(image.height), result, shift(image.width),
        shift(image.height));
  return result;
}

Image resize_to_edge(const Image& image, const Preprocess& p, const std::string& where) {
  const int64_t edge = p.shortest_edge;
  if (!p.keeps_aspect) {
    return resize(image, static_cast<int>(edge), static_cast<int>(edge), p.resample);
  }
  const int64_t shorter = std::min(image.width, image.height);
  const int64_t longer = std::max(image.width, image.height);
  if (edge * longer / shorter > kMaxPixels / edge) {
    throw DataError(Complaint{
        .component = "image",
        .doing = "preprocessing",
        .expected = fmt::format("a picture that has {} pixels at most when its shorter side has {}",
                                kMaxPixels, edge),
        .got = fmt::format("{} x {} pixels", image.width, image.height),
        .where = where});
  }
  const auto other = [&](int64_t side) { return static_cast<int>(edge * side / shorter); };
  return resize(image, other(image.width), other(image.height), p.resample);
}

// The value of each of the 256 levels in one channel: rescaled in double, the rest in float, which
// is how the reference rounds.
std::array<float, kLevels> level_values(const Preprocess& p, size_t channel) {
  const auto mean = static_cast<float>(p.mean[channel]);
  const auto std = static_cast<float>(p.std[channel]);
  const double factor = p.use_rescale ? p.rescale_factor : 1.0;
  std::array<float, kLevels> values;
  for (size_t level = 0; level < kLevels; ++level) {
    values[level] = static_cast<float>(static_cast<double>(level) * factor);
    if (p.use_normalize) values[level] = (values[level] - mean) / std;
  }
  return values;
}

}  // namespace

Image pad_to_square(const Image& image, const std::array<double, 3>& mean) {
  if (image.width == image.height) return image;
  const int side = std::max(image.width, image.height);
  std::array<uint8_t, 3> color;
  for (size_t c = 0; c < 3; ++c) color[c] = static_cast<uint8_t>(mean[c] * 255);
  Image result{side, side, std::vector<uint8_t>(size_t{3} * side * side)};
  for (auto at = result.rgb.begin(); at != result.rgb.end(); at += 3) {
    std::copy(color.begin(), color.end(), at);
  }
  paste(image, 0, 0, result, (side - image.width) / 2, (side - image.height) / 2);
  return result;
}

Image square_pixels(const Image& image, const Preprocess& p, const std::string& where) {
  const int side = static_cast<int>(p.size);
  Image square = p.pad_to_square ? pad_to_square(image, p.mean) : image;
  if (p.use_resize) square = resize_to_edge(square, p, where);
  const bool fits = square.width == side && square.height == side;
  if (fits) return square;
  if (p.use_center_crop) return center_crop(square, side);
  throw DataError(
      Complaint{.component = "image",
                .doing = "preprocessing",
                .expected = fmt::format("{} x {} pixels", side, side),
                .got = fmt::format("{} x {}", square.width, square.height),
                .where = where,
                .hint = "switch on resize and centre crop in preprocessor_config.json."});
}

std::vector<float> preprocess(const Image& image, const Preprocess& p, const std::string& where) {
  const Image square = square_pixels(image, p, where);
  const size_t num_pixels = square.rgb.size() / 3;
  std::vector<float> values(square.rgb.size());
  for (size_t c = 0; c < 3; ++c) {
    const auto of_level = level_values(p, c);
    float* plane = values.data() + c * num_pixels;
    for (size_t i = 0; i < num_pixels; ++i) plane[i] = of_level[square.rgb[3 * i + c]];
  }
  return values;
}

std::vector<float> preprocess_file(const fs::path& path, const Preprocess& p) {
  return preprocess(decode(path, {.use_exif_orientation = p.use_exif_orientation}), p,
                    source_name(path.string()));
}

}  // namespace plumbline::image
