// `plumbline`: reads the command line, tells what is to be told, and starts plumbline-torch in its
// own place for work. Loading libtorch takes several times as long as all of this.
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "plumbline/app/command_line.h"
#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/log.h"

namespace plumbline::app {
namespace {

// Returns only when it could not be started.
void become_worker(char** argv) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path worker = self.parent_path() / "plumbline-torch";
  ::execv(worker.c_str(), argv);
  throw IoError(Complaint{.component = "command line",
                          .doing = "starting the program that does the work",
                          .expected = "plumbline-torch beside plumbline",
                          .got = std::strerror(errno),
                          .where = worker.string(),
                          .hint = "./dev build makes both."});
}

int run(int argc, char** argv) {
  open_standard_streams();
  try {
    const CommandLine said = parse(argc, argv);
    if (said.stage != nullptr) become_worker(argv);
    return 0;
  } catch (const Error& e) {
    log_message(LogLevel::Error, e.what());
    return e.exit_code();
  } catch (const std::exception& e) {
    log_message(LogLevel::Error, std::string("[internal] reading the command line: ") + e.what());
    return 1;
  }
}

}  // namespace
}  // namespace plumbline::app

int main(int argc, char** argv) { return plumbline::app::run(argc, argv); }
