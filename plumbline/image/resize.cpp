#include "plumbline/image/resize.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "plumbline/base/error.h"
#include "plumbline/image/resize_loops.h"

namespace plumbline::image {
namespace {

// Rows that the horizontal pass filters together: their bytes lie side by side in its strips.
constexpr int kStripRows = 16;

double sinc(double x) {
  if (x == 0.0) return 1.0;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

double bilinear(double x) { return std::max(0.0, 1.0 - std::abs(x)); }

// The constants are floats, as Pillow's: some pixels show it.
double hamming(double x) {
  x = std::abs(x);
  return x >= 1.0 ? 0.0 : sinc(x) * (0.54F + 0.46F * std::cos(x * std::numbers::pi));
}

double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

double lanczos(double x) { return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0; }

struct Kernel {
  double (*weight)(double);
  double support;  // half the width, in source pixels when enlarging
};

Kernel kernel(Filter filter) {
  switch (filter) {
    case Filter::Lanczos:
      return {lanczos, 3.0};
    case Filter::Bilinear:
      return {bilinear, 1.0};
    case Filter::Box:
      return {box, 0.5};
    case Filter::Hamming:
      return {hamming, 1.0};
    case Filter::Bicubic:
    case Filter::Nearest:  // has no kernel
      break;
  }
  return {bicubic, 2.0};
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

std::vector<Taps> make_taps(int in_size, int out_size, const Kernel& kernel) {
  const double scale = static_cast<double>(in_size) / out_size;
  const double filter_scale = std::max(scale, 1.0);
  const double support = kernel.support * filter_scale;
  std::vector<Taps> all(static_cast<size_t>(out_size));
  std::vector<double> weights;
  for (int out = 0; out < out_size; ++out) {
    const double center = (out + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(center - support + 0.5));
    const int last = std::min(in_size, static_cast<int>(center + support + 0.5));
    weights.clear();
    double sum = 0;
    for (int in = first; in < last; ++in) {
      weights.push_back(kernel.weight((in - center + 0.5) * (1.0 / filter_scale)));
      sum += weights.back();
    }
    Taps& taps = all[static_cast<size_t>(out)];
    taps.first = first;
    taps.weights.reserve(weights.size());
    for (const double w : weights) taps.weights.push_back(to_fixed(sum != 0 ? w / sum : w));
  }
  return all;
}

Image sized(int width, int height) {
  return {width, height, std::vector<uint8_t>(size_t{3} * width * height)};
}

// to[i * kStripRows + r] = from[r * row_bytes + i]. Unused rows of a strip keep older bytes.
void rows_to_strip(const uint8_t* from, size_t row_bytes, int num_rows, uint8_t* to) {
  for (int r = 0; r < num_rows; ++r, from += row_bytes, ++to) {
    for (size_t i = 0; i < row_bytes; ++i) to[kStripRows * i] = from[i];
  }
}

void strip_to_rows(const uint8_t* from, size_t row_bytes, int num_rows, uint8_t* to) {
  for (int r = 0; r < num_rows; ++r, to += row_bytes, ++from) {
    for (size_t i = 0; i < row_bytes; ++i) to[i] = from[kStripRows * i];
  }
}

// Along rows: in a strip of rows turned on its side, a source pixel is a line of bytes.
Image resize_rows(const Image& image, int width, const Kernel& kernel, BlendRows blend) {
  const auto all_taps = make_taps(image.width, width, kernel);
  Image result = sized(width, image.height);
  constexpr size_t kPixelBytes = size_t{3} * kStripRows;
  const size_t in_bytes = size_t{3} * image.width, out_bytes = size_t{3} * width;
  std::vector<uint8_t> source(kStripRows * in_bytes), target(kStripRows * out_bytes);
  for (int y = 0; y < image.height; y += kStripRows) {
    const int num_rows = std::min(kStripRows, image.height - y);
    rows_to_strip(image.rgb.data() + in_bytes * y, in_bytes, num_rows, source.data());
    uint8_t* out = target.data();
    for (const Taps& taps : all_taps) {
      blend(source.data() + kPixelBytes * taps.first, kPixelBytes, taps.weights.data(),
            static_cast<int>(taps.weights.size()), kPixelBytes, out);
      out += kPixelBytes;
    }
    strip_to_rows(target.data(), out_bytes, num_rows, result.rgb.data() + out_bytes * y);
  }
  return result;
}

Image resize_columns(const Image& image, int height, const Kernel& kernel, BlendRows blend) {
  Image result = sized(image.width, height);
  const size_t row_bytes = size_t{3} * image.width;
  uint8_t* out = result.rgb.data();
  for (const Taps& taps : make_taps(image.height, height, kernel)) {
    blend(image.rgb.data() + row_bytes * taps.first, row_bytes, taps.weights.data(),
          static_cast<int>(taps.weights.size()), row_bytes, out);
    out += row_bytes;
  }
  return result;
}

// The source position of each target pixel. Steps are summed up, not multiplied, as Pillow does:
// the rounding of the sums decides ties.
std::vector<int> nearest_positions(int in_size, int out_size) {
  const double step = static_cast<double>(in_size) / out_size;
  std::vector<int> positions(static_cast<size_t>(out_size));
  double at = step * 0.5;
  for (int& position : positions) {
    position = std::min(static_cast<int>(at), in_size - 1);
    at += step;
  }
  return positions;
}

Image resize_nearest(const Image& image, int width, int height) {
  Image result = sized(width, height);
  const auto columns = nearest_positions(image.width, width);
  uint8_t* out = result.rgb.data();
  for (const int y : nearest_positions(image.height, height)) {
    const uint8_t* row = image.rgb.data() + size_t{3} * image.width * y;
    for (const int x : columns) out = std::copy_n(row + 3 * x, 3, out);
  }
  return result;
}

// Which pass is first decides what is rounded in between.
bool goes_down_first(const Image& image, int width, int height) {
  const int64_t fewer_columns = int64_t{image.width} - width;
  const int64_t fewer_rows = int64_t{image.height} - height;
  return fewer_rows > 0 && fewer_rows > 2 * fewer_columns;
}

}  // namespace

Image resize(const Image& image, int width, int height, Filter filter) {
  PLUMBLINE_CHECK(width > 0 && height > 0, std::to_string(width) + " x " + std::to_string(height));
  if (width == image.width && height == image.height) return image;
  if (filter == Filter::Nearest) return resize_nearest(image, width, height);
  static const BlendRows blend = blend_rows(num_blend_rows() - 1);
  const Kernel k = kernel(filter);
  const auto along_rows = [&](const Image& i) {
    return width == i.width ? i : resize_rows(i, width, k, blend);
  };
  const auto along_columns = [&](const Image& i) {
    return height == i.height ? i : resize_columns(i, height, k, blend);
  };
  return goes_down_first(image, width, height) ? along_rows(along_columns(image))
                                               : along_columns(along_rows(image));
}

}  // namespace plumbline::image
