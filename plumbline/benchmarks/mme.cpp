#include "plumbline/benchmarks/mme.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/benchmarks/answer_formats.h"
#include "plumbline/benchmarks/mme_files.h"
#include "plumbline/eval/unfit.h"
#include "plumbline/text/python_text.h"

namespace plumbline::benchmarks {
namespace {

constexpr size_t kReadCharacters = 4;
constexpr size_t kQuestionsPerImage = 2;

std::string unit_of(const MmeQuestion& question) { return question.task + "/" + question.image; }

constexpr eval::Unfit unfit{"scoring MME"};

// A task's columns: the score is 100 * accuracy + 100 * share of images with both answers right.
class TaskFigures {
 public:
  TaskFigures(eval::Tally& tally, const std::string& task)
      : count_(tally.column(task + " count")),
        right_(tally.column(task + " right")),
        images_(tally.column(task + " images")),
        both_(tally.column(task + " both right")) {}

  void add(eval::Tally& tally, const std::string& unit, bool is_right) const {
    tally.add(unit, count_);
    if (is_right) tally.add(unit, right_);
  }
  void add_image(eval::Tally& tally, const std::string& unit, bool is_all_right) const {
    tally.add(unit, images_);
    if (is_all_right) tally.add(unit, both_);
  }
  double accuracy(const eval::Sums& sums) const { return eval::ratio(sums[right_], sums[count_]); }
  double accuracy_plus(const eval::Sums& sums) const {
    return eval::ratio(sums[both_], sums[images_]);
  }
  double score(const eval::Sums& sums) const {
    return 100 * accuracy(sums) + 100 * accuracy_plus(sums);
  }

 private:
  uint32_t count_, right_, images_, both_;
};

class MmeFigures {
 public:
  explicit MmeFigures(eval::Tally& tally)
      : readable_(tally.column("readable")), readable_right_(tally.column("readable right")) {
    for (const auto* tasks : {&mme_perception_tasks(), &mme_cognition_tasks()}) {
      for (const auto& task : *tasks) tasks_.emplace_back(task, TaskFigures(tally, task));
    }
  }

  // Answers are in the order of the questions.
  void add(eval::Tally& tally, const std::vector<MmeQuestion>& questions,
           const std::vector<eval::YesNo>& answers) const {
    std::map<std::string, std::pair<const TaskFigures*, bool>> images;  // whether all are right
    for (size_t i = 0; i < questions.size(); ++i) {
      const std::string unit = unit_of(questions[i]);
      const bool is_right =
          answers[i] == (questions[i].is_yes ? eval::YesNo::Yes : eval::YesNo::No);
      const TaskFigures& task = of(questions[i].task);
      task.add(tally, unit, is_right);
      if (answers[i] != eval::YesNo::Neither) tally.add(unit, readable_);
      if (is_right) tally.add(unit, readable_right_);
      auto& image = images.emplace(unit, std::pair(&task, true)).first->second;
      image.second = image.second && is_right;
    }
    for (const auto& [unit, image] : images) image.first->add_image(tally, unit, image.second);
  }
  static std::vector<eval::FigureSpec> specs() {
    constexpr eval::Format kScore = {.digits = 2};
    constexpr eval::Format kPercent = {.digits = 2, .scale = 100};
    std::vector<eval::FigureSpec> specs = {
        {.name = "perception", .format = kScore, .is_main = true},
        {.name = "cognition", .format = kScore, .is_main = true},
        {.name = "accuracy_of_readable", .format = kPercent}};
    for (const auto* tasks : {&mme_perception_tasks(), &mme_cognition_tasks()}) {
      for (const auto& task : *tasks) {
        specs.push_back({.name = task + "/score", .format = kScore});
        specs.push_back({.name = task + "/accuracy", .format = kPercent});
        specs.push_back({.name = task + "/accuracy_plus", .format = kPercent});
      }
    }
    return specs;
  }
  std::vector<double> values(const eval::Sums& sums) const {
    const size_t num_perception = mme_perception_tasks().size();
    std::vector<double> values = {0, 0, eval::ratio(sums[readable_right_], sums[readable_])};
    for (size_t t = 0; t < tasks_.size(); ++t) {
      const auto& task = tasks_[t].second;
      values[t < num_perception ? 0 : 1] += task.score(sums);  // n/a unless all tasks are there
      values.insert(values.end(),
                    {task.score(sums), task.accuracy(sums), task.accuracy_plus(sums)});
    }
    return values;
  }

 private:
  const TaskFigures& of(const std::string& name) const {
    return std::find_if(tasks_.begin(), tasks_.end(),
                        [&](const auto& task) { return task.first == name; })
        ->second;
  }
  std::vector<std::pair<std::string, TaskFigures>> tasks_;
  uint32_t readable_, readable_right_;
};

void check_pairs(const std::vector<MmeQuestion>& questions) {
  std::map<std::string, std::vector<const MmeQuestion*>> images;
  for (const auto& question : questions) images[unit_of(question)].push_back(&question);
  for (const auto& [unit, asked] : images) {
    if (asked.size() == kQuestionsPerImage) continue;
    throw unfit(fmt::format("{} questions about each image", kQuestionsPerImage),
                fmt::format("{} about {}", asked.size(), unit), asked.back()->where,
                "a line is missing, or stands there twice.");
  }
}

// Lines of results as answers, for joining them to the data set's own questions.
std::vector<eval::Answer> as_answers(const std::vector<MmeQuestion>& results) {
  std::vector<eval::Answer> answers;
  for (const auto& line : results) {
    answers.push_back({.id = line.task + "/" + line.image,
                       .text = line.answer,
                       .question = line.question,
                       .where = line.where});
  }
  return answers;
}

MmeFolder read_answered(const eval::EvalRequest& request) {
  const std::string& truth = request.file("questions");
  const std::string& answers = request.file("answers");
  if (!fs::exists(answers)) {
    throw IoError(Complaint{.component = "eval",
                            .doing = "reading MME's answers",
                            .expected = "a folder of TASK.txt, or a JSONL file",
                            .got = "none",
                            .where = answers});
  }
  const bool is_folder = fs::is_directory(answers);
  if (request.join == eval::Join::Position || (truth.empty() && !is_folder)) {
    throw ConfigError(Complaint{
        .component = "eval",
        .doing = "scoring MME",
        .expected = "--answers FOLDER of results, or --questions FOLDER with JSONL answers",
        .got = request.join == eval::Join::Position ? "--join position" : "JSONL answers alone",
        .hint = "answers are joined by task, image and question."});
  }
  if (truth.empty()) return read_mme_results(answers);
  MmeFolder folder = read_mme_truth(truth);
  const auto given =
      is_folder ? as_answers(read_mme_results(answers).questions) : eval::read_answer_file(answers);
  folder.questions = answered_mme(std::move(folder.questions), given, answers);
  return folder;
}

std::vector<std::string> notes_of(const MmeFolder& folder) {
  std::set<std::string> tasks;
  for (const auto& question : folder.questions) tasks.insert(question.task);
  std::vector<std::string> notes;
  for (const auto& [sum, of_sum] : {std::pair("perception", &mme_perception_tasks()),
                                    std::pair("cognition", &mme_cognition_tasks())}) {
    std::vector<std::string> missing;
    for (const auto& task : *of_sum) {
      if (!tasks.contains(task)) missing.push_back(task);
    }
    if (missing.empty()) continue;
    notes.push_back(
        fmt::format("{} is n/a: there are no questions of {}.", sum, fmt::join(missing, ", ")));
  }
  if (!folder.unread.empty()) {
    notes.push_back(
        fmt::format("Not read, for they are of no task: {}.", fmt::join(folder.unread, ", ")));
  }
  return notes;
}

eval::Scoring score(const eval::EvalRequest& request) {
  const MmeFolder folder = read_answered(request);
  const auto& questions = folder.questions;
  check_pairs(questions);
  std::vector<eval::YesNo> answers;
  for (const auto& question : questions) answers.push_back(read_mme_answer(question.answer));
  eval::Tally tally;
  const MmeFigures figures(tally);
  figures.add(tally, questions, answers);
  eval::Scoring scoring{
      .figures = MmeFigures::specs(),
      .num_sums = tally.num_columns(),
      .units = tally.units(),
      .values = [figures](const eval::Sums& sums) { return figures.values(sums); },
      .num_malformed = std::count(answers.begin(), answers.end(), eval::YesNo::Neither),
      .malformed_as = "wrong"};
  for (size_t i = 0; i < questions.size(); ++i) {
    const bool is_right = answers[i] == (questions[i].is_yes ? eval::YesNo::Yes : eval::YesNo::No);
    scoring.answers.push_back(
        {.id = unit_of(questions[i]),
         .type = questions[i].task,
         .image = questions[i].image_file,
         .question = questions[i].question,
         .reference = questions[i].is_yes ? "yes" : "no",
         .answer = questions[i].answer,
         .verdict = answers[i] == eval::YesNo::Neither ? "other" : eval::name_of(answers[i]),
         .score = is_right ? 1.0 : 0.0,
         .is_malformed = answers[i] == eval::YesNo::Neither});
  }
  for (const eval::YesNo constant : {eval::YesNo::Yes, eval::YesNo::No}) {
    eval::Tally of_constant;
    const MmeFigures same(of_constant);
    same.add(of_constant, questions, std::vector<eval::YesNo>(questions.size(), constant));
    scoring.baselines.emplace_back(std::string("all ") + eval::name_of(constant),
                                   same.values(eval::total({.num_sums = of_constant.num_columns(),
                                                            .units = of_constant.units()})));
  }
  scoring.notes = notes_of(folder);
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::vector<eval::Prompt> prompts;
  std::map<std::string, int> asked;  // an id of its own for each question about an image
  for (const auto& question : read_mme_truth(request.file("questions")).questions) {
    const std::string image =
        question.image_file.empty() ? unit_of(question) + ".jpg" : question.image_file;
    const std::string name = image.substr(image.rfind('/') + 1);
    prompts.push_back(
        {.id = fmt::format("{}/{}#{}", question.task, name, ++asked[unit_of(question)]),
         .image = image,
         .question = question.question,
         .max_tokens = kShortAnswerTokens});
  }
  return prompts;
}

}  // namespace

eval::YesNo read_mme_answer(const std::string& answer) {
  const std::string text = text::python::lower(answer);
  if (text == "yes") return eval::YesNo::Yes;
  if (text == "no") return eval::YesNo::No;
  const std::string begin = text.substr(0, text::python::byte_offset(text, kReadCharacters));
  if (begin.find("yes") != std::string::npos) return eval::YesNo::Yes;
  return begin.find("no") != std::string::npos ? eval::YesNo::No : eval::YesNo::Neither;
}

eval::Benchmark mme() {
  return {
      .name = "mme",
      .title = "MME (Fu et al. 2023, arXiv 2306.13394)",
      .reports = "scores of fourteen tasks, and their sums for perception and cognition",
      .inputs = {{"questions", "the data set's folder, for JSONL answers and for asking", false},
                 {"answers",
                  "a folder of TASK.txt with image, question, label and answer, or "
                  "JSONL {question_id: TASK/image, prompt, text}"}},
      .score = score,
      .prompts = prompts};
}

}  // namespace plumbline::benchmarks
