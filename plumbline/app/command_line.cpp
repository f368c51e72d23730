#include "plumbline/app/command_line.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "plumbline/base/error.h"
#include "plumbline/config/section_lists.h"

namespace plumbline::app {
namespace {

// "eval score" is a subcommand of "eval".
CLI::App* add_subcommand(CLI::App& app, const Stage& stage) {
  const std::string name = stage.name;
  const size_t blank = name.find(' ');
  if (blank == std::string::npos) return app.add_subcommand(name, stage.help);
  return app.get_subcommand(name.substr(0, blank))
      ->add_subcommand(name.substr(blank + 1), stage.help);
}

// Of a pipe, such as to `head`.
bool has_reader_gone() {
  pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

void refuse_unknown(const CLI::App& app, const std::string& name) {
  const auto named = [&](const CLI::App* sub) { return sub->get_name() == name; };
  if (name.starts_with("-") || !app.get_subcommands(named).empty()) return;
  throw ConfigError(Complaint{.component = "command line",
                              .doing = "reading what to do",
                              .expected = "a command",
                              .got = "'" + name + "'",
                              .hint = "`plumbline --help` lists them."});
}

}  // namespace

void flush_results() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  if (has_reader_gone()) std::_Exit(128 + SIGPIPE);  // silently, as other programs end
  throw IoError(Complaint{.component = "command line",
                          .doing = "printing results",
                          .expected = "an open standard output with room",
                          .got = "a failed write"});
}

void open_standard_streams() {
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::dup(fd)) {
    if (fd <= STDERR_FILENO) continue;
    ::close(fd);
    break;
  }
}

CommandLine parse(int argc, char** argv) {
  CLI::App app{"Plumbline: factually augmented RLHF for vision-language models", "plumbline"};
  app.set_version_flag("--version", std::string("plumbline ") + PLUMBLINE_VERSION);
  app.require_subcommand(1);
  std::vector<Flags> flags(stages().size());
  std::vector<CLI::App*> subs;
  for (size_t i = 0; i < stages().size(); ++i) {
    subs.push_back(add_subcommand(app, stages()[i]));
    add_flags(subs.back(), flags[i], stages()[i]);
  }
  auto* keys = app.add_subcommand("keys", "print every config key as Markdown (docs/config.md)");
  if (argc > 1) refuse_unknown(app, argv[1]);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e) == 0 ? 0 : 2;
    if (code == 0) flush_results();
    return {.exit_code = code};
  }
  if (keys->parsed()) {
    std::fputs(config::markdown().c_str(), stdout);
    flush_results();
    return {};
  }
  for (size_t i = 0; i < subs.size(); ++i) {
    const bool is_meant = subs[i]->parsed() && subs[i]->get_subcommands().empty();
    if (is_meant) return {.stage = &stages()[i], .flags = std::move(flags[i])};
  }
  PLUMBLINE_CHECK(false, "a subcommand without a stage");
  return {};
}

}  // namespace plumbline::app
