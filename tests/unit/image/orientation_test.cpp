#include "plumbline/image/orientation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/image/decode.h"

namespace plumbline::image {
namespace {

using namespace std::string_literals;

// One directory at byte 8 with one entry of two bytes, big-endian.
std::string block(char value) {
  return "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + value + "\0\0\0\0\0\0"s;
}

TEST(Orientation, IsReadInBothByteOrders) {
  for (char value = 1; value <= 8; ++value) EXPECT_EQ(exif_orientation(block(value)), value);
  EXPECT_EQ(exif_orientation("Exif\0\0"s + block(5)), 5);
  EXPECT_EQ(exif_orientation("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"s), 6);
  EXPECT_EQ(exif_orientation("II*\0\x08\0\0\0\x01\0\x12\x01\x04\0\x01\0\0\0\x07\0\0\0"s), 7);
}

TEST(Orientation, IsUprightWhenItIsNotThereOrDamaged) {
  const std::string good = block(6);
  for (const std::string& bad :
       {""s, "Exif\0\0"s, "MM"s, block(0), block(9), block(-1), good.substr(0, 8),
        good.substr(0, 18), "xx"s + good.substr(2),
        "MM\0*\xff\xff\xff\xff"s + good.substr(8),                  // a directory far away
        good.substr(0, 8) + "\xff\xff\x01\x11"s + good.substr(12),  // entries beyond the end
        good.substr(0, 12) + "\0\x02"s + good.substr(14)}) {        // text instead of a number
    EXPECT_EQ(exif_orientation(bad), 1) << testing::PrintToString(bad);
  }
}

// Gray pixels in rows.
Image picture(int width, const std::vector<uint8_t>& values) {
  Image image{width, static_cast<int>(values.size()) / width, {}};
  for (const uint8_t v : values) image.rgb.insert(image.rgb.end(), 3, v);
  return image;
}

// The upright picture is 1 2 3 over 4 5 6; this is how each orientation stores it.
TEST(Orientation, EachOfTheEightIsTurnedUpright) {
  const Image upright = picture(3, {1, 2, 3, 4, 5, 6});
  const std::vector<Image> stored = {upright,
                                     picture(3, {3, 2, 1, 6, 5, 4}),
                                     picture(3, {6, 5, 4, 3, 2, 1}),
                                     picture(3, {4, 5, 6, 1, 2, 3}),
                                     picture(2, {1, 4, 2, 5, 3, 6}),
                                     picture(2, {3, 6, 2, 5, 1, 4}),
                                     picture(2, {6, 3, 5, 2, 4, 1}),
                                     picture(2, {4, 1, 5, 2, 6, 3})};
  for (size_t i = 0; i < stored.size(); ++i) {
    EXPECT_EQ(oriented(stored[i], static_cast<int>(i) + 1), upright) << i + 1;
  }
  EXPECT_EQ(oriented(upright, 0), upright);
  EXPECT_EQ(oriented(upright, 9), upright);
}

}  // namespace
}  // namespace plumbline::image
