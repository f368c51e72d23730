#include "tests/support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/support/scratch.h"

namespace plumbline::support {
namespace {

pid_t start(const std::vector<std::string>& arguments, const fs::path& out, const fs::path& err,
            void (*before_exec)()) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::dup2(::open(out.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600), 1);
  ::dup2(::open(err.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600), 2);
  if (before_exec != nullptr) before_exec();
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

Outcome finish(pid_t pid, const fs::path& out, const fs::path& err) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  Outcome outcome;
  outcome.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  outcome.out = read_file(out);
  outcome.err = read_file(err);
  return outcome;
}

std::vector<std::string> with_program(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program());
  return arguments;
}

}  // namespace

std::string program() { return PLUMBLINE_PROGRAM; }

bool has_mpi() {  // the program starts another one, which is linked with it
  return run({"sh", "-c", "command -v mpirun && ldd " + program() + "-torch | grep -q libmpi"})
             .exit_code == 0;
}

std::vector<std::string> mpirun(int count) {
  // OpenMPI does not free all that it takes, which a sanitizer would hold against the program.
  return {"mpirun",
          "-q",
          "--allow-run-as-root",
          "--oversubscribe",
          "--bind-to",
          "none",
          "-x",
          "ASAN_OPTIONS=detect_leaks=0",
          "-n",
          std::to_string(count)};
}

Outcome run(const std::vector<std::string>& arguments, void (*before_exec)()) {
  const ScratchFolder scratch;
  const fs::path out = scratch.path() / "out", err = scratch.path() / "err";
  return finish(start(arguments, out, err, before_exec), out, err);
}

Outcome plumbline(std::vector<std::string> arguments, void (*before_exec)()) {
  return run(with_program(std::move(arguments)), before_exec);
}

Outcome plumbline_until(std::vector<std::string> arguments, const fs::path& file, int signal) {
  const ScratchFolder scratch;
  const fs::path out = scratch.path() / "out", err = scratch.path() / "err";
  const pid_t pid = start(with_program(std::move(arguments)), out, err, nullptr);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(3);
  while (!fs::exists(file) && std::chrono::steady_clock::now() < deadline &&
         ::waitpid(pid, nullptr, WNOHANG) == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  ::kill(pid, signal);
  return finish(pid, out, err);
}

void limit_file_size(int64_t bytes) {
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{static_cast<rlim_t>(bytes), static_cast<rlim_t>(bytes)};
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

}  // namespace plumbline::support
