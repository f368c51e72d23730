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

// `lead`: by how much `a` is the better one.
bool is_as_asked(const std::string& a, const std::string& b, double lead, BetterOne better) {
  if (better == BetterOne::Any) return true;
  const bool is_longer = lead > 0 ? a.size() > b.size() : b.size() > a.size();
  const bool is_shorter = lead > 0 ? a.size() < b.size() : b.size() < a.size();
  return better == BetterOne::Longer ? is_longer : is_shorter;
}

}  // namespace

std::optional<AnswerPair> farthest_apart(const BenchmarkItem& item,
                                         const std::vector<std::string>& answers,
                                         BetterOne better) {
  const auto said = without_blanks(answers);
  std::vector<double> worth;
  for (const auto& answer : said) worth.push_back(utility(judge(item, answer)));
  std::optional<AnswerPair> farthest;
  double widest = 0;
  for (size_t i = 0; i < said.size(); ++i) {
    for (size_t j = i + 1; j < said.size(); ++j) {
      const double lead = worth[i] - worth[j];
      if (std::abs(lead) <= widest || !is_as_asked(said[i], said[j], lead, better)) continue;
      widest = std::abs(lead);
      farthest = AnswerPair{said[i], said[j]};
    }
  }
  return farthest;
}

std::optional<AnswerPair> with_edit(const BenchmarkItem& item,
                                    const std::vector<std::string>& answers, BetterOne better,
                                    RandomKey key) {
  constexpr uint64_t kAttempts = 8;
  const auto said = without_blanks(answers);
  if (said.empty()) return std::nullopt;
  for (uint64_t attempt = 0; attempt < kAttempts; ++attempt) {
    const RandomKey own = key.at(attempt);
    Random random(own.at("choice"));
    const std::string& answer = random.pick(said);
    const std::string changed = edited(item, answer, own.at("edit"), random.chance(0.5));
    const double lead = utility(judge(item, answer)) - utility(judge(item, changed));
    if (lead == 0 || !is_as_asked(answer, changed, lead, better)) continue;
    return random.chance(0.5) ? AnswerPair{answer, changed} : AnswerPair{changed, answer};
  }
  return std::nullopt;
}

std::vector<DrawnPair> draw_pairs(const BenchmarkItem& item,
                                  const std::vector<std::string>& answers,
                                  const PairingOptions& options, RandomKey key) {
  std::vector<DrawnPair> pairs;
  std::vector<std::string> unpaired = answers;
  for (int64_t n = 0; n < options.pairs; ++n) {
    const RandomKey own = key.at(static_cast<uint64_t>(n));
    const BetterOne better =
        Random(own.at("length")).chance(0.5) ? BetterOne::Longer : BetterOne::Shorter;
    bool is_edited = Random(own.at("kind")).chance(options.edited_share);
    std::optional<AnswerPair> pair;
    if (!is_edited) pair = farthest_apart(item, unpaired, better);
    if (!pair && options.edited_share > 0) {
      pair = with_edit(item, answers, better, own.at("edit"));
      is_edited = pair.has_value();
    }
    if (!pair) pair = farthest_apart(item, unpaired, BetterOne::Any);
    if (!pair) continue;
    if (!is_edited) {
      std::erase(unpaired, pair->first);
      std::erase(unpaired, pair->second);
    }
    pairs.push_back({.answers = std::move(*pair), .is_edited = is_edited, .key = own});
  }
  return pairs;
}

}  // namespace plumbline::world
