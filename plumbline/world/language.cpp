#include "plumbline/world/language.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "plumbline/base/error.h"

namespace plumbline::world {
namespace {

constexpr double kNamedShare = 0.96;        // of the kinds, in the facts
constexpr double kSecondPhraseShare = 0.4;  // captions that name two kinds
constexpr double kEnvironmentShare =
    0.25;  // captions that name the environment, beside the one that must
constexpr double kRelationShare = 0.5;  // of captions with two kinds that stand clearly apart

const std::string& name(const std::vector<std::string>& names, int index) {
  return names.at(static_cast<size_t>(index));
}

std::string is_or_are(const Kind& kind) { return kind.count() == 1 ? "is" : "are"; }

std::string definite(const Kind& kind) { return "the " + noun_for(kind.category, kind.count()); }

std::optional<Side> side_between(const Kind& a, const Kind& b) {
  for (const Side side : {Side::Left, Side::Right, Side::Above, Side::Below}) {
    if (is_on_side(a, side, b)) return side;
  }
  return std::nullopt;
}

std::vector<const Kind*> draw_named_kinds(const Scene& scene, Random& random) {
  std::vector<const Kind*> named;
  for (const Kind& kind : scene.kinds) {
    if (random.chance(kNamedShare)) named.push_back(&kind);
  }
  if (named.empty()) named.push_back(&random.pick(scene.kinds));
  random.shuffle(named);
  return named;
}

std::string caption(const Scene& scene, const Kind& first, const Kind* second,
                    bool with_environment, Random& random) {
  const auto place = "a " + name(environments(), scene.environment);
  std::string text = phrase(first);
  if (second != nullptr) {
    const auto side = side_between(first, *second);
    const bool tells_side = side && !with_environment && random.chance(kRelationShare);
    text += fmt::format(" {} {}", tells_side ? side_words(*side) : "and", phrase(*second));
  }
  if (!with_environment) return text + ".";
  return random.chance(0.5) ? fmt::format("{} in {}.", text, place)
                            : fmt::format("{} with {}.", place, text);
}

}  // namespace

std::string noun_for(int category, int count) {
  const std::string& noun = name(categories(), category);
  return count == 1 ? noun : plural(noun);
}

std::string number_word(int count) {
  static const std::array<std::string, kMaxCount> words = {"a", "two", "three"};
  PLUMBLINE_CHECK(count >= 1 && count <= kMaxCount, std::to_string(count));
  return words[static_cast<size_t>(count - 1)];
}

std::string side_words(Side side) {
  switch (side) {
    case Side::Left:
      return "left of";
    case Side::Right:
      return "right of";
    case Side::Above:
      return "above";
    default:
      return "below";
  }
}

std::string phrase(const Kind& kind) {
  return fmt::format("{} {} {} {}", number_word(kind.count()), size_name(kind.size),
                     name(colors(), kind.color), noun_for(kind.category, kind.count()));
}

std::string kind_sentence(const Kind& kind) {
  return fmt::format("there {} {}.", is_or_are(kind), phrase(kind));
}

std::string absence_sentence(int category) {
  return fmt::format("there is no {}.", noun_for(category, 1));
}

std::string environment_sentence(int environment) {
  return fmt::format("this is a {}.", name(environments(), environment));
}

std::string color_sentence(const Kind& kind) {
  return fmt::format("{} {} {}.", definite(kind), is_or_are(kind), name(colors(), kind.color));
}

std::string size_sentence(const Kind& kind) {
  return fmt::format("{} {} {}.", definite(kind), is_or_are(kind), size_name(kind.size));
}

std::string count_sentence(const Kind& kind) {
  return fmt::format("there {} {} {}.", is_or_are(kind), number_word(kind.count()),
                     noun_for(kind.category, kind.count()));
}

std::string relation_sentence(const Kind& a, Side side, const Kind& b) {
  return fmt::format("{} {} {} {}.", definite(a), is_or_are(a), side_words(side), definite(b));
}

std::vector<std::string> captions(const Scene& scene, RandomKey key) {
  Random random(key);
  const auto named = draw_named_kinds(scene, random);
  const int64_t place_at = random.below(kNumCaptions);
  std::vector<std::string> all;
  for (int64_t i = 0; i < kNumCaptions; ++i) {
    const Kind* first = named[static_cast<size_t>(i) % named.size()];
    const Kind* second = random.chance(kSecondPhraseShare) ? random.pick(named) : nullptr;
    if (second == first) second = nullptr;
    const bool with_environment = i == place_at || random.chance(kEnvironmentShare);
    all.push_back(caption(scene, *first, second, with_environment, random));
  }
  return all;
}

std::string describe(const Scene& scene) {
  std::string text = environment_sentence(scene.environment);
  for (const Kind& kind : scene.kinds) text += " " + kind_sentence(kind);
  return text;
}

std::string facts_block(const std::vector<std::string>& facts) {
  std::string text;
  for (const std::string& fact : facts) text += kFactBegin + fact + kFactEnd;
  return text.empty() ? text : kFactsHeader + text;
}

}  // namespace plumbline::world
