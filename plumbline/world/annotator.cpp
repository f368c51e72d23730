#include "plumbline/world/annotator.h"

#include <algorithm>
#include <cmath>

#include "plumbline/world/answer_edits.h"
#include "plumbline/world/answers.h"
#include "plumbline/world/language.h"

namespace plumbline::world {
namespace {

constexpr double kAskedWeight = 2, kNuisance = 0.5;
constexpr double kTypicalShare = 0.8;
constexpr double kRepeatShare = 0.25;  // of edits for the worse
// Of the other ones of answers about what is there. Without them a denial is only ever seen where
// it is true, and a policy learns to deny whatever it is asked about.
constexpr double kDenialShare = 0.5;

std::string edited_description(const BenchmarkItem& item, const std::string& answer, Random& random,
                               bool make_better) {
  auto parts = parts_of(item, answer);
  if (!make_better && random.chance(kRepeatShare) && repeat(parts, random)) return join(parts);
  // Better: drop what is false or add what is true. Worse: the other way round.
  const auto add = [&] {
    return make_better ? add_true(item, parts, random) : add_false(item, parts, random);
  };
  const auto remove = [&] { return drop(parts, !make_better, random); };
  const bool adds_first = random.chance(0.5);
  const bool is_changed = adds_first ? add() || remove() : remove() || add();
  return is_changed ? join(parts) : answer;
}

// The answer of one who has not seen what is asked about; the true one where it is not there.
std::string denied(const BenchmarkItem& item) {
  Scene scene = item.scene;
  std::erase_if(scene.kinds, [&](const Kind& k) { return k.category == item.subject; });
  return world::answer(item, scene, AnswerStyle::Full);
}

std::string edited_answer(const BenchmarkItem& item, const std::string& answer, Random& random,
                          bool make_better, RandomKey key) {
  if (make_better) {
    const bool is_best = utility(judge(item, answer)) >= utility(judge(item, item.reference));
    return is_best ? answer : item.reference;
  }
  if (random.chance(kRepeatShare)) {
    auto parts = parts_of(item, answer);
    if (repeat(parts, random)) return join(parts);
  }
  const bool can_deny = item.subject >= 0 && item.type != "other";  // which are choices
  if (can_deny && random.chance(kDenialShare)) {
    const std::string denial = denied(item);
    if (utility(judge(item, denial)) < utility(judge(item, answer))) return denial;
  }
  if (random.chance(0.5)) {
    Kind kind = imagine_kind(item.scene, -1, kTypicalShare, random);
    return answer + (answer.empty() ? "" : " ") + kind_sentence(kind);
  }
  // A mistake told at length or in short.
  const AnswerStyle style = random.chance(0.5) ? AnswerStyle::Full : AnswerStyle::Focused;
  const Scene believed = misbelieve(item, style, Misbelief{}, key.at("mistake"));
  const std::string wrong = world::answer(item, believed, style);
  return utility(judge(item, wrong)) < utility(judge(item, answer)) ? wrong : answer;
}

}  // namespace

double utility(const Verdict& v, double honesty) {
  const bool is_empty = v.num_claims == 0 && v.num_unparsed == 0;
  return kAskedWeight * v.asked + v.detail - honesty * v.num_false -
         kNuisance * (v.num_repeats + v.num_unparsed + (is_empty ? 1 : 0));
}

std::vector<Annotator> make_annotators(const AnnotatorOptions& options, RandomKey key) {
  std::vector<Annotator> annotators;
  for (int64_t i = 0; i < options.count; ++i) {
    Random random(key.at(static_cast<uint64_t>(i)));
    const double louder = std::exp(options.noise_spread * random.normal());
    const double honesty = options.honesty + options.honesty_spread * random.normal();
    annotators.push_back({.name = "annotator-" + std::to_string(i + 1),
                          .noise = options.noise * louder,
                          .honesty = std::max(0.0, honesty),
                          .tie_within = options.tie_within});
  }
  return annotators;
}

data::Vote vote(const Annotator& annotator, const BenchmarkItem& item, const std::string& a,
                const std::string& b, RandomKey key) {
  const Verdict of_a = judge(item, a), of_b = judge(item, b);
  Random random(key);
  const double seen = utility(of_a, annotator.honesty) - utility(of_b, annotator.honesty) +
                      annotator.noise * random.normal();
  data::Vote vote{.annotator = annotator.name,
                  .hallucination_1 = of_a.is_hallucinated,
                  .hallucination_2 = of_b.is_hallucinated};
  if (annotator.tie_within > 0 && std::abs(seen) <= annotator.tie_within) {
    vote.choice = data::Choice::Tie;
  } else {
    const bool prefers_a = seen != 0 ? seen > 0 : random.chance(0.5);
    vote.choice = prefers_a ? data::Choice::First : data::Choice::Second;
  }
  return vote;
}

data::Choice better_of(const BenchmarkItem& item, const std::string& a, const std::string& b) {
  const double difference = utility(judge(item, a)) - utility(judge(item, b));
  if (difference == 0) return data::Choice::Tie;
  return difference > 0 ? data::Choice::First : data::Choice::Second;
}

std::string edited(const BenchmarkItem& item, const std::string& answer, RandomKey key,
                   bool make_better) {
  Random random(key);
  return item.type == "description" ? edited_description(item, answer, random, make_better)
                                    : edited_answer(item, answer, random, make_better, key);
}

}  // namespace plumbline::world
