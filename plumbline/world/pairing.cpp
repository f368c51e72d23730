#include "plumbline/world/pairing.h"

#include <cmath>

#include "plumbline/world/annotator.h"

namespace plumbline::world {
namespace {

std::vector<std::string> without_blanks(std::vector<std::string> answers) {
  std::erase_if(answers, [](const std::string& answer) {
    return answer.find_first_not_of(" \t\r\n") == std::string::npos;
  });
  return answers;
}

}  // namespace

std::optional<AnswerPair> farthest_apart(const BenchmarkItem& item,
                                         const std::vector<std::string>& answers,
                                         BetterOne better) {
  const auto said = without_blanks(answers);
  std::vector<double> worth;
  for (const auto& answer : said) worth.push_back(utility(judge(item, answer)));
  std::optional<AnswerPair> wanted, any;
  double widest_wanted = 0, widest = 0;
  for (size_t i = 0; i < said.size(); ++i) {
    for (size_t j = i + 1; j < said.size(); ++j) {
      const double lead = worth[i] - worth[j];
      const auto longer = static_cast<double>(std::ssize(said[i]) - std::ssize(said[j]));
      const bool is_wanted = (better == BetterOne::Longer ? lead : -lead) * longer > 0;
      if (std::abs(lead) > widest) {
        widest = std::abs(lead);
        any = AnswerPair{said[i], said[j]};
      }
      if (is_wanted && std::abs(lead) > widest_wanted) {
        widest_wanted = std::abs(lead);
        wanted = AnswerPair{said[i], said[j]};
      }
    }
  }
  return wanted ? wanted : any;
}

std::optional<AnswerPair> with_edit(const BenchmarkItem& item,
                                    const std::vector<std::string>& answers, RandomKey key) {
  const auto said = without_blanks(answers);
  if (said.empty()) return std::nullopt;
  Random random(key.at("choice"));
  const std::string& answer = random.pick(said);
  const std::string changed = edited(item, answer, key.at("edit"), random.chance(0.5));
  if (changed == answer) return std::nullopt;
  return random.chance(0.5) ? AnswerPair{answer, changed} : AnswerPair{changed, answer};
}

}  // namespace plumbline::world
