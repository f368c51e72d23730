#include "plumbline/world/annotator.h"

#include "plumbline/base/error.h"
#include "plumbline/world/answer_edits.h"
#include "plumbline/world/answers.h"
#include "plumbline/world/language.h"

namespace plumbline::world {
namespace {

constexpr double kAskedWeight = 2, kNuisance = 0.5;
constexpr double kTypicalShare = 0.8;

std::string edited_description(const BenchmarkItem& item, const std::string& answer, Random& random,
                               bool make_better) {
  auto parts = parts_of(item, answer);
  // Better: drop what is false or add what is true. Worse: the other way round.
  const auto add = [&] {
    return make_better ? add_true(item, parts, random) : add_false(item, parts, random);
  };
  const auto remove = [&] { return drop(parts, !make_better, random); };
  const bool adds_first = random.chance(0.5);
  const bool is_changed = adds_first ? add() || remove() : remove() || add();
  return is_changed ? join(parts) : answer;
}

std::string edited_answer(const BenchmarkItem& item, const std::string& answer, Random& random,
                          bool make_better, RandomKey key) {
  if (make_better) {
    const bool is_best = utility(judge(item, answer)) >= utility(judge(item, item.reference));
    return is_best ? answer : item.reference;
  }
  if (random.chance(0.5)) {
    Kind kind = imagine_kind(item.scene, -1, kTypicalShare, random);
    return answer + (answer.empty() ? "" : " ") + kind_sentence(kind);
  }
  const Scene believed = misbelieve(item, AnswerStyle::Full, Misbelief{}, key.at("mistake"));
  const std::string wrong = world::answer(item, believed, AnswerStyle::Full);
  return utility(judge(item, wrong)) < utility(judge(item, answer)) ? wrong : answer;
}

}  // namespace

double utility(const Verdict& v) {
  const bool is_empty = v.num_claims == 0 && v.num_unparsed == 0;
  return kAskedWeight * v.asked + v.detail - v.num_false -
         kNuisance * (v.num_repeats + v.num_unparsed + (is_empty ? 1 : 0));
}

Preference compare(const BenchmarkItem& item, const std::string& a, const std::string& b,
                   double noise, int num_annotators, RandomKey key) {
  PLUMBLINE_CHECK(num_annotators >= 1, std::to_string(num_annotators));
  const Verdict verdict_a = judge(item, a), verdict_b = judge(item, b);
  const double difference = utility(verdict_a) - utility(verdict_b);
  int for_a = 0;
  bool first_prefers_a = false;
  for (int i = 0; i < num_annotators; ++i) {
    Random random(key.at(static_cast<uint64_t>(i)));
    const double seen = difference + noise * random.normal();
    // An exact tie (equal worth, no noise) is a coin toss.
    const bool prefers_a = seen != 0 ? seen > 0 : random.chance(0.5);
    for_a += prefers_a ? 1 : 0;
    if (i == 0) first_prefers_a = prefers_a;
  }
  const bool is_tie = 2 * for_a == num_annotators;
  const bool a_wins = is_tie ? first_prefers_a : 2 * for_a > num_annotators;
  Preference result;
  result.preference = a_wins ? 1 : 2;
  result.hallucination = (a_wins ? verdict_b : verdict_a).is_hallucinated;
  result.agreement = static_cast<double>(a_wins ? for_a : num_annotators - for_a) / num_annotators;
  return result;
}

std::string edited(const BenchmarkItem& item, const std::string& answer, RandomKey key,
                   bool make_better) {
  Random random(key);
  return item.type == "description" ? edited_description(item, answer, random, make_better)
                                    : edited_answer(item, answer, random, make_better, key);
}

}  // namespace plumbline::world
