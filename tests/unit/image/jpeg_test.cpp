#include <gmock/gmock.h>
#include <gtest/gtest.h>
// jpeglib.h needs FILE declared before it.
#include <jpeglib.h>
#include <cstdio>
#include <cstdlib>

#include "plumbline/base/error.h"
#include "plumbline/image/decode.h"
#include "tests/support/scratch.h"
#include "tests/unit/image/golden.h"

namespace plumbline::image {
namespace {

using testing::HasSubstr;

std::string jpeg(int width, int height, int components, J_COLOR_SPACE space, uint8_t value,
                 const std::vector<jpeg_scan_info>& scans = {}) {
  jpeg_compress_struct info;
  jpeg_error_mgr error;
  info.err = jpeg_std_error(&error);
  jpeg_create_compress(&info);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = components;
  info.in_color_space = space;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 100, TRUE);
  info.scan_info = scans.empty() ? nullptr : scans.data();
  info.num_scans = static_cast<int>(scans.size());
  jpeg_start_compress(&info, TRUE);
  std::vector<uint8_t> row(static_cast<size_t>(width * components), value);
  JSAMPROW rows = row.data();
  while (info.next_scanline < info.image_height) jpeg_write_scanlines(&info, &rows, 1);
  jpeg_finish_compress(&info);
  std::string bytes(reinterpret_cast<char*>(buffer), size);
  jpeg_destroy_compress(&info);
  std::free(buffer);
  return bytes;
}

std::string problem(const std::string& bytes) {
  return support::error_text<DataError>([&] { decode_bytes(bytes, "photo.jpg"); });
}

TEST(Jpeg, KindsBecomeRgb) {
  const Image color = decode_bytes(jpeg(5, 3, 3, JCS_RGB, 100), "c");
  EXPECT_EQ(color.width, 5);
  EXPECT_EQ(color.height, 3);
  for (const uint8_t v : color.rgb) EXPECT_NEAR(v, 100, 2);
  const Image gray = decode_bytes(jpeg(5, 3, 1, JCS_GRAYSCALE, 7), "g");
  for (const uint8_t v : gray.rgb) EXPECT_NEAR(v, 7, 2);
  // Inverted inks of 128 and light 128 give 128 - 127 * 128 / 255.
  for (const uint8_t v : decode_bytes(jpeg(8, 8, 4, JCS_CMYK, 128), "k").rgb) EXPECT_NEAR(v, 64, 2);
}

TEST(Jpeg, FilesThatEndEarlyAreErrors) {
  for (const char* name : {"420.jpg", "420_progressive.jpg", "gray.jpg", "cmyk.jpg"}) {
    const std::string bytes = read_file(golden::kFolder / name);
    for (const size_t size : {size_t{3}, size_t{30}, bytes.size() / 2, bytes.size() - 10,
                              bytes.size() - 2, bytes.size() - 1}) {
      EXPECT_THAT(problem(bytes.substr(0, size)), HasSubstr("photo.jpg")) << name << " " << size;
    }
  }
}

TEST(Jpeg, StrayBytesBetweenMarkersDoNoHarm) {
  const std::string bytes = read_file(golden::kFolder / "420.jpg");
  std::string stray = bytes;
  stray.insert(bytes.size() - 2, "stray bytes");
  EXPECT_EQ(decode_bytes(stray, "s"), decode_bytes(bytes, "b"));
  EXPECT_EQ(decode_bytes(bytes + "behind the end", "e"), decode_bytes(bytes, "b"));
}

TEST(Jpeg, LostPixelsAreAnError) {
  std::string bytes = read_file(golden::kFolder / "420_restarts.jpg");
  const size_t marker = bytes.find("\xff\xd1");
  ASSERT_NE(marker, std::string::npos);
  bytes.erase(marker, 12);
  EXPECT_THAT(problem(bytes), HasSubstr("Corrupt JPEG data"));
}

// A progressive gray file with a scan for each bit of each coefficient.
std::string many_scans(int bits) {
  std::vector<jpeg_scan_info> scans = {{1, {0}, 0, 0, 0, 0}};
  for (int k = 1; k < 64; ++k) {
    for (int bit = bits; bit >= 0; --bit) {
      scans.push_back({1, {0}, k, k, bit == bits ? 0 : bit + 1, bit});
    }
  }
  return jpeg(8, 8, 1, JCS_GRAYSCALE, 60, scans);
}

// Each scan adds little, but takes the time of a whole picture.
TEST(Jpeg, ScansWithoutEndAreRefused) {
  EXPECT_EQ(decode_bytes(many_scans(6), "441 scans").width, 8);
  EXPECT_THAT(problem(many_scans(9)), HasSubstr("more than 500 scans"));
}

TEST(Jpeg, SizesAreCheckedInTheHeader) {
  std::string bytes = jpeg(8, 8, 3, JCS_RGB, 1);
  const size_t frame = bytes.find("\xff\xc0");
  bytes.replace(frame + 5, 4, "\x75\x30\x75\x30");  // 30000 x 30000
  EXPECT_THAT(problem(bytes), HasSubstr("30000 x 30000 pixels"));
}

}  // namespace
}  // namespace plumbline::image
