#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <webp/encode.h>

#include "plumbline/base/error.h"
#include "plumbline/image/decode.h"
#include "tests/support/scratch.h"
#include "tests/unit/image/golden.h"

namespace plumbline::image {
namespace {

using testing::HasSubstr;

std::string problem(const std::string& bytes) {
  return support::error_text<DataError>([&] { decode_bytes(bytes, "photo.webp"); });
}

TEST(Webp, LosslessIsExactAndDropsAlpha) {
  const uint8_t rgba[8] = {1, 2, 3, 255, 200, 100, 50, 128};
  uint8_t* output = nullptr;
  const size_t size = WebPEncodeLosslessRGBA(rgba, 2, 1, 8, &output);
  const std::string bytes(reinterpret_cast<char*>(output), size);
  WebPFree(output);
  EXPECT_EQ(decode_bytes(bytes, "w").rgb, (std::vector<uint8_t>{1, 2, 3, 200, 100, 50}));
}

TEST(Webp, FilesThatEndEarlyAreErrors) {
  for (const char* name :
       {"lossy.webp", "lossless.webp", "lossy_alpha.webp", "animated.webp", "orientation6.webp"}) {
    const std::string bytes = read_file(golden::kFolder / name);
    for (const size_t size : {size_t{12}, size_t{25}, bytes.size() / 2, bytes.size() - 2}) {
      EXPECT_THAT(problem(bytes.substr(0, size)), HasSubstr("photo.webp")) << name << " " << size;
    }
  }
}

TEST(Webp, DamagedPixelsAreAnError) {
  std::string bytes = read_file(golden::kFolder / "lossless.webp");
  for (size_t i = 26; i < 60; ++i) bytes[i] = '\xff';
  EXPECT_THAT(problem(bytes), HasSubstr("broken WebP"));
}

// The canvas of an extended file: its size less one, in 24 bits each.
TEST(Webp, SizesAreCheckedInTheHeader) {
  std::string bytes = read_file(golden::kFolder / "animated.webp");
  ASSERT_EQ(bytes.substr(12, 4), "VP8X");
  bytes.replace(24, 6, std::string("\x2f\x75\x00\x2f\x75\x00", 6));  // 30000 x 30000
  EXPECT_THAT(problem(bytes), HasSubstr("30000 x 30000 pixels"));
}

}  // namespace
}  // namespace plumbline::image
