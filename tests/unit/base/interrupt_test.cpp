#include "plumbline/base/interrupt.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

// In a child: a signal received stays received.
TEST(InterruptDeathTest, ASignalIsRememberedAndBecomesTheExitCode) {
  EXPECT_EXIT(
      {
        watch_signals();
        stop_if_interrupted();  // nothing yet
        ::raise(SIGTERM);
        int code = 0;
        try {
          stop_if_interrupted();
        } catch (const Interrupted& e) {
          code = received_signal() == SIGTERM ? e.exit_code() : 1;
        }
        ::_exit(code);
      },
      testing::ExitedWithCode(128 + SIGTERM), "");
}

}  // namespace
}  // namespace plumbline
