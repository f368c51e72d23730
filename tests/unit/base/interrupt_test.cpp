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

// What lets Ctrl-C end an answer and not the program; SIGTERM is not taken.
TEST(InterruptDeathTest, OnlyCtrlCIsForgottenOnceTaken) {
  EXPECT_EXIT(
      {
        watch_signals();
        bool is_right = take_interrupt() == 0;
        for (int i = 0; i < 3; ++i) {
          ::raise(SIGINT);
          is_right = is_right && take_interrupt() == SIGINT && received_signal() == 0;
        }
        ::raise(SIGTERM);
        is_right = is_right && take_interrupt() == SIGTERM && received_signal() == SIGTERM;
        ::_exit(is_right ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace plumbline
