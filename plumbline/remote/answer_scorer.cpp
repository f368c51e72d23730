#include "plumbline/remote/answer_scorer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/remote/command.h"
#include "plumbline/remote/excerpt.h"
#include "plumbline/remote/http.h"
#include "plumbline/remote/url.h"

namespace plumbline::remote {
namespace {

using nlohmann::json;
using Answers = std::span<const AnswerToScore>;

constexpr size_t kAnswersAtOnce = 256;

std::string doing(const ScorerSpec& spec) {
  return fmt::format("asking the reward term '{}'", spec.name);
}

[[noreturn]] void wrong(const ScorerSpec& spec, const std::string& expected,
                        const std::string& got) {
  const std::string where = is_url(spec.where) ? without_query(spec.where) : spec.where;
  throw DataError({.component = "remote",
                   .doing = doing(spec),
                   .expected = expected,
                   .got = got,
                   .where = excerpt(where, 200)});
}

json json_of(const AnswerToScore& asked) {
  return {{"id", asked.id},
          {"images", asked.images},
          {"prompt", asked.prompt},
          {"answer", asked.answer},
          {"facts", asked.facts},
          {"reference", asked.reference},
          {"is_finished", asked.is_finished}};
}

// `value` as the score of this answer; `text` is what came.
double read_score(const ScorerSpec& spec, const AnswerToScore& asked, const json& value,
                  const std::string& text) {
  const bool is_object = value.is_object();
  if (is_object && value.contains("id") && value["id"] != asked.id) {
    wrong(spec, fmt::format("the score of answer '{}' in its place", asked.id), excerpt(text));
  }
  const json score = is_object ? value.value("score", json()) : value;
  const double number = score.is_number() ? score.get<double>() : std::nan("");
  if (!std::isfinite(number)) {
    wrong(spec, fmt::format("a finite number for answer '{}'", asked.id), excerpt(text));
  }
  return number;
}

void check_count(const ScorerSpec& spec, Answers answers, size_t count, const std::string& next) {
  if (count == answers.size()) return;
  const std::string expected = fmt::format("{} scores", answers.size());
  if (count > answers.size()) {
    wrong(spec, expected,
          fmt::format("{}; after that of the last answer '{}' came {}", count, answers.back().id,
                      next));
  }
  wrong(spec, expected, fmt::format("{}, none for answer '{}'", count, answers[count].id));
}

std::vector<double> ask_program(const ScorerSpec& spec, Answers answers) {
  std::vector<std::string> lines;
  for (const AnswerToScore& asked : answers) lines.push_back(json_text(json_of(asked)));
  const auto replies = ask_command({.line = spec.where,
                                    .doing = doing(spec),
                                    .timeout_seconds = spec.timeout_seconds,
                                    .retries = spec.retries},
                                   lines);
  std::vector<double> scores;
  // The lines first: a stray message among them explains more than the count does.
  for (size_t i = 0; i < std::min(replies.size(), answers.size()); ++i) {
    const json value = try_parse_json(replies[i], doing(spec));
    scores.push_back(read_score(spec, answers[i], value, replies[i]));
  }
  const bool has_more = replies.size() > answers.size();
  check_count(spec, answers, replies.size(), has_more ? excerpt(replies[answers.size()]) : "");
  return scores;
}

// How many scores stand before the place at which a text is no JSON any more.
size_t num_scores_before_error(const std::string& text) {
  size_t count = 0;
  const auto look = [&](int depth, json::parse_event_t event, json& value) {
    count += event == json::parse_event_t::value && value.is_number();
    return depth < 4;
  };
  [[maybe_unused]] const json rest = json::parse(text, look, false);
  return count;
}

// The list of scores in a reply.
json scores_in(const ScorerSpec& spec, Answers answers, const std::string& text) {
  json value;
  try {
    value = parse_json(text, doing(spec));
  } catch (const json::exception& e) {
    const size_t count = num_scores_before_error(text);
    const std::string who =
        count < answers.size() ? fmt::format(" for answer '{}'", answers[count].id) : "";
    wrong(spec, "JSON with a finite number" + who,
          fmt::format("{} ({})", excerpt(text), excerpt(untagged(e), 200)));
  }
  if (value.is_object()) value = json(value.value("scores", json()));
  if (!value.is_array()) {
    wrong(spec, "{\"scores\": [...]} or a list of numbers", excerpt(text));
  }
  return value;
}

std::vector<double> ask_url(const ScorerSpec& spec, Answers answers) {
  json list = json::array();
  for (const AnswerToScore& asked : answers) list.push_back(json_of(asked));
  const std::string text = post_json({.url = spec.where,
                                      .doing = doing(spec),
                                      .timeout_seconds = spec.timeout_seconds,
                                      .retries = spec.retries,
                                      .key_variable = spec.key_variable},
                                     json_text(json{{"answers", list}}));
  const json values = scores_in(spec, answers, text);
  std::vector<double> scores;
  for (size_t i = 0; i < std::min(values.size(), answers.size()); ++i) {
    scores.push_back(read_score(spec, answers[i], values[i], json_text(values[i])));
  }
  const bool has_more = values.size() > answers.size();
  check_count(spec, answers, values.size(),
              has_more ? excerpt(json_text(values[answers.size()])) : "");
  return scores;
}

bool is_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
}

}  // namespace

std::optional<ScorerSpec> parse_scorer(const std::string& text) {
  const size_t sign = text.find('=');
  if (sign == std::string::npos) return std::nullopt;
  const size_t blank = text.find_first_of(" \t", sign);
  const size_t where = text.find_first_not_of(" \t", blank);
  if (blank == std::string::npos || where == std::string::npos) return std::nullopt;

  ScorerSpec spec{.name = text.substr(0, sign), .where = text.substr(where)};
  const char* end = text.data() + blank;
  const auto [stop, error] = std::from_chars(text.data() + sign + 1, end, spec.weight);
  const bool is_number = error == std::errc() && stop == end && std::isfinite(spec.weight);
  if (!is_number || !is_name(spec.name)) return std::nullopt;
  spec.where.erase(spec.where.find_last_not_of(" \t\r\n") + 1);
  return spec;
}

AnswerScorer::AnswerScorer(ScorerSpec spec) : spec_(std::move(spec)) {
  if (is_url(spec_.where)) parse_url(spec_.where);
}

std::vector<double> AnswerScorer::score(const std::vector<AnswerToScore>& answers) const {
  if (answers.empty()) return {};
  if (!is_url(spec_.where)) return ask_program(spec_, answers);
  std::vector<double> scores;
  for (size_t first = 0; first < answers.size(); first += kAnswersAtOnce) {
    const size_t count = std::min(kAnswersAtOnce, answers.size() - first);
    const auto portion = ask_url(spec_, Answers(answers).subspan(first, count));
    scores.insert(scores.end(), portion.begin(), portion.end());
  }
  return scores;
}

}  // namespace plumbline::remote
