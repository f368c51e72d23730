#include "plumbline/data/convert_aokvqa.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "plumbline/base/random.h"
#include "plumbline/data/coco_images.h"
#include "plumbline/data/dialogue.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

constexpr size_t kNumOptions = 4;
constexpr std::string_view kLetters = "ABCD";
constexpr const char* kNoRationale = "questions without a rationale";

struct Question {
  std::string id;
  std::string image;
  std::string text;
  std::vector<std::string> options;  // in the file's order until they are shuffled
  size_t correct = 0;                // index of the right one
  std::vector<std::string> rationales;
};

std::vector<std::string> texts_of(const json& entry, const std::string& key) {
  const auto it = entry.find(key);
  if (it == entry.end() || !it->is_array()) {
    throw std::invalid_argument(fmt::format("expected \"{}\" to be a list of texts", key));
  }
  std::vector<std::string> texts;
  for (const json& text : *it) {
    if (!text.is_string()) {
      throw std::invalid_argument(
          fmt::format("expected texts in \"{}\", got a {}", key, text.type_name()));
    }
    texts.push_back(checked_text(text.get<std::string>(), "\"" + key + "\""));
  }
  return texts;
}

Question question_of(const json& entry, const AokvqaOptions& options) {
  Question question{.id = full_text_member(entry, "question_id"),
                    .image = coco_image({CocoYear::Y2017, options.image_folder_prefix}, "",
                                        id_member(entry, "image_id")),
                    .text = full_text_member(entry, "question"),
                    .options = texts_of(entry, "choices"),
                    .correct = 0,
                    .rationales = {}};
  if (question.options.size() != kNumOptions) {
    throw std::invalid_argument(
        fmt::format("expected {} choices, got {}", kNumOptions, question.options.size()));
  }
  if (std::count(question.options.begin(), question.options.end(), "") > 0) {
    throw std::invalid_argument("expected text in every choice, got an empty one");
  }
  if (!entry.contains("correct_choice_idx")) {
    throw std::invalid_argument(
        "expected \"correct_choice_idx\", got none; the test's answers are not public");
  }
  question.correct = static_cast<size_t>(id_member(entry, "correct_choice_idx"));
  if (question.correct >= kNumOptions) {
    throw std::invalid_argument(
        fmt::format("expected \"correct_choice_idx\" in 0..3, got {}", question.correct));
  }
  question.rationales = texts_of(entry, "rationales");
  std::erase(question.rationales, "");
  return question;
}

void shuffle_options(Question& question, RandomKey key) {
  std::vector<size_t> order = {0, 1, 2, 3};
  Random(key.at("options").at(question.id)).shuffle(order);
  std::vector<std::string> shuffled;
  for (const size_t from : order) shuffled.push_back(question.options[from]);
  question.options = std::move(shuffled);
  question.correct =
      static_cast<size_t>(std::find(order.begin(), order.end(), question.correct) - order.begin());
}

std::string right_option(const Question& question) {
  return fmt::format("{}. {}", kLetters[question.correct], question.options[question.correct]);
}

std::string asked(const Question& question, const std::string& instruction) {
  std::string text = question.text;
  for (size_t i = 0; i < kNumOptions; ++i) {
    text += fmt::format("\n{}. {}", kLetters[i], question.options[i]);
  }
  return instruction.empty() ? text : text + "\n" + instruction;
}

Facts facts_of_all(const std::vector<Question>& questions, const std::string& prefix) {
  std::map<std::string, int64_t> per_image;
  for (const Question& question : questions) ++per_image[question.image];
  Facts facts;
  for (const Question& question : questions) {
    auto& list = facts[prefix + question.image];
    list.insert(list.end(), question.rationales.begin(), question.rationales.end());
    list.push_back(per_image[question.image] == 1
                       ? fmt::format("The correct option is {}.", right_option(question))
                       : fmt::format("Asked \"{}\", the correct option is {}.", question.text,
                                     right_option(question)));
  }
  return facts;
}

// By id; options shuffled.
std::vector<Question> read_questions(const std::string& path, const AokvqaOptions& options,
                                     LeftOut& left_out) {
  Problems problems("", "converting A-OKVQA");
  ImageCheck images(options.tolerance, left_out);
  const RandomKey key = random_key(options.seed, "convert.aokvqa");
  std::vector<Question> questions;
  std::set<std::string> ids;
  const AnnotationFile source = read_source(path, SourceKind::AokvqaQuestions);
  for_each_entry(source.entries, path, "question", problems,
                 [&](const json& entry, const std::string&) {
                   Question question = question_of(entry, options);
                   if (!ids.insert(question.id).second) {
                     throw std::invalid_argument(
                         fmt::format("expected unique question ids, got '{}' again", question.id));
                   }
                   if (question.rationales.empty()) {
                     left_out.add(kNoRationale, question.id, options.tolerance.skip_unmatched);
                   } else if (images.has(question.image)) {
                     shuffle_options(question, key);
                     questions.push_back(std::move(question));
                   }
                 });
  left_out.refuse(problems);
  problems.finish();
  std::sort(questions.begin(), questions.end(),
            [](const Question& a, const Question& b) { return a.id < b.id; });
  return questions;
}

}  // namespace

AokvqaRecords convert_aokvqa(const std::string& path, const AokvqaOptions& options) {
  check_limit("conversations", options.max_conversations);
  check_limit("prompts", options.max_prompts);
  LeftOut left_out;
  const auto questions = read_questions(path, options, left_out);
  const RandomKey key = random_key(options.seed, "convert.aokvqa");
  std::vector<Conversation> conversations;
  std::vector<Prompt> prompts;
  for (const Question& question : questions) {
    const std::string id = "aokvqa-" + question.id;
    const std::string text = asked(question, options.instruction);
    const std::string& rationale =
        Random(key.at("rationale").at(question.id)).pick(question.rationales);
    conversations.push_back(
        dialogue(id, question.image, {{text, right_option(question) + "\n" + rationale}}));
    prompts.push_back(image_prompt(
        id, question.image, text,
        static_cast<CaptionType>(static_cast<size_t>(CaptionType::A) + question.correct)));
  }
  const RandomKey draw = key.at("records");
  return {.conversations = drawn_records(std::move(conversations), options.max_conversations, draw),
          .prompts = drawn_records(std::move(prompts), options.max_prompts, draw, true),
          .facts = facts_of_all(questions, options.facts_prefix),
          .left_out = left_out.counts()};
}

}  // namespace plumbline::data
