#include "plumbline/remote/pipe_signal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace plumbline::remote {
namespace {

// Whether a write to a pipe without a reader fails as an error should.
bool fails_with_an_error() {
  std::array<int, 2> fds{};
  if (::pipe(fds.data()) != 0) return false;
  ::close(fds[0]);
  const bool is_error = ::write(fds[1], "x", 1) == -1 && errno == EPIPE;
  ::close(fds[1]);
  return is_error;
}

TEST(NoPipeSignalDeathTest, AWriteToNobodyIsAnErrorAndLeavesNothingBehind) {
  EXPECT_EXIT(
      {
        std::signal(SIGPIPE, SIG_DFL);
        bool is_error = false;
        {
          const NoPipeSignal guard;
          is_error = fails_with_an_error();
        }
        ::_exit(is_error ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(NoPipeSignalDeathTest, AfterwardsTheSignalIsBack) {
  EXPECT_EXIT(
      {
        std::signal(SIGPIPE, SIG_DFL);
        { const NoPipeSignal guard; }
        fails_with_an_error();
        ::_exit(0);
      },
      testing::KilledBySignal(SIGPIPE), "");
}

// One that someone else has held back is still his.
TEST(NoPipeSignal, KeepsASignalThatWaitedBefore) {
  const NoPipeSignal outer;
  ::raise(SIGPIPE);
  { const NoPipeSignal inner; }
  sigset_t pending;
  ::sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 1);
}

}  // namespace
}  // namespace plumbline::remote
