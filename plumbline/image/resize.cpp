#include "plumbline/image/resize.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "plumbline/base/error.h"

namespace plumbline::image {
namespace {

constexpr int kFractionBits = 22;
constexpr double kBicubicSupport = 2.0;

double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

// The source pixels [first, first + weights.size()) of one target pixel.
struct Taps {
  int first = 0;
  std::vector<int32_t> weights;  // fixed point
};

int32_t to_fixed(double weight) {
  const double scaled = weight * (1 << kFractionBits);
  return static_cast<int32_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

std::vector<Taps> make_taps(int in_size, int out_size) {
  const double scale = static_cast<double>(in_size) / out_size;
  const double filter_scale = std::max(scale, 1.0);
  const double support = kBicubicSupport * filter_scale;
  std::vector<Taps> all(static_cast<size_t>(out_size));
  for (int out = 0; out < out_size; ++out) {
    const double center = (out + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(center - support + 0.5));
    const int last = std::min(in_size, static_cast<int>(center + support + 0.5));
    std::vector<double> weights;
    double sum = 0;
    for (int in = first; in < last; ++in) {
      weights.push_back(bicubic((in - center + 0.5) * (1.0 / filter_scale)));
      sum += weights.back();
    }
    Taps& taps = all[static_cast<size_t>(out)];
    taps.first = first;
    for (const double w : weights) taps.weights.push_back(to_fixed(sum != 0 ? w / sum : w));
  }
  return all;
}

uint8_t to_pixel(int32_t sum) {
  return static_cast<uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
}

// Filters along one axis. `step` is the distance of neighbouring source pixels along that axis.
uint8_t filtered(const uint8_t* source, const Taps& taps, size_t step) {
  int32_t sum = 1 << (kFractionBits - 1);
  const uint8_t* pixel = source + step * static_cast<size_t>(taps.first);
  for (const int32_t weight : taps.weights) {
    sum += *pixel * weight;
    pixel += step;
  }
  return to_pixel(sum);
}

Image resize_rows(const Image& image, int width) {
  const auto taps = make_taps(image.width, width);
  Image result{width, image.height, std::vector<uint8_t>(size_t{3} * width * image.height)};
  uint8_t* target = result.rgb.data();
  for (int y = 0; y < image.height; ++y) {
    const uint8_t* row = image.rgb.data() + size_t{3} * image.width * y;
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) *target++ = filtered(row + c, taps[static_cast<size_t>(x)], 3);
    }
  }
  return result;
}

Image resize_columns(const Image& image, int height) {
  const auto taps = make_taps(image.height, height);
  const size_t row_bytes = size_t{3} * image.width;
  Image result{image.width, height, std::vector<uint8_t>(row_bytes * height)};
  uint8_t* target = result.rgb.data();
  for (int y = 0; y < height; ++y) {
    for (size_t i = 0; i < row_bytes; ++i) {
      *target++ = filtered(image.rgb.data() + i, taps[static_cast<size_t>(y)], row_bytes);
    }
  }
  return result;
}

}  // namespace

Image resize_bicubic(const Image& image, int width, int height) {
  PLUMBLINE_CHECK(width > 0 && height > 0, std::to_string(width) + " x " + std::to_string(height));
  Image result = width != image.width ? resize_rows(image, width) : image;
  return height != result.height ? resize_columns(result, height) : result;
}

}  // namespace plumbline::image
