#include "plumbline/image/image_source.h"

#include <gmock/gmock.h>

#include "plumbline/base/base64.h"
#include "plumbline/base/error.h"
#include "plumbline/image/decode.h"
#include "plumbline/image/png.h"
#include "tests/support/scratch.h"

namespace plumbline::image {
namespace {

using support::error_text;
using testing::HasSubstr;
using testing::Not;

std::string refusal(const std::string& url) {
  return error_text<DataError>([&] { read_image_bytes(url); });
}

TEST(ImageSource, ReadsFilesAndDataUrls) {
  const support::TemporaryFile file("some bytes");
  EXPECT_EQ(read_image_bytes(file.path()), "some bytes");
  EXPECT_EQ(read_image_bytes("data:image/png;base64,Zm9v"), "foo");
  EXPECT_TRUE(is_data_url("data:image/png;base64,Zm9v"));
  EXPECT_FALSE(is_data_url("data/cat.png"));
  EXPECT_THROW(read_image_bytes("absent.png"), IoError);
}

TEST(ImageSource, ADataUrlDecodesAsItsFileDoes) {
  const Image dots{2, 1, {255, 0, 0, 0, 128, 255}};
  const auto decoded = decode("data:image/png;base64," + base64(png_bytes(dots)));
  EXPECT_EQ(decoded.width, 2);
  EXPECT_EQ(decoded.rgb, dots.rgb);
  EXPECT_THAT(error_text<DataError>([] { decode("data:image/png;base64,Zm9v"); }),
              HasSubstr("data:image/png;base64,... (26 characters)"));
}

TEST(ImageSource, SaysWhatIsWrongWithADataUrl) {
  EXPECT_THAT(refusal("data:image/png;base64"), HasSubstr("no comma"));
  EXPECT_THAT(refusal("data:image/png,Zm9v"), HasSubstr("another encoding"));
  EXPECT_THAT(refusal("data:image/png;base64,Zm9v!"), HasSubstr("broken base64"));
  EXPECT_THAT(refusal("data:image/png;base64,"), HasSubstr("no bytes"));
}

TEST(ImageSource, NamesOfDataUrlsAreShort) {
  EXPECT_EQ(source_name("images/cat.png"), "images/cat.png");
  const std::string url = "data:image/png;base64," + std::string(5000, 'A') + "!";
  EXPECT_EQ(source_name(url), "data:image/png;base64,... (5023 characters)");
  EXPECT_THAT(refusal(url), Not(HasSubstr("AAAA")));
}

}  // namespace
}  // namespace plumbline::image
