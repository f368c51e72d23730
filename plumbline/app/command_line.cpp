#include "plumbline/app/command_line.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "plumbline/base/error.h"
#include "plumbline/config/fields.h"

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
  if (name == "-h" || name == "--help" || name == "--version") return;
  if (!app.get_subcommands(named).empty()) return;
  throw ConfigError(Complaint{.component = "command line",
                              .doing = "reading what to do",
                              .expected = "a command",
                              .got = "'" + name + "'",
                              .hint = "`plumbline --help` lists them."});
}

// "plumbline eval score": what was read of the command line.
std::string command_of(const CLI::App& app) {
  std::string command = app.get_name();
  const CLI::App* last = &app;
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().front();
    command += " " + last->get_name();
  }
  return command;
}

ConfigError usage_error(const CLI::App& app, const CLI::ParseError& e) {
  const std::string command = command_of(app), said = e.what();
  Complaint complaint{.component = "command line",
                      .doing = "reading flags",
                      .expected = "flags as " + command + " has them",
                      .got = said,
                      .hint = "`" + command + " --help` shows them."};
  if (dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr) {
    complaint.expected = "flags of " + command;
    complaint.got = "'" + said.substr(said.rfind(": ") + 2) + "'";
  } else if (dynamic_cast<const CLI::RequiredError*>(&e) != nullptr) {
    complaint.doing = "reading what to do";
    complaint.expected = said.substr(0, said.find(" is required"));
    if (complaint.expected == "A subcommand") complaint.expected = "a command";
    complaint.got = "none";
  }
  return ConfigError(complaint);
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
    if (e.get_exit_code() != 0) throw usage_error(app, e);
    app.exit(e);  // prints the help or the version
    flush_results();
    return {};
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
