#include "plumbline/remote/child.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include "plumbline/base/interrupt.h"
#include "tests/support/scratch.h"

namespace plumbline::remote {
namespace {

// Everything until the other end is closed.
std::string read_all(const PipeEnd& end) {
  std::string text;
  std::array<char, 4096> buffer{};
  pollfd waiting{end.fd(), POLLIN, 0};
  while (::poll(&waiting, 1, -1) == 1) {
    const ssize_t n = ::read(end.fd(), buffer.data(), buffer.size());
    if (n <= 0) break;
    text.append(buffer.data(), static_cast<size_t>(n));
  }
  return text;
}

std::string output_of(const std::string& command) {
  Child child(command);
  child.in().close();
  return read_all(child.out());
}

// The shell's status in the end, when it ends by itself.
int status_of(const std::string& command) {
  Child child(command);
  while (!child.has_ended()) ::usleep(1000);
  return child.end();
}

size_t num_descriptors() {
  const fs::directory_iterator all("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

TEST(Child, HasThreePipes) {
  Child child("cat; echo b >&2");
  ASSERT_EQ(::write(child.in().fd(), "a", 1), 1);
  child.in().close();
  EXPECT_EQ(read_all(child.out()), "a");
  EXPECT_EQ(read_all(child.err()), "b\n");
}

TEST(Child, OurEndsNeverWait) {
  Child child("sleep 60");
  for (const PipeEnd* end : {&child.in(), &child.out(), &child.err()}) {
    EXPECT_NE(::fcntl(end->fd(), F_GETFL) & O_NONBLOCK, 0);
  }
}

TEST(Child, OurEndsCloseInOtherPrograms) {
  Child child("sleep 60");
  for (const PipeEnd* end : {&child.in(), &child.out(), &child.err()}) {
    EXPECT_NE(::fcntl(end->fd(), F_GETFD) & FD_CLOEXEC, 0);
  }
}

TEST(Child, HasNoMoreDescriptorsThanItNeeds) {
  const std::string line = "ls /proc/self/fd | wc -l";
  FILE* other = ::popen(line.c_str(), "r");  // inherits what else is open in this process
  int count = 0;
  ASSERT_EQ(std::fscanf(other, "%d", &count), 1);
  ::pclose(other);
  EXPECT_EQ(output_of(line), std::to_string(count) + "\n");
}

TEST(Child, LeavesNoDescriptorOpen) {
  const size_t before = num_descriptors();
  output_of("true");
  EXPECT_EQ(num_descriptors(), before);
}

TEST(Child, TellsItsStatus) {
  const int exited = status_of("exit 3");
  EXPECT_TRUE(WIFEXITED(exited) && WEXITSTATUS(exited) == 3) << exited;
  const int killed = status_of("kill -9 $$");
  EXPECT_TRUE(WIFSIGNALED(killed) && WTERMSIG(killed) == SIGKILL) << killed;
}

TEST(Child, IsKilledWhenItRuns) {
  Child child("sleep 60");
  EXPECT_FALSE(child.has_ended());
  const int status = child.end();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

TEST(Child, HasEndedBeforeWhatItStarted) { EXPECT_TRUE(WIFEXITED(status_of("sleep 60 & exit 0"))); }

TEST(Child, LeavesNoZombie) {
  output_of("true");
  { Child child("sleep 60"); }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

// A signal of the terminal reaches this program alone, which ends the command itself.
TEST(Child, IsAProcessGroupOfItsOwn) {
  EXPECT_EQ(output_of("[ $(cut -d ' ' -f 5 /proc/$$/stat) = $$ ] && echo yes"), "yes\n");
}

TEST(Child, StartsWithTheUsualSignals) {
  watch_signals();  // ignores SIGPIPE, and programs would inherit that
  EXPECT_EQ(output_of("sh -c 'kill -PIPE $$'; echo $?"), "141\n");
}

TEST(Child, SaysThatTheSystemRefuses) {
  const size_t before = num_descriptors();
  EXPECT_THROW(Child(std::string(10'000'000, ' ')), std::system_error);
  EXPECT_EQ(num_descriptors(), before);
}

}  // namespace
}  // namespace plumbline::remote
