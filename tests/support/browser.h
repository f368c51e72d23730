// A headless chromium, spoken to by its DevTools protocol over a pipe.
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "plumbline/base/files.h"
#include "tests/support/scratch.h"

namespace plumbline::support {

// Path of chromium, if it is installed.
std::optional<std::string> find_browser();

class Browser {
 public:
  // Throws std::runtime_error when chromium does not answer.
  explicit Browser(const std::string& program);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  // Opens a file and waits until it is loaded.
  void open(const fs::path& page);
  // Width and height in CSS pixels.
  void resize(int width, int height);
  // "light" or "dark"; "screen" or "print".
  void emulate(const std::string& scheme, const std::string& medium = "screen");
  // The value of a JavaScript expression. Throws std::runtime_error with the exception it threw.
  nlohmann::json evaluate(const std::string& expression);
  // A click of the mouse in the middle of the first element that the CSS selector finds, which is
  // scrolled into view.
  void click(const std::string& selector);
  std::string screenshot();  // PNG of the window
  std::string pdf();
  // Messages on the console that are errors, and exceptions nobody caught.
  const std::vector<std::string>& errors() const { return errors_; }

 private:
  nlohmann::json call(const std::string& method,
                      nlohmann::json parameters = nlohmann::json::object());
  nlohmann::json read();
  void note(const nlohmann::json& event);

  ScratchFolder profile_;
  pid_t pid_ = -1;
  int to_ = -1, from_ = -1;
  int64_t last_id_ = 0;
  std::string session_, received_;
  bool is_loaded_ = false;
  std::vector<std::string> errors_;
};

}  // namespace plumbline::support
