// Talk to a model: a question at a time in the terminal, or one from the command line.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <optional>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/engine/chat_session.h"
#include "plumbline/engine/roles.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"

namespace plumbline::recipes {
namespace {

constexpr const char* kHelp =
    "/image PATH  show a picture with the next question\n"
    "/reset       forget the conversation\n"
    "/save PATH   write the conversation as LLaVA's JSON\n"
    "/help        this text\n"
    "/quit        leave (as does Ctrl-D); Ctrl-C stops an answer\n";

void show(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// Ctrl-C ends the answer and not the program.
void answer(engine::ChatSession& session, const std::string& question) {
  int signal = 0;
  session.ask(question, show, [&] { return (signal = take_interrupt()) == 0; });
  show("\n");
  if (signal != 0) show("(stopped)\n");
  stop_if_interrupted();  // by another signal than Ctrl-C
}

// What follows "/name "; nothing when the line is no such command.
std::optional<std::string> argument(const std::string& line, const std::string& name) {
  if (line == name) return "";
  if (!line.starts_with(name + " ")) return std::nullopt;
  const size_t begin = line.find_first_not_of(' ', name.size());
  return begin == std::string::npos ? "" : line.substr(begin);
}

// Whether the line was a command.
bool command(engine::ChatSession& session, const std::string& line) {
  if (!line.starts_with('/')) return false;
  if (const auto path = argument(line, "/image")) {
    session.add_image(*path);
    show("(shown with the next question)\n");
  } else if (const auto file = argument(line, "/save")) {
    if (file->empty()) {
      throw DataError(Complaint{.component = "chat",
                                .doing = "saving the conversation",
                                .expected = "/save and the path of a file",
                                .got = "no path"});
    }
    data::write_conversations(*file, {session.record()});
    show("(saved)\n");
  } else if (line == "/reset") {
    session.reset();
    show("(forgotten)\n");
  } else {
    show(line == "/help" ? kHelp : "unknown command; /help lists them\n");
  }
  return true;
}

void converse(engine::ChatSession& session) {
  const bool is_terminal = ::isatty(STDIN_FILENO) != 0;
  if (is_terminal) show(kHelp);
  for (std::string line;;) {
    if (is_terminal) show("> ");
    if (!std::getline(std::cin, line)) break;
    line.erase(line.find_last_not_of(" \t\r") + 1);  // what tab completion and Windows add
    if (line == "/quit") break;
    stop_if_interrupted();
    if (line.empty()) continue;
    try {
      if (!command(session, line)) answer(session, line);
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& e) {
      if (!is_terminal) throw;  // a script wants to know
      log_message(LogLevel::Error, e.what());
    }
  }
  stop_if_interrupted();
}

// The settings as given; a talk has other defaults than training: those of LLaVA's own command
// line.
config::GenerationConfig talking(const config::Loaded& loaded, int64_t num_positions) {
  config::GenerationConfig c = loaded.config.generation;
  const auto is_left_out = [&](const char* key) { return loaded.origins.at(key) == "default"; };
  if (is_left_out("generation.temperature")) c.temperature = 0.2;
  if (is_left_out("generation.max_tokens")) {
    c.max_tokens = std::max(c.min_tokens, std::min<int64_t>(512, num_positions / 4));
  }
  return c;
}

}  // namespace

void chat(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  auto assistant = engine::load_assistant(c, device);
  const model::AdapterScope scope(assistant.model, engine::attach_policy(assistant.model, c.model));
  const auto generation =
      talking(invocation.loaded, config::longest_sequence(assistant.model.config().text));
  engine::ChatSession session(assistant, generation, random_key(c.run.seed, "chat"));
  for (const std::string& image : invocation.images) session.add_image(image);
  if (invocation.prompt.empty()) return converse(session);
  answer(session, invocation.prompt);
}

}  // namespace plumbline::recipes
