#include "plumbline/benchmarks/textvqa.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/benchmarks/answer_formats.h"
#include "plumbline/benchmarks/human_answers.h"
#include "plumbline/eval/unfit.h"
#include "plumbline/formats/json_list.h"
#include "plumbline/text/python_text.h"

namespace plumbline::benchmarks {
namespace {

constexpr eval::Unfit unfit{"reading TextVQA"};

constexpr size_t kPeople = 10;
constexpr const char* kAccuracy = "accuracy";

struct Questions {
  std::vector<eval::Asked> asked;
  std::vector<HumanAnswers::Given> given;  // empty where they were not read
  HumanAnswers people;
};

HumanAnswers::Given read_answers(HumanAnswers& people, const formats::Record& record) {
  const auto answers = record.value.find("answers");
  if (answers == record.value.end()) {
    throw unfit("'answers'", "none", record.where,
                "those of the test split are not public: take the validation split.");
  }
  const auto given = people.read(*answers, record.where);
  if (given.size() == kPeople) return given;
  throw unfit(fmt::format("{} answers", kPeople), fmt::format("{}", given.size()), record.where);
}

Questions read_questions(const std::string& path, bool needs_answers) {
  Questions questions;
  formats::for_each_in_list(path, "data", [&](formats::Record&& record) {
    const auto& [value, where] = record;
    questions.asked.push_back({.id = eval::required_text(value, {"question_id"}, where),
                               .question = eval::required_text(value, {"question"}, where),
                               .image = eval::required_text(value, {"image_id"}, where),
                               .where = where});
    if (needs_answers) questions.given.push_back(read_answers(questions.people, record));
  });
  if (questions.asked.empty()) throw unfit("questions", "an empty list", path);
  return questions;
}

// LLaVA's files have the image's id as the question's.
bool is_by_image(const std::vector<eval::Asked>& questions,
                 const std::vector<eval::Answer>& answers) {
  std::set<std::string> ids, images;
  for (const eval::Asked& asked : questions) {
    ids.insert(asked.id);
    images.insert(asked.image);
  }
  return std::all_of(answers.begin(), answers.end(), [&](const eval::Answer& answer) {
    return images.contains(answer.id) && !ids.contains(answer.id);
  });
}

// Gives answers that name the image the id of the question with their text.
void find_ids(const std::vector<eval::Asked>& questions, std::vector<eval::Answer>& answers) {
  using Key = std::pair<std::string, std::string>;
  std::map<Key, std::vector<std::string>> ids;  // several: in the order of the questions
  for (auto asked = questions.rbegin(); asked != questions.rend(); ++asked) {
    ids[{asked->image, text::python::lower(asked->question)}].push_back(asked->id);
  }
  for (eval::Answer& answer : answers) {
    answer.question = textvqa_question(answer.question);
    const auto found = ids.find({answer.id, text::python::lower(answer.question)});
    if (found == ids.end() || found->second.empty()) {
      throw eval::Unfit{"joining answers to questions"}(
          found == ids.end() ? "a question about the image " + answer.id
                             : "one answer to a question about the image " + answer.id,
          (found == ids.end() ? "'" : "another to '") + answer.question + "'", answer.where,
          "answers that have the image's id as question_id are found by their 'prompt'.");
    }
    answer.image = answer.id;
    answer.id = found->second.back();
    answer.question.clear();  // compared, but for the case of its letters
    found->second.pop_back();
  }
}

std::vector<eval::Answer> read_joined(const eval::EvalRequest& request,
                                      const std::vector<eval::Asked>& asked) {
  auto answers = eval::read_answer_file(request.file("answers"));
  if (request.join == eval::Join::Id && is_by_image(asked, answers)) find_ids(asked, answers);
  for (eval::Answer& answer : answers) answer.question = textvqa_question(answer.question);
  return eval::join(asked, std::move(answers), request.join,
                    {request.file("questions"), request.file("answers")});
}

eval::Scoring score(const eval::EvalRequest& request) {
  Questions questions = read_questions(request.file("questions"), true);
  const auto& asked = questions.asked;
  const auto answers = read_joined(request, asked);
  eval::Tally tally;
  const uint32_t count = tally.column("count"), sum = tally.column("sum");
  eval::Scoring scoring{.malformed_as = "wrong"};
  for (size_t i = 0; i < asked.size(); ++i) {
    const auto& given = questions.given[i];
    const auto agreement = questions.people.agreement(given, answers[i].text, VqaRule::M4c);
    tally.add(asked[i].image, count);
    tally.add(asked[i].image, sum, agreement.accuracy);
    const bool is_malformed = vqa_stripped(answers[i].text).empty();
    scoring.num_malformed += is_malformed;
    scoring.answers.push_back({.id = asked[i].id,
                               .type = "",
                               .image = asked[i].image,
                               .question = asked[i].question,
                               .reference = questions.people.usual(given),
                               .answer = answers[i].text,
                               .verdict = fmt::format("{} of {}", agreement.matches, given.size()),
                               .score = agreement.accuracy,
                               .is_malformed = is_malformed});
  }
  scoring.figures = {{.name = kAccuracy, .format = {.digits = 2, .scale = 100}, .is_main = true}};
  scoring.num_sums = tally.num_columns();
  scoring.units = tally.units();
  scoring.values = [count, sum](const eval::Sums& sums) {
    return std::vector<double>{eval::ratio(sums[sum], sums[count])};
  };
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::vector<eval::Prompt> prompts;
  for (const eval::Asked& asked : read_questions(request.file("questions"), false).asked) {
    prompts.push_back({.id = asked.id,
                       .image = asked.image + ".jpg",
                       .question = asked.question,
                       .test_prompt = kShortAnswerPrompt,
                       .max_tokens = kShortAnswerTokens});
  }
  return prompts;
}

}  // namespace

std::string textvqa_question(const std::string& prompt) {
  constexpr std::string_view kBegin = "Question: ", kEnd = " Short answer:";
  if (prompt.starts_with("OCR tokens: ")) {
    const size_t begin = prompt.find(kBegin);
    const size_t end =
        begin == std::string::npos ? begin : prompt.find(kEnd, begin + kBegin.size());
    if (end == std::string::npos) return prompt;
    return prompt.substr(begin + kBegin.size(), end - begin - kBegin.size());
  }
  const size_t first_end = std::min(prompt.find('\n'), prompt.size());
  if (!prompt.starts_with("Reference OCR token:")) return prompt.substr(0, first_end);
  const size_t begin = std::min(first_end + 1, prompt.size());
  return prompt.substr(begin, std::min(prompt.find('\n', begin), prompt.size()) - begin);
}

eval::Benchmark textvqa() {
  return {.name = "textvqa",
          .title = "TextVQA (Singh et al. 2019, arXiv 1904.08920)",
          .reports = "accuracy, by M4C's rule",
          .inputs = {{"questions",
                      "the official {data: [{question_id, image_id, question, "
                      "answers}]}"},
                     {"answers",
                      "JSONL {question_id, text}, or LLaVA's with the image's id and "
                      "the prompt"}},
          .score = score,
          .prompts = prompts};
}

}  // namespace plumbline::benchmarks
