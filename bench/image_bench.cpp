// How long one picture takes from file to tensor here, step by step: medians of several rounds.
// image_bench.py prints the same for Pillow and transformers. Usage: image_bench [rounds]
// [photo...]
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "bench/median.h"
#include "plumbline/base/error.h"
#include "plumbline/image/decode.h"
#include "plumbline/image/png.h"
#include "plumbline/image/preprocess.h"

namespace plumbline::image {
namespace {

constexpr int kWidth = 640, kHeight = 480, kSide = 336;

// A smooth picture with some noise; its PNG is about as large as a photograph's.
Image scene() {
  Image image{kWidth, kHeight, std::vector<uint8_t>(size_t{3} * kWidth * kHeight)};
  uint32_t noise = 1;
  for (size_t i = 0; i < image.rgb.size(); ++i) {
    noise = noise * 1664525 + 1013904223;
    const size_t x = i / 3 % kWidth, y = i / 3 / kWidth;
    image.rgb[i] = static_cast<uint8_t>((x + y * (1 + i % 3)) / 8 + (noise >> 28));
  }
  return image;
}

void print_median(const std::string& what, int rounds, const std::function<void()>& work) {
  fmt::print("{:<44}{:8.2f} ms\n", what, 1000 * median_seconds(rounds, work));
}

void measure(const std::string& name, const std::string& bytes, int rounds) {
  const Image image = decode_bytes(bytes, name);
  fmt::print("{}: {} x {}\n", name, image.width, image.height);
  print_median("decode", rounds, [&] { decode_bytes(bytes, name); });
  const auto resized = [&](const char* what, Filter filter, int side) {
    print_median(fmt::format("resize to {} x {}, {}", side, side, what), rounds,
                 [&] { resize(image, side, side, filter); });
  };
  resized("bicubic", Filter::Bicubic, kSide);
  resized("bilinear", Filter::Bilinear, kSide);
  resized("bicubic", Filter::Bicubic, 3 * kSide);
  Preprocess p{.size = kSide, .shortest_edge = kSide};
  print_median(fmt::format("CLIP: short edge {}, crop, normalise", kSide), rounds,
               [&] { preprocess(image, p); });
  p.pad_to_square = true;
  print_median(fmt::format("LLaVA: pad, {} x {}, normalise", kSide, kSide), rounds,
               [&] { preprocess(image, p); });
}

int run(int rounds, const std::vector<std::string>& photos) {
  if (photos.empty()) measure("a generated PNG", png_bytes(scene()), rounds);
  for (const auto& photo : photos) measure(photo, read_file(photo), rounds);
  return 0;
}

}  // namespace
}  // namespace plumbline::image

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 21;
  try {
    return plumbline::image::run(rounds, {argv + std::min(argc, 2), argv + argc});
  } catch (const plumbline::Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return e.exit_code();
  }
}
