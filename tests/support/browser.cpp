#include "tests/support/browser.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "plumbline/base/base64.h"

namespace plumbline::support {
namespace {

using nlohmann::json;

constexpr int kPatience = 60'000;  // milliseconds for an answer

// The child's ends become its descriptors 3 (commands) and 4 (answers), as
// --remote-debugging-pipe wants them.
[[noreturn]] void become(const std::string& program, int commands, int answers,
                         const fs::path& profile) {
  // Out of the way of 3 and 4 first.
  const int in = ::fcntl(commands, F_DUPFD, 10), out = ::fcntl(answers, F_DUPFD, 10);
  ::dup2(in, 3);
  ::dup2(out, 4);
  const int null = ::open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) ::dup2(null, fd);
  const std::string folder = "--user-data-dir=" + profile.string();
  ::execl(program.c_str(), program.c_str(), "--headless", "--remote-debugging-pipe", "--no-sandbox",
          "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
          folder.c_str(), "about:blank", nullptr);
  ::_exit(127);
}

}  // namespace

std::optional<std::string> find_browser() {
  for (const char* path : {"/usr/bin/chromium", "/usr/bin/chromium-browser"}) {
    if (fs::exists(path)) return path;
  }
  return std::nullopt;
}

Browser::Browser(const std::string& program) {
  int commands[2], answers[2];
  if (::pipe2(commands, O_CLOEXEC) != 0 || ::pipe2(answers, O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  pid_ = ::fork();
  if (pid_ == 0) become(program, commands[0], answers[1], profile_.path());
  ::close(commands[0]);
  ::close(answers[1]);
  to_ = commands[1];
  from_ = answers[0];
  const json targets = call("Target.getTargets").at("targetInfos");
  for (const json& target : targets) {
    if (target.at("type") != "page") continue;
    session_ =
        call("Target.attachToTarget", {{"targetId", target.at("targetId")}, {"flatten", true}})
            .at("sessionId");
    break;
  }
  call("Page.enable");
  call("Runtime.enable");
  call("Log.enable");
}

Browser::~Browser() {
  ::close(to_);
  ::close(from_);
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

json Browser::read() {
  while (received_.find('\0') == std::string::npos) {
    pollfd waiting{.fd = from_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, kPatience) <= 0) throw std::runtime_error("chromium does not answer");
    char buffer[1 << 16];
    const ssize_t count = ::read(from_, buffer, sizeof buffer);
    if (count <= 0) throw std::runtime_error("chromium has ended");
    received_.append(buffer, static_cast<size_t>(count));
  }
  const size_t end = received_.find('\0');
  json message = json::parse(received_.substr(0, end));
  received_.erase(0, end + 1);
  return message;
}

void Browser::note(const json& event) {
  const std::string method = event.value("method", "");
  const json& about = event.at("params");
  if (method == "Page.loadEventFired") is_loaded_ = true;
  if (method == "Runtime.exceptionThrown") errors_.push_back(about.dump());
  if (method == "Log.entryAdded" && about.at("entry").at("level") == "error") {
    errors_.push_back(about.at("entry").dump());
  }
}

json Browser::call(const std::string& method, json parameters) {
  json message{{"id", ++last_id_}, {"method", method}, {"params", std::move(parameters)}};
  if (!session_.empty()) message["sessionId"] = session_;
  const std::string text = message.dump() + '\0';
  for (size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(to_, text.data() + done, text.size() - done);
    if (count <= 0) throw std::runtime_error("chromium does not listen");
    done += static_cast<size_t>(count);
  }
  for (;;) {
    json answer = read();
    if (answer.value("id", int64_t{0}) != last_id_) {
      if (answer.contains("method")) note(answer);
      continue;
    }
    if (answer.contains("error")) throw std::runtime_error(method + ": " + answer["error"].dump());
    return answer.at("result");
  }
}

void Browser::open(const fs::path& page) {
  is_loaded_ = false;
  call("Page.navigate", {{"url", "file://" + fs::absolute(page).string()}});
  while (!is_loaded_) note(read());
}

void Browser::resize(int width, int height) {
  call("Emulation.setDeviceMetricsOverride",
       {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}});
}

void Browser::emulate(const std::string& scheme, const std::string& medium) {
  call("Emulation.setEmulatedMedia",
       {{"media", medium}, {"features", {{{"name", "prefers-color-scheme"}, {"value", scheme}}}}});
}

json Browser::evaluate(const std::string& expression) {
  const json result =
      call("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}});
  if (result.contains("exceptionDetails")) {
    throw std::runtime_error(result["exceptionDetails"].dump());
  }
  return result.at("result").value("value", json());
}

void Browser::click(const std::string& selector) {
  const json place = evaluate("(() => { const e = document.querySelector(" + json(selector).dump() +
                              "); e.scrollIntoView({block: 'center'}); const r = "
                              "e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + "
                              "r.height / 2]; })()");
  for (const char* type : {"mousePressed", "mouseReleased"}) {
    call("Input.dispatchMouseEvent", {{"type", type},
                                      {"x", place.at(0)},
                                      {"y", place.at(1)},
                                      {"button", "left"},
                                      {"clickCount", 1}});
  }
}

std::string Browser::screenshot() {
  return from_base64(
             call("Page.captureScreenshot", {{"format", "png"}}).at("data").get<std::string>())
      .value();
}

std::string Browser::pdf() {
  return from_base64(call("Page.printToPDF").at("data").get<std::string>()).value();
}

}  // namespace plumbline::support
