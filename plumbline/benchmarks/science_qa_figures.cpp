#include "plumbline/benchmarks/science_qa_figures.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_set>

namespace plumbline::benchmarks {
namespace {

constexpr eval::Format kFormat = {.digits = 2, .scale = 100};
constexpr const char* kReadable = "accuracy_of_readable";

// The shares a problem counts for: the groups of ScienceQA's and LLaVA's tables.
std::vector<std::string> groups_of(const ScienceProblem& problem) {
  std::vector<std::string> groups = {"accuracy"};
  if (!problem.image.empty()) groups.push_back("image_accuracy");
  static const std::map<std::string, std::string> subjects = {
      {"natural science", "NAT"}, {"social science", "SOC"}, {"language science", "LAN"}};
  const auto subject = subjects.find(problem.subject);
  if (subject != subjects.end()) groups.push_back("subject/" + subject->second);
  if (problem.has_hint_field) {
    if (!problem.hint.empty()) groups.push_back("context/TXT");
    if (!problem.image.empty()) groups.push_back("context/IMG");
    if (problem.hint.empty() && problem.image.empty()) groups.push_back("context/NO");
  }
  if (problem.grade.starts_with("grade")) {
    int grade = 0;
    const char* end = problem.grade.data() + problem.grade.size();
    const auto [stop, error] = std::from_chars(problem.grade.data() + 5, end, grade);
    if (error == std::errc() && stop == end && grade >= 1 && grade <= 12) {
      groups.push_back(grade <= 6 ? "grade/G1-6" : "grade/G7-12");
    }
  }
  return groups;
}

// What a share of right answers by problem gives.
template <class Right>
std::vector<double> constant(const std::vector<ScienceProblem>& problems,
                             const ScienceFigures& figures, const Right& right) {
  eval::Tally tally = figures.start();
  for (const auto& problem : problems) figures.add(tally, problem, right(problem), 1, true);
  return figures.values(eval::total({.num_sums = tally.num_columns(), .units = tally.units()}));
}

}  // namespace

ScienceFigures::ScienceFigures(const std::vector<ScienceProblem>& problems) {
  std::unordered_set<std::string> there = {"accuracy", "image_accuracy", kReadable};
  for (const auto& problem : problems) {
    for (const auto& group : groups_of(problem)) there.insert(group);
  }
  for (const char* text :
       {"accuracy", "image_accuracy", "subject/NAT", "subject/SOC", "subject/LAN", "context/TXT",
        "context/IMG", "context/NO", "grade/G1-6", "grade/G7-12", kReadable}) {
    const std::string name = text;
    if (!there.contains(name)) continue;
    numbers_[name] = shares_.declare(
        empty_, {.name = name, .format = kFormat, .is_main = name.ends_with("accuracy")});
  }
}

void ScienceFigures::add(eval::Tally& tally, const ScienceProblem& problem, double right,
                         double count, bool is_readable) const {
  for (const auto& group : groups_of(problem)) {
    shares_.add(tally, problem.id, numbers_.at(group), right, count);
  }
  shares_.add(tally, problem.id, numbers_.at(kReadable), is_readable ? right : 0,
              is_readable ? count : 0);
}

std::vector<std::pair<std::string, std::vector<double>>> science_baselines(
    const std::vector<ScienceProblem>& problems, const ScienceFigures& figures) {
  std::array<int64_t, kScienceLetters.size()> counts{};
  size_t num_letters = 0;
  for (const auto& problem : problems) {
    ++counts[problem.answer];
    num_letters = std::max(num_letters, problem.choices.size());
  }
  const auto most =
      static_cast<size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  const auto always = [&](size_t choice) {
    return constant(problems, figures,
                    [&](const ScienceProblem& p) { return p.answer == choice ? 1.0 : 0.0; });
  };
  std::vector<std::pair<std::string, std::vector<double>>> baselines;
  baselines.emplace_back("most frequent letter (" + science_letter(most) + ")", always(most));
  for (size_t i = 0; i < num_letters; ++i) {
    baselines.emplace_back("all " + science_letter(i), always(i));
  }
  baselines.emplace_back("a random choice, on average",
                         constant(problems, figures, [](const ScienceProblem& p) {
                           return 1.0 / static_cast<double>(p.choices.size());
                         }));
  return baselines;
}

}  // namespace plumbline::benchmarks
