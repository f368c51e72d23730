#include "plumbline/judge/image_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/eval/eval_files.h"

namespace plumbline::judge {
namespace {

TEST(ImageUrl, KindByTheFirstBytes) {
  const eval::EvalFiles files;
  EXPECT_EQ(image_url(files.write("a.jpg", "\x89PNG")), "data:image/png;base64,iVBORw==");
  EXPECT_THAT(image_url(files.write("b", "\xFF\xD8\xFF\xE0")),
              testing::StartsWith("data:image/jpeg;base64,"));
  EXPECT_THAT(image_url(files.write("c", "RIFF1234WEBPVP8")),
              testing::StartsWith("data:image/webp;base64,"));
  EXPECT_THAT(eval::error_of([&] { image_url(files.write("d.png", "no picture")); }),
              testing::HasSubstr("d.png"));
  EXPECT_NE(eval::error_of([&] { image_url(files.path("missing.png")); }), "");
}

TEST(ImageUrl, ADataUrlStaysAsItIs) {
  EXPECT_EQ(image_url("data:image/png;base64,AAAA"), "data:image/png;base64,AAAA");
}

TEST(ImageHash, IsOfTheBytesAndNotOfTheName) {
  const eval::EvalFiles files;
  const auto a = files.write("a.png", "\x89PNG1"), b = files.write("b.png", "\x89PNG1");
  EXPECT_EQ(image_hash(a), image_hash(b));
  EXPECT_NE(image_hash(a), image_hash(files.write("c.png", "\x89PNG2")));
  EXPECT_NE(image_hash("data:x"), image_hash("data:y"));
}

}  // namespace
}  // namespace plumbline::judge
