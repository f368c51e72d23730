#include "plumbline/base/log.h"

#include <gmock/gmock.h>

namespace plumbline {
namespace {

std::string logged(LogLevel level, void (*say)()) {
  set_log_level(level);
  testing::internal::CaptureStderr();
  say();
  set_log_level(LogLevel::Info);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, GoesToStderrAndFormats) {
  EXPECT_THAT(logged(LogLevel::Info, [] { log_info("{} of {}", 1, 2); }),
              testing::HasSubstr("1 of 2\n"));
}

TEST(Log, DropsWhatIsBelowItsLevel) {
  EXPECT_EQ(logged(LogLevel::Warning, [] { log_info("quiet"); }), "");
  EXPECT_THAT(logged(LogLevel::Warning, [] { log_warning("loud"); }), testing::HasSubstr("loud"));
  EXPECT_EQ(logged(LogLevel::Info, [] { log_debug("detail"); }), "");
}

// What a file says must not steer the terminal, nor fill it.
TEST(Log, ShowsControlCharactersAndCutsEndlessText) {
  EXPECT_EQ(logged(LogLevel::Info, [] { log_message(LogLevel::Info, "a\x1b[2J\r\nb\tc"); }),
            "a\\x1b[2J\\x0d\nb\tc\n");
  EXPECT_LT(
      logged(LogLevel::Info, [] { log_message(LogLevel::Info, std::string(1000000, 'x')); }).size(),
      20000U);
}

}  // namespace
}  // namespace plumbline
