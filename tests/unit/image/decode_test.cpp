#include "plumbline/image/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include "plumbline/base/error.h"
#include "plumbline/image/png.h"
#include "tests/support/scratch.h"
#include "tests/unit/image/golden.h"

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

TEST(Decode, TruncatedFilesAreErrorsThatNameTheFile) {
  const std::string png = png_bytes(Image{40, 40, std::vector<uint8_t>(4800, 9)});
  for (const size_t size : {size_t{8}, size_t{20}, png.size() / 2, png.size() - 1}) {
    EXPECT_THAT(problem(png.substr(0, size)), testing::HasSubstr("photo.bin")) << size;
  }
}

TEST(Decode, DamagedPngIsAnError) {
  std::string png = png_bytes(Image{40, 40, std::vector<uint8_t>(4800, 9)});
  png[png.size() / 2] = static_cast<char>(png[png.size() / 2] ^ 0x55);
  EXPECT_NE(problem(png), "");
}

TEST(Decode, HugePicturesAreRefusedBeforeAllocation) {
  std::string png = png_bytes(Image{1, 1, {1, 2, 3}});
  // Width and height in the header, then the checksum over type and content.
  png.replace(16, 8, std::string("\x00\x00\x75\x30\x00\x00\x75\x30", 8));
  const auto crc = golden::checksum(png.data() + 12, 17);
  for (size_t i = 0; i < 4; ++i) png[29 + i] = static_cast<char>(crc >> (24 - 8 * i));
  EXPECT_THAT(problem(png), testing::HasSubstr("30000 x 30000 pixels (at most 67108864 in all)"));
}

TEST(Decode, TheLimitOnPixelsIsTheCallers) {
  const std::string png = png_bytes(Image{4, 3, std::vector<uint8_t>(36, 1)});
  EXPECT_EQ(decode_bytes(png, "p", {.max_pixels = 12}).width, 4);
  EXPECT_THROW(decode_bytes(png, "p", {.max_pixels = 11}), DataError);
}

TEST(Decode, FilesThatAreNoPicturesAreErrorsOfTheirKind) {
  EXPECT_THAT(problem("GIF89a"), testing::HasSubstr("another kind"));
  EXPECT_THAT(problem(""), testing::HasSubstr("empty"));
  const support::ScratchFolder folder;
  const auto text = [](const fs::path& path) {
    return support::error_text<IoError>([&] { decode(path); });
  };
  EXPECT_THAT(text(folder.path()), testing::HasSubstr("a folder"));
  EXPECT_THAT(text(folder.path() / "missing.png"), testing::HasSubstr("missing.png"));
}

// Pillow's own result is almost white: all levels above 255 become 255.
TEST(Decode, GrayOf16BitsIsRefused) {
  for (const char* name : {"gray16.png", "gray16_interlaced.png"}) {
    EXPECT_THAT(problem(read_file(golden::kFolder / name)), testing::HasSubstr("16-bit gray"));
  }
}

// The fixtures are made with Pillow's libjpeg-turbo 3.2 and libwebp 1.6: passing means that the
// libraries linked here give the same bytes for every kind of file among them.
TEST(Decode, EveryKindIsWhatPillowReads) {
  for (const auto& c : golden::cases("decoded")) {
    const bool is_upright = c.value("upright", false);
    golden::expect_same(decode(golden::file(c), {.use_exif_orientation = is_upright}), c);
  }
}

}  // namespace
}  // namespace plumbline::image
