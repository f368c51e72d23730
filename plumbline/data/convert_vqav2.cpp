#include "plumbline/data/convert_vqav2.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include "plumbline/base/error.h"
#include "plumbline/base/random.h"
#include "plumbline/data/dialogue.h"
#include "plumbline/data/order.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

struct Question {
  int64_t id = 0;
  int64_t image_id = 0;
  std::string text;
};

struct Annotation {
  int64_t image_id = 0;
  std::string answer;
  bool is_yes_no = false;
};

struct Answered {
  Question question;
  Annotation annotation;
  std::string image;
};

using Annotations = std::unordered_map<int64_t, Annotation>;

std::vector<Question> questions_of(const AnnotationFile& source, Problems& problems) {
  std::vector<Question> questions;
  questions.reserve(source.entries.size());
  std::set<int64_t> ids;
  for_each_entry(source.entries, source.path, "question", problems,
                 [&](const json& entry, const std::string&) {
                   Question question{.id = id_member(entry, "question_id"),
                                     .image_id = id_member(entry, "image_id"),
                                     .text = full_text_member(entry, "question")};
                   if (!ids.insert(question.id).second) {
                     throw std::invalid_argument(
                         fmt::format("expected unique question ids, got {} again", question.id));
                   }
                   questions.push_back(std::move(question));
                 });
  std::sort(questions.begin(), questions.end(),
            [](const Question& a, const Question& b) { return a.id < b.id; });
  return questions;
}

Annotations annotations_of(const AnnotationFile& source, Problems& problems) {
  Annotations annotations;
  for_each_entry(
      source.entries, source.path, "annotation", problems,
      [&](const json& entry, const std::string&) {
        Annotation annotation{.image_id = id_member(entry, "image_id"),
                              .answer = text_member(entry, "multiple_choice_answer"),
                              .is_yes_no = text_member(entry, "answer_type") == "yes/no"};
        const int64_t id = id_member(entry, "question_id");
        if (!annotations.emplace(id, std::move(annotation)).second) {
          throw std::invalid_argument(
              fmt::format("expected one annotation per question, got another for {}", id));
        }
      });
  return annotations;
}

// The files' common subset, such as train2014.
std::string subset_of(const AnnotationFile& questions, const AnnotationFile& annotations,
                      CocoYear year) {
  const std::string subset = header_text(questions, "data_subtype");
  const std::string other = header_text(annotations, "data_subtype");
  const bool is_named = !subset.empty() || year == CocoYear::Y2017;
  if (is_named && subset == other) return subset;
  throw DataError({.component = "data",
                   .doing = "converting VQA-v2",
                   .expected = fmt::format("\"data_subtype\" \"{}\" as the questions have it",
                                           is_named ? subset : "train2014 or val2014"),
                   .got = fmt::format("\"{}\"", other),
                   .where = annotations.path,
                   .hint = "take questions and annotations of the same subset."});
}

// Questions with their answers, by id, without what is left out.
std::vector<Answered> joined(std::vector<Question> questions, Annotations annotations,
                             const std::string& subset, const VqaOptions& options,
                             LeftOut& left_out, Problems& problems) {
  ImageCheck images(options.tolerance, left_out);
  const bool is_allowed = options.tolerance.skip_unmatched;
  std::vector<Answered> result;
  for (Question& question : questions) {
    const std::string name = fmt::format("question {}", question.id);
    const auto found = annotations.find(question.id);
    if (found == annotations.end()) {
      left_out.add("questions without an annotation", name, is_allowed);
      continue;
    }
    Annotation annotation = std::move(found->second);
    annotations.erase(found);
    if (annotation.image_id != question.image_id) {
      problems.add(name, fmt::format("expected an annotation of image {}, got one of image {}",
                                     question.image_id, annotation.image_id));
      continue;
    }
    if (annotation.answer.empty()) {
      left_out.add("questions without an answer", name, is_allowed);
      continue;
    }
    std::string image = coco_image(options.images, subset, question.image_id);
    if (images.has(image)) {
      result.push_back({std::move(question), std::move(annotation), std::move(image)});
    }
  }
  if (annotations.empty()) return result;
  std::vector<int64_t> ids;
  for (const auto& item : annotations) ids.push_back(item.first);
  std::sort(ids.begin(), ids.end());
  for (const int64_t id : ids) {
    left_out.add("annotations without a question", fmt::format("that of question {}", id),
                 is_allowed);
  }
  return result;
}

std::string capitalised(std::string text) {
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string instructed(const std::string& question, const std::string& instruction) {
  return instruction.empty() ? question : question + "\n" + instruction;
}

std::vector<Conversation> conversations_of(const std::vector<Answered>& all,
                                           const VqaOptions& options) {
  std::map<int64_t, std::vector<const Answered*>> by_image;
  for (const Answered& one : all) by_image[one.question.image_id].push_back(&one);
  std::vector<Conversation> result;
  for (const auto& [image_id, questions] : by_image) {
    const size_t limit =
        options.max_rounds > 0 ? static_cast<size_t>(options.max_rounds) : questions.size();
    for (size_t first = 0; first < questions.size(); first += limit) {
      std::vector<Round> rounds;
      for (size_t i = first; i < std::min(first + limit, questions.size()); ++i) {
        const bool has_instruction =
            i == first || options.instruction_place == InstructionPlace::EveryRound;
        rounds.push_back(
            {instructed(questions[i]->question.text, has_instruction ? options.instruction : ""),
             capitalised(questions[i]->annotation.answer)});
      }
      const std::string part = first == 0 ? "" : fmt::format("-{}", first / limit + 1);
      result.push_back(
          dialogue(fmt::format("vqav2-{}{}", image_id, part), questions[0]->image, rounds));
    }
  }
  return result;
}

std::vector<Prompt> prompts_of(const std::vector<Answered>& all) {
  std::vector<Prompt> result;
  for (const auto& [question, annotation, image] : all) {
    const bool is_yes = annotation.answer == "yes", is_no = annotation.answer == "no";
    if (!annotation.is_yes_no || (!is_yes && !is_no)) continue;
    result.push_back(image_prompt(fmt::format("vqav2-{}", question.id), image, question.text,
                                  is_yes ? CaptionType::Yes : CaptionType::No));
  }
  return result;
}

}  // namespace

VqaRecords convert_vqav2(const std::string& questions_path, const std::string& annotations_path,
                         const VqaOptions& options) {
  check_limit("rounds", options.max_rounds);
  check_limit("conversations", options.max_conversations);
  check_limit("prompts", options.max_prompts);
  Problems problems("", "converting VQA-v2");
  LeftOut left_out;
  std::vector<Question> questions;
  Annotations annotations;
  std::string subset;
  {  // the files take far more memory than what is kept of them
    const AnnotationFile question_file = read_source(questions_path, SourceKind::VqaQuestions);
    const AnnotationFile annotation_file =
        read_source(annotations_path, SourceKind::VqaAnnotations);
    subset = subset_of(question_file, annotation_file, options.images.year);
    questions = questions_of(question_file, problems);
    annotations = annotations_of(annotation_file, problems);
  }
  const auto all =
      joined(std::move(questions), std::move(annotations), subset, options, left_out, problems);
  left_out.refuse(problems);
  problems.finish();
  const RandomKey key = random_key(options.seed, "convert.vqav2");
  return {.conversations = drawn_records(conversations_of(all, options), options.max_conversations,
                                         key.at("conversations")),
          .prompts = drawn_records(prompts_of(all), options.max_prompts, key.at("prompts")),
          .left_out = left_out.counts()};
}

}  // namespace plumbline::data
