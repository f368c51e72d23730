#include "plumbline/benchmarks/llava_bench.h"

#include <cmath>
#include <limits>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/benchmarks/llava_bench_files.h"
#include "plumbline/eval/python_number.h"
#include "plumbline/eval/replies.h"

namespace plumbline::benchmarks {
namespace {

enum class Rule { Official, Llava, RlhfV };

Rule rule_of(const eval::EvalRequest& request) {
  const std::string& name = request.variant("llavabench");
  return name == "llava" ? Rule::Llava : name == "rlhf-v" ? Rule::RlhfV : Rule::Official;
}

// Columns of one category.
struct ReviewSums {
  uint32_t count, readable, reference, answer;

  static ReviewSums of(eval::Tally& tally, const std::string& prefix) {
    return {tally.column(prefix + "count"), tally.column(prefix + "readable"),
            tally.column(prefix + "reference"), tally.column(prefix + "answer")};
  }
  void add(eval::Tally& tally, const std::string& unit,
           const std::optional<std::pair<double, double>>& scores) const {
    tally.add(unit, count);
    tally.add(unit, readable, scores ? 1 : 0);
    tally.add(unit, reference, scores ? scores->first : 0);
    tally.add(unit, answer, scores ? scores->second : 0);
  }
};

// Means of the scores of reference answers and answers, of three decimals as the official script
// has them before it divides; NaN where no review could be read.
struct Means {
  double reference, answer;

  double relative() const {
    if (reference == 0) return std::numeric_limits<double>::quiet_NaN();
    return answer / reference * 100;
  }
};

Means means(const eval::Sums& sums, const ReviewSums& of, bool skips_unreadable) {
  const double failed = skips_unreadable ? 0 : sums[of.count] - sums[of.readable];
  const double count = sums[of.readable] + failed;
  if (sums[of.readable] == 0) {
    return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
  }
  return {eval::python_round((sums[of.reference] - failed) / count, 3),
          eval::python_round((sums[of.answer] - failed) / count, 3)};
}

class ReviewFigures {
 public:
  ReviewFigures(eval::Tally& tally, const std::set<std::string>& categories, Rule rule)
      : rule_(rule) {
    std::set<std::string> sorted = categories;
    sorted.insert(kAll);
    for (const auto& name : sorted) categories_.emplace_back(name, ReviewSums::of(tally, name));
  }

  void add(eval::Tally& tally, const ReviewQuestion& question,
           const std::optional<std::pair<double, double>>& scores) const {
    for (const auto& [name, sums] : categories_) {
      if (name == kAll || name == question.category) sums.add(tally, question.asked.image, scores);
    }
  }

  std::vector<eval::FigureSpec> specs() const {
    constexpr eval::Format kOneDigit = {.style = eval::Format::Style::Rounded, .digits = 1};
    std::vector<eval::FigureSpec> specs;
    for (const auto& [name, _] : categories_) {
      specs.push_back({.name = name + "/relative", .format = kOneDigit, .is_main = name == kAll});
      if (rule_ != Rule::Llava) continue;
      specs.push_back({.name = name + "/reference", .format = kOneDigit, .direction = 0});
      specs.push_back({.name = name + "/answer", .format = kOneDigit});
    }
    specs.push_back({.name = "all/relative_of_readable", .format = kOneDigit});
    return specs;
  }

  std::vector<double> values(const eval::Sums& sums) const {
    std::vector<double> values;
    for (const auto& [_, columns] : categories_) {
      const auto mean = means(sums, columns, rule_ == Rule::RlhfV);
      values.push_back(mean.relative());
      if (rule_ != Rule::Llava) continue;
      values.push_back(mean.reference * 10);
      values.push_back(mean.answer * 10);
    }
    for (const auto& [name, columns] : categories_) {
      if (name == kAll) values.push_back(means(sums, columns, true).relative());
    }
    return values;
  }

 private:
  static constexpr const char* kAll = "all";
  Rule rule_;
  std::vector<std::pair<std::string, ReviewSums>> categories_;
};

eval::Scoring score(const eval::EvalRequest& request) {
  const auto questions = read_review_questions(request);
  const auto answers = read_reviewed_answers(request, questions);
  std::vector<eval::JudgedAnswer> judged;
  std::set<std::string> categories;
  for (size_t i = 0; i < questions.size(); ++i) {
    judged.push_back({questions[i].asked.id, answers[i].text, answers[i].place});
    categories.insert(questions[i].category);
  }
  const auto replies = eval::read_replies(request, judged);
  const Rule rule = rule_of(request);
  eval::Tally tally;
  const ReviewFigures figures(tally, categories, rule);
  eval::Scoring scoring{
      .judge = replies.judge,
      .malformed_as = rule == Rule::RlhfV ? "nothing: left out" : "scores -1 and -1"};
  for (size_t i = 0; i < questions.size(); ++i) {
    const auto scores = read_score_pair(replies.texts[i]);
    // RLHF-V's script takes a first score of -1 for a failure, also where the judge wrote it.
    const bool is_skipped = rule == Rule::RlhfV && scores && scores->first == -1;
    figures.add(tally, questions[i], is_skipped ? std::nullopt : scores);
    scoring.num_malformed += scores ? 0 : 1;
    scoring.answers.push_back({.id = questions[i].asked.id,
                               .type = questions[i].category,
                               .image = questions[i].asked.image,
                               .question = questions[i].asked.question,
                               .reference = "",
                               .answer = answers[i].text,
                               .verdict = scores ? eval::python_repr(scores->second) +
                                                       " beside the reference's " +
                                                       eval::python_repr(scores->first)
                                                 : "malformed",
                               .score = scores ? scores->second - scores->first : 0,
                               .is_malformed = !scores});
  }
  scoring.figures = figures.specs();
  scoring.num_sums = tally.num_columns();
  scoring.units = tally.units();
  scoring.values = [figures](const eval::Sums& sums) { return figures.values(sums); };
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::vector<eval::Prompt> prompts;
  for (const auto& question : read_review_questions(request)) {
    prompts.push_back({.id = question.asked.id,
                       .image = question.asked.image,
                       .question = question.asked.question});
  }
  return prompts;
}

}  // namespace

std::optional<std::pair<double, double>> read_score_pair(const std::string& reply) {
  std::string line = reply.substr(0, reply.find('\n'));
  for (char& c : line) c = c == ',' ? ' ' : c;
  const size_t blank = line.find(' ');
  if (blank == std::string::npos || line.find(' ', blank + 1) != std::string::npos) {
    return std::nullopt;
  }
  const auto first = eval::python_float(line.substr(0, blank));
  const auto second = eval::python_float(line.substr(blank + 1));
  if (!first || !second || !std::isfinite(*first) || !std::isfinite(*second)) return std::nullopt;
  return std::pair(*first, *second);
}

eval::Benchmark llava_bench() {
  return {
      .name = "llava-bench",
      .title = "LLaVA-Bench, COCO and in-the-wild (Liu et al. 2023, arXiv 2304.08485)",
      .reports = "the answers' mean score relative to the reference answers', by category",
      .judge = "scores from 1 to 10 of the reference answer and the answer",
      .inputs = {{"questions", "JSONL {question_id, image, text, category}"},
                 {"answers", "JSONL {question_id, text}"},
                 {"replies", "the judge's, or LLaVA's reviews {question_id, content}"},
                 {"reference", "the reference answers {question_id, text}; for judging", false},
                 {"context", "{image, captions, instances} or {image, caption}; for judging",
                  false},
                 {"rules", "JSON of category to {role, prompt}; without: ours", false},
                 {"prompt",
                  "the judge's prompt with {context}, {question}, {role}, {reference}, {answer}, "
                  "{rule}; without: ours",
                  false},
                 {"system", "the judge's system message; without: none", false}},
      .variants = {{"llavabench", {"official", "llava", "rlhf-v"}, "whose figures"},
                   eval::judges_variant()},
      .score = score,
      .prompts = prompts,
      .judge_requests = review_requests};
}

}  // namespace plumbline::benchmarks
