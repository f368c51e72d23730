#include "plumbline/image/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
// jpeglib.h needs FILE declared before it.
#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>
#include <cstdio>
#include <cstdlib>

#include "plumbline/base/error.h"
#include "plumbline/image/png.h"

namespace plumbline::image {
namespace {

void append(png_structp png, png_bytep bytes, size_t size) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<char*>(bytes), size);
}

// A one-row PNG of any colour type and depth.
std::string png_row(int color_type, int depth, int width, std::vector<uint8_t> row) {
  std::string bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, append, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), 1, depth, color_type, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  const png_color palette[4] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {10, 11, 12}};
  if (color_type == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(png, info, palette, 4);
  png_write_info(png, info);
  png_write_row(png, row.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

std::string jpeg(int width, int height, int components, J_COLOR_SPACE space, uint8_t value) {
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

std::string problem(std::string_view bytes) {
  try {
    decode_bytes(bytes, "photo.bin");
  } catch (const DataError& e) {
    return e.what();
  }
  return "";
}

using Pixels = std::vector<uint8_t>;

TEST(Decode, PngKindsBecomeRgb) {
  EXPECT_EQ(decode_bytes(png_row(PNG_COLOR_TYPE_PALETTE, 2, 2, {0b01110000}), "p").rgb,
            (Pixels{4, 5, 6, 10, 11, 12}));
  EXPECT_EQ(decode_bytes(png_row(PNG_COLOR_TYPE_GRAY, 1, 2, {0b01000000}), "g").rgb,
            (Pixels{0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(decode_bytes(png_row(PNG_COLOR_TYPE_RGB, 16, 1, {10, 255, 20, 255, 30, 255}), "16").rgb,
            (Pixels{10, 20, 30}));
}

TEST(Decode, AlphaIsDroppedWithoutCompositing) {
  EXPECT_EQ(decode_bytes(png_row(PNG_COLOR_TYPE_RGB_ALPHA, 8, 1, {9, 8, 7, 0}), "a").rgb,
            (Pixels{9, 8, 7}));
  EXPECT_EQ(decode_bytes(png_row(PNG_COLOR_TYPE_GRAY_ALPHA, 8, 1, {9, 0}), "ga").rgb,
            (Pixels{9, 9, 9}));
}

TEST(Decode, JpegKindsBecomeRgb) {
  const Image color = decode_bytes(jpeg(5, 3, 3, JCS_RGB, 100), "c");
  EXPECT_EQ(color.width, 5);
  EXPECT_EQ(color.height, 3);
  for (const uint8_t v : color.rgb) EXPECT_NEAR(v, 100, 2);
  for (const uint8_t v : decode_bytes(jpeg(5, 3, 1, JCS_GRAYSCALE, 7), "g").rgb)
    EXPECT_NEAR(v, 7, 2);
  // Inverted inks of 128 and light 128 give 128 - 127 * 128 / 255.
  for (const uint8_t v : decode_bytes(jpeg(8, 8, 4, JCS_CMYK, 128), "k").rgb) EXPECT_NEAR(v, 64, 2);
}

TEST(Decode, WebpLosslessIsExactAndDropsAlpha) {
  const uint8_t rgba[8] = {1, 2, 3, 255, 200, 100, 50, 128};
  uint8_t* output = nullptr;
  const size_t size = WebPEncodeLosslessRGBA(rgba, 2, 1, 8, &output);
  const std::string bytes(reinterpret_cast<char*>(output), size);
  WebPFree(output);
  EXPECT_EQ(decode_bytes(bytes, "w").rgb, (Pixels{1, 2, 3, 200, 100, 50}));
  EXPECT_THAT(problem(bytes.substr(0, size - 4)), testing::HasSubstr("photo.bin"));
}

TEST(Decode, TruncatedFilesAreErrorsThatNameTheFile) {
  const std::string png = png_bytes(Image{40, 40, std::vector<uint8_t>(4800, 9)});
  for (const size_t size : {size_t{8}, size_t{20}, png.size() / 2, png.size() - 1}) {
    EXPECT_THAT(problem(png.substr(0, size)), testing::HasSubstr("photo.bin")) << size;
  }
  const std::string jpg = jpeg(64, 64, 3, JCS_RGB, 50);
  for (const size_t size : {size_t{3}, size_t{30}, jpg.size() - 10}) {
    EXPECT_THAT(problem(jpg.substr(0, size)), testing::HasSubstr("photo.bin")) << size;
  }
}

TEST(Decode, DamagedPngIsAnError) {
  std::string png = png_bytes(Image{40, 40, std::vector<uint8_t>(4800, 9)});
  png[png.size() / 2] = static_cast<char>(png[png.size() / 2] ^ 0x55);
  EXPECT_NE(problem(png), "");
}

TEST(Decode, HugePicturesAreRefusedBeforeAllocation) {
  std::string png = png_bytes(Image{1, 1, {1, 2, 3}});
  // Width and height in the header, then its checksum over type and content.
  png.replace(16, 8, std::string("\x00\x10\x00\x00\x00\x10\x00\x00", 8));
  EXPECT_NE(problem(png), "");
  EXPECT_THAT(problem("GIF89a"), testing::HasSubstr("another kind"));
  EXPECT_THAT(problem(""), testing::HasSubstr("empty"));
}

}  // namespace
}  // namespace plumbline::image
