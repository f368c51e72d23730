#include "plumbline/benchmarks/object_halbench.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "plumbline/base/base64.h"
#include "plumbline/base/error.h"
#include "plumbline/base/trimmed.h"
#include "plumbline/benchmarks/coco_annotations.h"
#include "plumbline/benchmarks/coco_captions.h"
#include "plumbline/benchmarks/coco_truth.h"
#include "plumbline/benchmarks/judge_prompt.h"
#include "plumbline/benchmarks/named_objects.h"
#include "plumbline/benchmarks/object_counts.h"
#include "plumbline/benchmarks/object_lists.h"
#include "plumbline/eval/replies.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::benchmarks {
namespace {

constexpr const char* kSpace = " \t\r\n\v\f";
constexpr eval::Format kPercent = {.digits = 2, .scale = 100};
struct Question {
  eval::Asked asked;  // its id is the image's
  std::string image_bytes = {};
};

std::vector<Question> read_questions(const eval::EvalRequest& request, bool needs_images) {
  std::vector<Question> questions;
  formats::for_each_record(request.file("questions"), [&](const formats::Record& record) {
    const auto id = eval::required_text(record.value, {"image_id", "question_id"}, record.where);
    Question question{.asked = {.id = std::to_string(coco_image_id(id, record.where)),
                                .question = eval::required_text(
                                    record.value, {"question", "prompt", "text"}, record.where),
                                .where = record.where}};
    if (needs_images) {
      auto bytes = from_base64(eval::required_text(record.value, {"image"}, record.where));
      if (!bytes) {
        throw DataError(Complaint{.component = "eval",
                                  .doing = "reading Object HalBench's questions",
                                  .expected = "a picture in base64 as 'image'",
                                  .got = "other characters",
                                  .where = record.where});
      }
      question.image_bytes = *std::move(bytes);
    }
    questions.push_back(std::move(question));
  });
  if (questions.empty()) {
    throw DataError(Complaint{.component = "eval",
                              .doing = "reading Object HalBench's questions",
                              .expected = "questions",
                              .got = "an empty file",
                              .where = request.file("questions")});
  }
  return questions;
}

struct Described {
  std::vector<Question> questions;
  std::vector<CocoCaption> answers;  // in the questions' order
};

// Answers without the name of the speaker that some models begin with, as the reference has it.
Described read_answers(const eval::EvalRequest& request) {
  Described described{.questions = read_questions(request, false), .answers = {}};
  std::vector<eval::Asked> asked;
  for (const auto& question : described.questions) asked.push_back(question.asked);
  described.answers = read_coco_captions(request, asked);
  for (auto& answer : described.answers) {
    constexpr std::string_view kSpeaker = "Assistant:";
    for (size_t at = 0; (at = answer.text.find(kSpeaker)) != std::string::npos;) {
      answer.text.erase(at, kSpeaker.size());
    }
    answer.text = std::string(trimmed(answer.text, kSpace));
  }
  return described;
}

// Replies in the answers' order. Those to short answers may be missing.
eval::Replies replies_to(const Described& described, const eval::EvalRequest& request) {
  std::vector<eval::JudgedAnswer> judged;
  for (size_t i = 0; i < described.answers.size(); ++i) {
    const auto& text = described.answers[i].text;
    judged.push_back({.id = described.questions[i].asked.id,
                      .text = text,
                      .place = described.answers[i].place,
                      .is_optional = is_short_answer(text)});
  }
  return eval::read_replies(request, judged);
}

class HalBenchFigures {
 public:
  explicit HalBenchFigures(eval::Tally& tally)
      : answers_(tally.column("answers")),
        with_objects_(tally.column("with_objects")),
        hallucinating_(tally.column("hallucinating")),
        mentions_(tally.column("mentions")),
        hallucinated_(tally.column("hallucinated")),
        truth_(tally.column("truth")),
        found_(tally.column("found")),
        words_(tally.column("words")) {}

  void add(eval::Tally& tally, const std::string& image, const ObjectCounts& counts,
           const std::string& answer) const {
    tally.add(image, answers_);
    tally.add(image, with_objects_, counts.mentions > 0 ? 1 : 0);
    tally.add(image, hallucinating_, counts.hallucinated > 0 ? 1 : 0);
    tally.add(image, mentions_, counts.mentions);
    tally.add(image, hallucinated_, counts.hallucinated);
    tally.add(image, truth_, counts.truth);
    tally.add(image, found_, counts.found);
    // As Python's split(" ") counts: an empty answer is one piece.
    const auto num_blanks = std::count(answer.begin(), answer.end(), ' ');
    tally.add(image, words_, 1 + static_cast<double>(num_blanks));
  }
  static std::vector<eval::FigureSpec> specs() {
    return {{.name = "response_hall", .format = kPercent, .direction = -1, .is_main = true},
            {.name = "object_hall", .format = kPercent, .direction = -1, .is_main = true},
            {.name = "chair_s", .format = kPercent, .direction = -1},
            {.name = "response_correct", .format = kPercent},
            {.name = "object_correct", .format = kPercent},
            {.name = "object_recall", .format = kPercent},
            {.name = "length", .format = {.digits = 2}, .direction = 0},
            {.name = "answers_with_objects", .format = {.digits = 1}, .direction = 0},
            {.name = "objects_found", .format = {.digits = 1}, .direction = 0}};
  }
  std::vector<double> values(const eval::Sums& sums) const {
    const double response_hall = sums[hallucinating_] / sums[with_objects_];
    const double object_hall = sums[hallucinated_] / sums[mentions_];
    return {response_hall,
            object_hall,
            sums[hallucinating_] / sums[answers_],
            1 - response_hall,
            1 - object_hall,
            sums[found_] / sums[truth_],
            sums[words_] / sums[answers_],
            sums[with_objects_],
            sums[found_]};
  }

 private:
  uint32_t answers_, with_objects_, hallucinating_, mentions_, hallucinated_, truth_, found_,
      words_;
};

eval::Scoring score(const eval::EvalRequest& request) {
  const auto described = read_answers(request);
  const auto replies = replies_to(described, request);
  const CocoObjects objects(request.file("synonyms"), SynonymRule::Refined);
  std::set<int64_t> images;
  for (const auto& answer : described.answers) images.insert(answer.image_id);
  const auto truth = coco_truth(images, request, objects, CaptionWords(LemmaRule::Noun, request));
  const auto wordnet = read_wordnet(request);
  const auto tagger = read_tagger(request);
  const NamedObjects named(objects, wordnet, tagger.get());

  eval::Tally tally;
  const HalBenchFigures figures(tally);
  eval::Scoring scoring{.judge = replies.judge, .malformed_as = "an answer without objects"};
  for (size_t i = 0; i < described.answers.size(); ++i) {
    const auto& [asked, _] = described.questions[i];
    const auto& answer = described.answers[i];
    const bool is_short = is_short_answer(answer.text);
    const auto listed = is_short ? std::vector<std::string>() : listed_objects(replies.texts[i]);
    const auto names = named(listed.value_or(std::vector<std::string>()));
    const auto& there = truth.at(answer.image_id);
    const auto counts = count_objects(objects.mentions(names), there);
    figures.add(tally, asked.id, counts, answer.text);
    scoring.num_malformed += !listed;
    scoring.answers.push_back({.id = asked.id,
                               .type = {},
                               .image = asked.id,
                               .question = asked.question,
                               .reference = fmt::format("{}", fmt::join(there, ", ")),
                               .answer = answer.text,
                               .verdict = listed ? counts.shown : "malformed reply",
                               .score = -counts.hallucinated,
                               .is_malformed = !listed});
  }
  scoring.figures = HalBenchFigures::specs();
  scoring.num_sums = tally.num_columns();
  scoring.units = tally.units();
  scoring.values = [figures](const eval::Sums& sums) { return figures.values(sums); };
  scoring.notes.push_back(tagger
                              ? "nouns of the judge's lists by the given tagger, lemmas by "
                                "WordNet; the reference uses spaCy's en_core_web_trf for both."
                              : "nouns and lemmas of the judge's lists by WordNet; the reference "
                                "uses spaCy's en_core_web_trf for both.");
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::vector<eval::Prompt> prompts;
  for (auto& question : read_questions(request, true)) {
    prompts.push_back({.id = question.asked.id,
                       .image = {},
                       .image_bytes = std::move(question.image_bytes),
                       .question = question.asked.question});
  }
  return prompts;
}

std::vector<api::JudgeRequest> judge_requests(const eval::EvalRequest& request) {
  const auto& path = request.file("prompt");
  const std::string prompt = prompt_of(path, objects_prompt());
  const std::string where = path.empty() ? kShippedPrompt : path;
  const auto described = read_answers(request);
  std::vector<api::JudgeRequest> requests;
  for (size_t i = 0; i < described.answers.size(); ++i) {
    const auto& answer = described.answers[i].text;
    if (is_short_answer(answer)) continue;
    const auto& asked = described.questions[i].asked;
    requests.push_back(
        {.id = asked.id,
         .messages = {{"system",
                       filled(prompt, {{"question", asked.question}, {"answer", answer}}, where)}},
         .about = answer});
  }
  return requests;
}

}  // namespace

eval::Benchmark object_halbench() {
  eval::Benchmark benchmark{
      .name = "object-halbench",
      .title = "Object HalBench (Yu et al. 2023, arXiv 2312.00849)",
      .reports = "answers and mentions with hallucinated objects, recall of objects",
      .judge = "the objects that an answer says can be seen, as a JSON list",
      .inputs = {{"questions", "JSONL {image_id, question, image (base64)}"},
                 {"answers", "JSONL {image_id or question_id, text or answer}"},
                 {"replies", "JSONL {id, reply}, by image id"},
                 {"prompt", "the judge's prompt with {question} and {answer}", false}},
      .variants = {eval::judges_variant()},
      .score = score,
      .prompts = prompts,
      .judge_requests = judge_requests};
  for (auto& input : coco_inputs()) benchmark.inputs.push_back(std::move(input));
  benchmark.inputs.push_back(wordnet_input());
  benchmark.inputs.push_back(tagger_input());
  return benchmark;
}

}  // namespace plumbline::benchmarks
