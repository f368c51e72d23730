// What Pillow and transformers see in tests/golden/images, made by tools/golden/make_images.py.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"
#include "plumbline/image/image.h"

namespace plumbline::image::golden {

inline const fs::path kFolder = "tests/golden/images";

// The cases under one of the keys "decoded", "resized" and "preprocessed".
inline nlohmann::json cases(const char* key) {
  return nlohmann::json::parse(read_file(kFolder / "expected.json")).at(key);
}

inline fs::path file(const nlohmann::json& c) { return kFolder / c.at("file").get<std::string>(); }

inline uint32_t checksum(const void* data, size_t size) {
  return static_cast<uint32_t>(
      ::crc32(0, static_cast<const Bytef*>(data), static_cast<uInt>(size)));
}

// Three pixels, whose numbers tell how far off a picture is, and the checksum of all of them.
inline void expect_same(const Image& image, const nlohmann::json& expected) {
  SCOPED_TRACE(expected.dump());
  ASSERT_EQ(image.width, expected.at("width"));
  ASSERT_EQ(image.height, expected.at("height"));
  for (const auto& pixel : expected.at("pixels")) {
    const auto* rgb = &image.rgb[3 * (pixel[1].get<size_t>() * static_cast<size_t>(image.width) +
                                      pixel[0].get<size_t>())];
    for (size_t c = 0; c < 3; ++c) EXPECT_EQ(rgb[c], pixel[2 + c]) << pixel << " channel " << c;
  }
  EXPECT_EQ(checksum(image.rgb.data(), image.rgb.size()), expected.at("crc32"));
}

}  // namespace plumbline::image::golden
