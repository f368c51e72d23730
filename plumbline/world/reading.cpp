#include "plumbline/world/reading.h"

#include "plumbline/world/answers.h"
#include "plumbline/world/grounding.h"
#include "plumbline/world/judge.h"
#include "plumbline/world/language.h"
#include "plumbline/world/questions.h"

namespace plumbline::world {
namespace {

constexpr double kTextOnlyShare = 0.5;
constexpr double kNoFactsShare = 0.25;      // of the conversations with a picture
constexpr double kDescriptionShare = 0.35;  // of the rounds
constexpr double kWrongShare = 0.5;
constexpr double kExtraShare = 0.2;  // wrong answers: a true one and a false sentence more
constexpr double kOmitShare = 0.2;   // of the kinds, in descriptions
constexpr double kFocusedShare = 0.3;
constexpr double kGoodScore = 4;
constexpr double kInventoryShare = 0.5;  // of the conversations with facts begin by looking them up
constexpr int64_t kFewestRounds = 3, kMostRounds = 5;

void omit_kinds(Scene& believed, Random& random) {
  std::vector<Kind> kept;
  for (const Kind& kind : believed.kinds) {
    if (!random.chance(kOmitShare)) kept.push_back(kind);
  }
  if (!kept.empty()) believed.kinds = kept;
}

BenchmarkItem draw_item(const Scene& scene, bool is_text_only, Random& random, RandomKey key) {
  if (random.chance(kDescriptionShare)) return ask("description", scene, key);
  for (;;) {
    const std::string& type = random.pick(question_types());
    // Facts rarely tell where things stand, so without a picture a relation could only be guessed.
    const bool is_unanswerable = is_text_only && type == "relation";
    if (type != "description" && !is_unanswerable && can_ask(type, scene))
      return ask(type, scene, key);
  }
}

std::string shuffled_facts(const Scene& scene, RandomKey key, Random& random) {
  auto facts = captions(scene, key.at("captions"));
  random.shuffle(facts);
  return facts_block(facts);
}

}  // namespace

std::string plausible_answer(const BenchmarkItem& item, RandomKey key) {
  Random random(key);
  const AnswerStyle style = random.chance(kFocusedShare) ? AnswerStyle::Focused : AnswerStyle::Full;
  const bool is_wrong = random.chance(kWrongShare);
  const bool has_extra = is_wrong && random.chance(kExtraShare);
  const Misbelief how;
  Scene believed =
      is_wrong && !has_extra ? misbelieve(item, style, how, key.at("mistake")) : item.scene;
  if (item.type == "description") omit_kinds(believed, random);
  std::string text = answer(item, believed, style);
  if (has_extra) {
    // Never the subject itself: "there is no cup. there is a small red cup." would only contradict.
    Kind extra = imagine_kind(item.scene, -1, how.typical_share, random);
    while (extra.category == item.subject) {
      extra = imagine_kind(item.scene, -1, how.typical_share / 2, random);
    }
    text += " " + kind_sentence(extra);
  }
  return text;
}

data::Conversation reading_conversation(const Scene& scene, const std::string& id,
                                        const std::string& image, RandomKey key) {
  Random random(key);
  const bool is_text_only = random.chance(kTextOnlyShare);
  const bool has_facts = is_text_only || !random.chance(kNoFactsShare);
  data::Conversation record{.id = id, .images = {}, .turns = {}};
  if (!is_text_only) record.images = {image};
  std::string opening = is_text_only ? "" : text::with_image("");
  if (has_facts) opening += shuffled_facts(scene, key, random);
  const auto ask_user = [&](const std::string& question) {
    record.turns.push_back({true, opening + question});
    opening.clear();
  };
  if (has_facts && random.chance(kInventoryShare)) {
    ask_user(kInventoryQuestion);
    record.turns.push_back({false, inventory(scene, key.at("inventory"))});
  }
  const int64_t num_rounds = random.between(kFewestRounds, kMostRounds);
  for (int64_t round = 0; round < num_rounds; ++round) {
    const RandomKey round_key = key.at(static_cast<uint64_t>(round));
    const auto item = draw_item(scene, is_text_only, random, round_key.at("question"));
    const std::string text = plausible_answer(item, round_key.at("answer"));
    const bool is_good = judge(item, text).score >= kGoodScore;
    // Descriptions that leave something out are good enough to judge, not to imitate.
    const bool is_whole = item.type != "description" || text == item.reference;
    ask_user(item.question);
    record.turns.push_back({false, text, is_good && is_whole});
    record.turns.push_back({true, kJudgeTurn});
    record.turns.push_back({false, is_good ? kVerdictGood : kVerdictBad});
  }
  return record;
}

}  // namespace plumbline::world
