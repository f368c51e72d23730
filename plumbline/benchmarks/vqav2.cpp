#include "plumbline/benchmarks/vqav2.h"

#include <fmt/format.h>

#include <map>

#include "plumbline/base/error.h"
#include "plumbline/benchmarks/answer_formats.h"
#include "plumbline/benchmarks/human_answers.h"
#include "plumbline/eval/unfit.h"
#include "plumbline/formats/json_list.h"

namespace plumbline::benchmarks {
namespace {

constexpr eval::Unfit unfit{"reading annotations"};
constexpr eval::Unfit unfit_to_join{"joining annotations to questions"};

constexpr eval::Format kPercent = {.digits = 2, .scale = 100};

struct Annotation {
  std::string image, question_type = {}, answer_type = {}, where = {};
  HumanAnswers::Given answers = {};
};

struct Annotations {
  std::unordered_map<std::string, Annotation> by_id;
  HumanAnswers people;
  bool has_answer_ids = true;
};

Annotations read_annotations(const std::string& path) {
  Annotations annotations;
  const auto visit = [&](formats::Record&& record) {
    const auto& [value, where] = record;
    const std::string id = eval::required_text(value, {"question_id"}, where);
    const auto answers = value.find("answers");
    if (answers == value.end()) throw unfit("'answers'", "none", where);
    Annotation annotation{
        .image = eval::required_text(value, {"image_id"}, where),
        .question_type = eval::text_of(value, {"question_type"}, where).value_or(""),
        .answer_type = eval::text_of(value, {"answer_type"}, where).value_or(""),
        .where = where,
        .answers = annotations.people.read(*answers, where)};
    for (const auto& answer : *answers) {
      annotations.has_answer_ids =
          annotations.has_answer_ids && answer.is_object() && answer.contains("answer_id");
    }
    if (!annotations.by_id.emplace(id, std::move(annotation)).second) {
      throw unfit("each question once", "question " + id + " again", where);
    }
  };
  formats::for_each_in_list(path, "annotations", visit, {"answer_confidence"});
  return annotations;
}

struct Questions {
  std::vector<eval::Asked> asked;  // with the numbers of images
  std::string subset;              // "val2014"; empty where the file does not say

  // COCO's name of the file: "COCO_val2014_000000000042.jpg".
  std::string image_file(const std::string& id) const {
    if (id.find_first_not_of("0123456789") != std::string::npos) return id;
    return (subset.empty() ? "" : "COCO_" + subset + "_") + fmt::format("{:0>12}.jpg", id);
  }
};

Questions read_questions(const std::string& path) {
  Questions questions;
  const auto rest = formats::for_each_in_list(path, "questions", [&](formats::Record&& record) {
    const auto& [value, where] = record;
    questions.asked.push_back({.id = eval::required_text(value, {"question_id"}, where),
                               .question = eval::required_text(value, {"question"}, where),
                               .image = eval::required_text(value, {"image_id"}, where),
                               .where = where});
  });
  if (questions.asked.empty()) {
    throw eval::Unfit{"reading questions"}("questions", "an empty list", path);
  }
  questions.subset = eval::text_of(rest, {"data_subtype"}, path).value_or("");
  return questions;
}

// Of each question its annotation. Throws DataError unless each has one, of the same image.
std::vector<const Annotation*> annotations_of(const std::vector<eval::Asked>& questions,
                                              const Annotations& annotations,
                                              const std::string& path) {
  std::vector<const Annotation*> found;
  std::vector<std::string> missing;
  for (const eval::Asked& asked : questions) {
    const auto entry = annotations.by_id.find(asked.id);
    if (entry == annotations.by_id.end()) {
      missing.push_back(asked.id);
      continue;
    }
    if (asked.image != entry->second.image) {
      throw unfit_to_join("an annotation of the image " + asked.image, entry->second.image,
                          entry->second.where);
    }
    found.push_back(&entry->second);
  }
  const std::string hint =
      "take questions and annotations of one split; those of test splits "
      "are not public.";
  if (!missing.empty()) {
    throw unfit_to_join("an annotation of each question", "none of " + eval::first_of(missing),
                        path, hint);
  }
  if (annotations.by_id.size() != questions.size()) {
    throw unfit_to_join(fmt::format("{} annotations", questions.size()),
                        fmt::format("{}", annotations.by_id.size()), path, hint);
  }
  return found;
}

// The columns and figures of all questions and of those of each type.
class VqaFigures {
 public:
  VqaFigures(eval::Tally& tally, const std::vector<const Annotation*>& annotations) {
    std::map<std::string, Columns> question_types, answer_types;
    for (const Annotation* annotation : annotations) {
      question_types[annotation->question_type];
      answer_types[annotation->answer_type];
    }
    add_group("accuracy", tally);
    for (const auto& [type, _] : answer_types) add_group(answer_name(type), tally);
    for (const auto& [type, _] : question_types) add_group(question_name(type), tally);
  }
  void add(eval::Tally& tally, const Annotation& annotation, double accuracy) const {
    for (const std::string& name : {std::string("accuracy"), answer_name(annotation.answer_type),
                                    question_name(annotation.question_type)}) {
      const auto group = groups_.find(name);
      if (group == groups_.end()) continue;
      tally.add(annotation.image, group->second.count);
      tally.add(annotation.image, group->second.sum, accuracy);
    }
  }
  std::vector<eval::FigureSpec> specs() const {
    std::vector<eval::FigureSpec> specs;
    for (const auto& name : names_) {
      specs.push_back(
          {.name = name, .format = kPercent, .is_main = !name.starts_with("question_type/")});
    }
    return specs;
  }
  std::vector<double> values(const eval::Sums& sums) const {
    std::vector<double> values;
    for (const auto& columns : columns_) {
      values.push_back(eval::ratio(sums[columns.sum], sums[columns.count]));
    }
    return values;
  }

 private:
  struct Columns {
    uint32_t count = 0, sum = 0;
  };
  static std::string answer_name(const std::string& type) { return "answer_type/" + type; }
  static std::string question_name(const std::string& type) { return "question_type/" + type; }
  void add_group(const std::string& name, eval::Tally& tally) {
    if (name.ends_with("/")) return;  // questions without a type
    const Columns columns{tally.column(name + " count"), tally.column(name + " sum")};
    groups_[name] = columns;
    names_.push_back(name);
    columns_.push_back(columns);
  }

  std::vector<std::string> names_;
  std::vector<Columns> columns_;
  std::unordered_map<std::string, Columns> groups_;
};

std::vector<double> constant(const std::vector<const Annotation*>& annotations,
                             HumanAnswers& people, const std::string& answer, VqaRule rule) {
  eval::Tally tally;
  const VqaFigures figures(tally, annotations);
  for (const Annotation* annotation : annotations) {
    figures.add(tally, *annotation, people.agreement(annotation->answers, answer, rule).accuracy);
  }
  return figures.values(eval::total({.num_sums = tally.num_columns(), .units = tally.units()}));
}

std::vector<std::string> notes_of(const Annotations& annotations, VqaRule rule, int64_t literal,
                                  int64_t missed) {
  std::vector<std::string> notes;
  if (rule == VqaRule::VqaEval && literal > 0) {
    notes.push_back(fmt::format(
        "vqaeval normalises neither people's answers nor the system's where all people gave one "
        "answer, as the official script: of {} such questions {} would be right otherwise.",
        literal, missed));
  }
  if (!annotations.has_answer_ids) {
    notes.push_back(
        "The annotations have no answer_id: here one person is left out at a time; the official "
        "script would leave out all who gave the same answer.");
  }
  return notes;
}

eval::Scoring score(const eval::EvalRequest& request) {
  Annotations annotations = read_annotations(request.file("annotations"));
  const Questions questions = read_questions(request.file("questions"));
  const auto& asked = questions.asked;
  const auto answers =
      eval::join(asked, eval::read_answer_file(request.file("answers")), request.join,
                 {request.file("questions"), request.file("answers")});
  const auto of_questions = annotations_of(asked, annotations, request.file("annotations"));
  const VqaRule rule = request.variant("vqa") == "m4c" ? VqaRule::M4c : VqaRule::VqaEval;
  eval::Tally tally;
  const VqaFigures figures(tally, of_questions);
  eval::Scoring scoring{.malformed_as = "wrong"};
  int64_t literal = 0, missed = 0;
  for (size_t i = 0; i < asked.size(); ++i) {
    const Annotation& annotation = *of_questions[i];
    const auto agreement = annotations.people.agreement(annotation.answers, answers[i].text, rule);
    figures.add(tally, annotation, agreement.accuracy);
    literal += agreement.is_literal;
    missed += agreement.is_missed;
    const bool is_malformed = vqa_stripped(answers[i].text).empty();
    scoring.num_malformed += is_malformed;
    scoring.answers.push_back(
        {.id = asked[i].id,
         .type = annotation.answer_type,
         .image = questions.image_file(asked[i].image),
         .question = asked[i].question,
         .reference = annotations.people.usual(annotation.answers),
         .answer = answers[i].text,
         .verdict = fmt::format("{} of {}", agreement.matches, annotation.answers.size()),
         .score = agreement.accuracy,
         .is_malformed = is_malformed});
  }
  scoring.figures = figures.specs();
  scoring.num_sums = tally.num_columns();
  scoring.units = tally.units();
  scoring.values = [figures](const eval::Sums& sums) { return figures.values(sums); };
  for (const std::string answer : {"yes", "no"}) {
    scoring.baselines.emplace_back("all " + answer,
                                   constant(of_questions, annotations.people, answer, rule));
  }
  scoring.notes = notes_of(annotations, rule, literal, missed);
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::vector<eval::Prompt> prompts;
  const Questions questions = read_questions(request.file("questions"));
  for (const eval::Asked& asked : questions.asked) {
    prompts.push_back({.id = asked.id,
                       .image = questions.image_file(asked.image),
                       .question = asked.question,
                       .test_prompt = kShortAnswerPrompt,
                       .max_tokens = kShortAnswerTokens});
  }
  return prompts;
}

}  // namespace

eval::Benchmark vqav2() {
  return {.name = "vqav2",
          .title = "VQAv2 (Goyal et al. 2017, arXiv 1612.00837)",
          .reports = "accuracy overall, by answer type and by question type",
          .inputs = {{"questions", "the official {questions: [...]} of a split"},
                     {"answers",
                      "the official list [{question_id, answer}], or JSONL "
                      "{question_id, text}"},
                     {"annotations", "the official {annotations: [...]} of the same split"}},
          .variants = {{"vqa", {"vqaeval", "m4c"}, "how answers are normalised"}},
          .score = score,
          .prompts = prompts};
}

}  // namespace plumbline::benchmarks
