#include "plumbline/world/pairing.h"

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
                                         const std::vector<std::string>& answers) {
  const auto said = without_blanks(answers);
  std::vector<double> worth;
  for (const auto& answer : said) worth.push_back(utility(judge(item, answer)));
  size_t best = 0, worst = 0;
  for (size_t i = 0; i < said.size(); ++i) {
    if (worth[i] > worth[best]) best = i;
    if (worth[i] < worth[worst]) worst = i;
  }
  if (said.empty() || worth[best] == worth[worst]) return std::nullopt;
  return AnswerPair{said[std::min(best, worst)], said[std::max(best, worst)]};
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
