// Messages for people, on stderr. Results go to stdout and never through here.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace plumbline {

enum class LogLevel { Debug, Info, Warning, Error };

// Messages below `level` are dropped. Default: Info.
void set_log_level(LogLevel level);
LogLevel log_level();
void log_message(LogLevel level, const std::string& text);

template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::Info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::Warning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::Debug, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace plumbline
