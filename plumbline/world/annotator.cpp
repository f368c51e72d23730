#include "plumbline/world/annotator.h"

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/world/answers.h"
#include "plumbline/world/language.h"
#include "plumbline/world/parse_answer.h"

namespace plumbline::world {
namespace {

constexpr double kAskedWeight = 2, kNuisance = 0.5;
constexpr double kTypicalShare = 0.8;

struct Part {
  std::string text;
  bool is_good = false;  // read, and true
  std::vector<int> named;
};

// The sentences of a description, each judged by itself.
std::vector<Part> parts_of(const BenchmarkItem& item, const std::string& answer) {
  std::vector<Part> parts;
  for (const Sentence& sentence : parse_answer(answer)) {
    Part part;
    part.text = answer.substr(sentence.begin, sentence.end - sentence.begin);
    const Verdict verdict = judge(item, part.text);
    part.is_good = !verdict.is_hallucinated;
    part.named = verdict.mentioned;
    parts.push_back(std::move(part));
  }
  return parts;
}

std::string join(const std::vector<Part>& parts) {
  std::string text;
  for (const Part& part : parts) text += (text.empty() ? "" : " ") + part.text;
  return text;
}

bool names(const std::vector<Part>& parts, int category) {
  return std::any_of(parts.begin(), parts.end(), [&](const Part& p) {
    return std::find(p.named.begin(), p.named.end(), category) != p.named.end();
  });
}

void insert_anywhere(std::vector<Part>& parts, const std::string& text, Random& random) {
  parts.insert(parts.begin() + random.between(0, std::ssize(parts)), Part{text, true, {}});
}

// Drops one sentence that is good or not; false when there is none. The last sentence stays.
bool drop(std::vector<Part>& parts, bool is_good, Random& random) {
  std::vector<size_t> candidates;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].is_good == is_good) candidates.push_back(i);
  }
  if (candidates.empty() || parts.size() < 2) return false;
  parts.erase(parts.begin() + static_cast<int64_t>(random.pick(candidates)));
  return true;
}

bool add_true(const BenchmarkItem& item, std::vector<Part>& parts, Random& random) {
  std::vector<Kind> missing;
  for (const Kind& kind : item.scene.kinds) {
    if (!names(parts, kind.category)) missing.push_back(kind);
  }
  if (missing.empty()) return false;
  insert_anywhere(parts, kind_sentence(random.pick(missing)), random);
  return true;
}

bool add_false(const BenchmarkItem& item, std::vector<Part>& parts, Random& random) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    const Kind kind = imagine_kind(item.scene, -1, attempt < 10 ? kTypicalShare : 0, random);
    if (names(parts, kind.category)) continue;
    insert_anywhere(parts, kind_sentence(kind), random);
    return true;
  }
  return false;
}

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
