#include "plumbline/benchmarks/human_answers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/benchmarks/vqa_accuracy.h"
#include "plumbline/eval/answer_file.h"
#include "plumbline/eval/unfit.h"

namespace plumbline::benchmarks {
namespace {

constexpr eval::Unfit unfit{"reading people's answers"};

std::string text_of_answer(const nlohmann::json& answer, const std::string& where) {
  if (answer.is_object()) return eval::required_text(answer, {"answer"}, where);
  if (answer.is_string()) return answer.get<std::string>();
  if (answer.is_number() || answer.is_boolean()) return answer.dump();
  throw unfit("texts, or objects with an 'answer'", answer.type_name(), where);
}

}  // namespace

HumanAnswers::Given HumanAnswers::read(const nlohmann::json& answers, const std::string& where) {
  if (!answers.is_array()) throw unfit("a list as 'answers'", answers.type_name(), where);
  if (answers.empty()) throw unfit("answers of people", "an empty list", where);
  Given given;
  given.reserve(answers.size());
  for (const auto& answer : answers) {
    const auto [entry, is_new] = numbers_.emplace(vqa_stripped(text_of_answer(answer, where)),
                                                  static_cast<uint32_t>(texts_.size()));
    if (is_new) texts_.push_back(&entry->first);
    given.push_back(entry->second);
  }
  return given;
}

const std::string& HumanAnswers::normalised(uint32_t number, VqaRule rule) {
  if (rule != rule_) is_normalised_.clear();
  rule_ = rule;
  normalised_.resize(texts_.size());
  is_normalised_.resize(texts_.size());
  if (!is_normalised_[number]) normalised_[number] = vqa_normalised(*texts_[number], rule);
  is_normalised_[number] = true;
  return normalised_[number];
}

const std::string& HumanAnswers::plain(const std::string& answer, VqaRule rule) {
  if (answer == last_answer_ && rule == last_rule_) return last_plain_;
  last_answer_ = answer;
  last_rule_ = rule;
  return last_plain_ = vqa_normalised(answer, rule);
}

HumanAnswers::Agreement HumanAnswers::agreement(const Given& given, const std::string& answer,
                                                VqaRule rule) {
  const bool is_one = std::all_of(given.begin(), given.end(),
                                  [&](uint32_t number) { return number == given.front(); });
  Agreement agreement{.is_literal = rule == VqaRule::VqaEval && is_one};
  const auto people = static_cast<int64_t>(given.size());
  const std::string& normal = plain(answer, rule);
  if (agreement.is_literal) {
    const bool is_match = vqa_stripped(answer) == *texts_[given.front()];
    agreement.matches = is_match ? people : 0;
    agreement.is_missed = !is_match && normal == normalised(given.front(), rule);
  } else {
    agreement.matches = std::count_if(given.begin(), given.end(), [&](uint32_t number) {
      return normalised(number, rule) == normal;
    });
  }
  agreement.accuracy = vqa_accuracy(agreement.matches, people);
  return agreement;
}

const std::string& HumanAnswers::usual(const Given& given) const {
  uint32_t usual = given.front();
  int64_t most = 0;
  for (const uint32_t number : given) {
    const auto count = std::count(given.begin(), given.end(), number);
    if (count > most) usual = number;
    most = std::max<int64_t>(most, count);
  }
  return *texts_[usual];
}

}  // namespace plumbline::benchmarks
