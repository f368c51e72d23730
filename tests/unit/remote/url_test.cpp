#include "plumbline/remote/url.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::remote {
namespace {

using support::error_text;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Url, IsWhatBeginsLikeOne) {
  EXPECT_TRUE(is_url("http://a"));
  EXPECT_TRUE(is_url("https://a"));
  EXPECT_FALSE(is_url("python3 http://a"));
  EXPECT_FALSE(is_url("httpd"));
}

TEST(Url, IsTakenApart) {
  const Url url = parse_url("https://a:8000/b/c?d=@#e");
  EXPECT_EQ(url.server, "https://a:8000");
  EXPECT_EQ(url.target, "/b/c?d=@");
}

TEST(Url, NeedsNoPath) {
  EXPECT_EQ(parse_url("http://a").target, "/");
  EXPECT_EQ(parse_url("http://a?b").target, "/?b");
  EXPECT_EQ(parse_url("http://a?b").server, "http://a");
}

TEST(Url, NeedsAHostAndUsualCharacters) {
  for (const char* wrong : {"", "a", "ftp://a", "http://", "http:///b", "http://?c", "http://#c",
                            "http://a/b c", "http://a/\n", "http://a/\u00fc"}) {
    EXPECT_THAT(error_text<ConfigError>([&] { parse_url(wrong); }),
                HasSubstr("expected http://host[:port]/path"))
        << wrong;
  }
}

TEST(Url, HasNoPasswordAndErrorsDoNotRepeatIt) {
  const auto text = error_text<ConfigError>([] { parse_url("http://me:secret@a/b c"); });
  EXPECT_THAT(text, AllOf(HasSubstr("without a name or password"), Not(HasSubstr("secret"))));
}

TEST(Url, IsShownWithoutItsQuery) {
  EXPECT_EQ(without_query("http://a/b?secret"), "http://a/b");
  EXPECT_EQ(without_query("http://a/b"), "http://a/b");
  EXPECT_THAT(error_text<ConfigError>([] { parse_url("http:///b?secret"); }),
              Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace plumbline::remote
