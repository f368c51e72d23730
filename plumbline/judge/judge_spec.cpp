#include "plumbline/judge/judge_spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <sstream>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/base/trimmed.h"
#include "plumbline/judge/recorded_judge.h"
#include "plumbline/remote/excerpt.h"
#include "plumbline/remote/url.h"

namespace plumbline::judge {
namespace {

constexpr const char* kForms =
    "'URL model=NAME ...', 'command: LINE', 'recorded: FILE' or 'local: PATH'";

[[noreturn]] void fail(const std::string& expected, const std::string& got,
                       const std::string& hint = {}) {
  throw ConfigError(Complaint{.component = "eval",
                              .doing = "reading whom to ask",
                              .expected = expected,
                              .got = got,
                              .hint = hint});
}

template <class Number>
Number number(const std::string& key, const std::string& text, Number least,
              Number most = std::numeric_limits<Number>::max()) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool is_whole = error == std::errc() && stop == end;
  if (is_whole && std::isfinite(static_cast<double>(value)) && value >= least && value <= most) {
    return value;
  }
  const bool has_most = most < std::numeric_limits<Number>::max();
  fail(fmt::format("{}= a number of at least {}", key, least) +
           (has_most ? fmt::format(" and at most {}", most) : ""),
       remote::excerpt(text));
}

// What is neither set nor written in capitals may be the key itself.
std::string variable_name(const std::string& text) {
  const auto fits = [](unsigned char c) {
    return std::isupper(c) != 0 || std::isdigit(c) != 0 || c == '_';
  };
  const bool is_usual = std::isdigit(static_cast<unsigned char>(text[0])) == 0 &&
                        std::all_of(text.begin(), text.end(), fits);
  if (is_usual || std::getenv(text.c_str()) != nullptr) return text;
  fail("key= the name of an environment variable", "something else, which is not shown",
       "export the key, as in 'export JUDGE_KEY=...', and say key=JUDGE_KEY.");
}

using Setter = std::function<void(const std::string& value)>;
using Setters = std::map<std::string, Setter>;

// What each key of this kind of judge does to the spec.
Setters setters_of(JudgeSpec& spec) {
  ChatOptions& service = spec.service;
  using Text = const std::string&;
  Setters all = {
      {"name", [&](Text v) { spec.name = v; }},
      {"group",
       [&](Text v) { spec.group_size = static_cast<size_t>(number<int64_t>("group", v, 1)); }},
      {"temperature", [&](Text v) { spec.temperature = number<double>("temperature", v, 0); }},
      {"max_tokens", [&](Text v) { spec.max_tokens = number<int64_t>("max_tokens", v, 1); }}};
  if (spec.kind == JudgeKind::Service) {
    all.merge(Setters{
        {"model", [&](Text v) { service.model.name = v; }},
        {"key", [&](Text v) { service.key_variable = variable_name(v); }},
        {"rpm", [&](Text v) { service.requests_per_minute = number<double>("rpm", v, 0.001); }},
        {"budget", [&](Text v) { service.budget.requests = number<int64_t>("budget", v, 1); }},
        {"budget_tokens",
         [&](Text v) { service.budget.tokens = number<int64_t>("budget_tokens", v, 1); }},
        {"parallel", [&](Text v) { service.parallel = number<int>("parallel", v, 1, 64); }},
        {"seed", [&](Text v) { service.model.seed = number<int64_t>("seed", v, INT64_MIN); }},
        {"limit_field", [&](Text v) { service.model.limit_field = v; }},
        {"timeout", [&](Text v) { service.timeout_seconds = number<double>("timeout", v, 0.001); }},
        {"retries", [&](Text v) { service.retries.count = number<int64_t>("retries", v, 0); }}});
  }
  if (spec.kind == JudgeKind::Command) {
    all.merge(Setters{
        {"timeout",
         [&](Text v) { spec.command.timeout_seconds = number<double>("timeout", v, 0.001); }},
        {"retries",
         [&](Text v) { spec.command.retries.count = number<int64_t>("retries", v, 0); }}});
  }
  return all;
}

// Takes "KEY=VALUE KEY=VALUE" apart into the spec.
void read_settings(JudgeSpec& spec, const std::string& text) {
  Setters setters = setters_of(spec);
  std::vector<std::string> keys, seen;
  for (const auto& [key, setter] : setters) keys.push_back(key);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const size_t sign = word.find('=');
    const std::string key = word.substr(0, sign);
    const auto setter = setters.find(key);
    if (sign == std::string::npos || setter == setters.end()) {
      fail(fmt::format("KEY=VALUE with a key of: {}", fmt::join(keys, ", ")), remote::excerpt(key));
    }
    if (sign + 1 == word.size()) fail("a value after " + key + "=", "none");
    if (std::count(seen.begin(), seen.end(), key) > 0) fail("one " + key + "=", "two");
    setter->second(word.substr(sign + 1));
    seen.push_back(key);
  }
}

JudgeSpec parse_service(const std::string& text) {
  JudgeSpec spec{.kind = JudgeKind::Service};
  const size_t blank = std::min(text.find_first_of(" \t\r\n"), text.size());
  spec.service.url = text.substr(0, blank);
  remote::parse_url(spec.service.url);
  read_settings(spec, text.substr(blank));
  if (spec.service.model.name.empty()) {
    fail("model=NAME after the URL", "none", "the name is one that the service knows.");
  }
  spec.service.name = spec.name;
  // Each reply is saved at once; a group only says how far an error of one reply reaches.
  spec.group_size = std::max(spec.group_size, 4 * static_cast<size_t>(spec.service.parallel));
  return spec;
}

std::optional<JudgeKind> kind_of(const std::string& word) {
  if (word == "command") return JudgeKind::Command;
  if (word == "recorded") return JudgeKind::Recorded;
  if (word == "local") return JudgeKind::Local;
  return std::nullopt;
}

// Passes a judge's replies on under another name.
class NamedJudge : public api::Judge {
 public:
  NamedJudge(std::string name, std::unique_ptr<api::Judge> judge)
      : name_(std::move(name)), judge_(std::move(judge)) {}

  std::string name() const override { return name_; }
  std::string spent() const override { return judge_->spent(); }
  std::vector<std::string> reply(const std::vector<api::JudgeRequest>& requests) override {
    return judge_->reply(requests);
  }
  void reply_each(const std::vector<api::JudgeRequest>& requests, const Take& take) override {
    judge_->reply_each(requests, take);
  }

 private:
  std::string name_;
  std::unique_ptr<api::Judge> judge_;
};

}  // namespace

JudgeSpec parse_judge(const std::string& given) {
  const std::string text(trimmed(given));
  if (remote::is_url(text)) return parse_service(text);
  const size_t word = std::min(text.find_first_of(" \t\r\n:"), text.size());
  const size_t colon = text.find(':');
  const auto kind = kind_of(text.substr(0, word));
  if (!kind || colon == std::string::npos) fail(kForms, remote::excerpt(text.substr(0, word)));
  JudgeSpec spec{.kind = *kind};
  read_settings(spec, text.substr(word, colon - word));
  const std::string rest(trimmed(text.substr(colon + 1)));
  if (rest.empty()) fail(kForms, "nothing after the colon");
  spec.path = spec.kind == JudgeKind::Command ? "" : rest;
  spec.command.line = spec.kind == JudgeKind::Command ? rest : "";
  spec.command.name = spec.name;
  return spec;
}

std::unique_ptr<api::Judge> make_judge(const JudgeSpec& spec) {
  if (spec.kind == JudgeKind::Service) return std::make_unique<ChatService>(spec.service);
  if (spec.kind == JudgeKind::Command) return std::make_unique<CommandJudge>(spec.command);
  PLUMBLINE_CHECK(spec.kind == JudgeKind::Recorded, "a local judge is made by the caller");
  auto judge = std::make_unique<RecordedJudge>(spec.path);
  if (spec.name.empty()) return judge;
  return std::make_unique<NamedJudge>(spec.name, std::move(judge));
}

std::vector<api::JudgeRequest> with_settings(std::vector<api::JudgeRequest> requests,
                                             const JudgeSpec& spec) {
  for (auto& request : requests) {
    request.temperature = spec.temperature.value_or(request.temperature);
    request.max_tokens = spec.max_tokens.value_or(request.max_tokens);
  }
  return requests;
}

}  // namespace plumbline::judge
