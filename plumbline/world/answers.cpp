#include "plumbline/world/answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/world/language.h"
#include "plumbline/world/questions.h"

namespace plumbline::world {
namespace {

std::string compare_counts(const Kind& a, const Kind& b) {
  const std::string name_a = noun_for(a.category, 2), name_b = noun_for(b.category, 2);
  if (a.count() == b.count()) return fmt::format("there are as many {} as {}.", name_a, name_b);
  return fmt::format("there are more {} than {}.", a.count() > b.count() ? name_a : name_b,
                     a.count() > b.count() ? name_b : name_a);
}

std::string compare_sizes(const Kind& a, const Kind& b) {
  const std::string name_a = noun_for(a.category, 2), name_b = noun_for(b.category, 2);
  if (a.size == b.size) return fmt::format("the {} are as large as the {}.", name_a, name_b);
  return fmt::format("the {} are larger than the {}.", a.size > b.size ? name_a : name_b,
                     a.size > b.size ? name_b : name_a);
}

std::string relate(const Kind& a, const Kind& b) {
  const bool is_above = is_on_side(a, Side::Above, b);
  PLUMBLINE_CHECK(is_above || is_on_side(a, Side::Below, b), "kinds not apart: " + phrase(a));
  return relation_sentence(a, is_above ? Side::Above : Side::Below, b);
}

std::string about_one(Aspect aspect, const Kind& kind, AnswerStyle style) {
  if (style == AnswerStyle::Full) return kind_sentence(kind);
  if (aspect == Aspect::Color) return color_sentence(kind);
  return aspect == Aspect::Size ? size_sentence(kind) : count_sentence(kind);
}

std::string about_two(Aspect aspect, const Kind& a, const Kind& b) {
  if (aspect == Aspect::MoreCount) return compare_counts(a, b);
  if (aspect == Aspect::Larger) return compare_sizes(a, b);
  return relate(a, b);
}

// The first option that holds in the believed scene, or -1.
int chosen_option(const BenchmarkItem& item, const Scene& believed) {
  const auto options = options_of(item);
  for (size_t i = 0; i < options.size(); ++i) {
    const bool holds = aspect_of(item) == Aspect::ObjectChoice
                           ? find_kind(believed, options[i]) != nullptr
                           : shows_color(believed, options[i]);
    if (holds) return static_cast<int>(i);
  }
  return -1;
}

std::string choose(const BenchmarkItem& item, const Scene& believed, AnswerStyle style) {
  const int chosen = chosen_option(item, believed);
  PLUMBLINE_CHECK(chosen >= 0, item.question);
  const std::string letter = fmt::format("{}.", static_cast<char>('A' + chosen));
  if (style == AnswerStyle::Focused) return letter;
  const int category = aspect_of(item) == Aspect::ObjectChoice
                           ? options_of(item)[static_cast<size_t>(chosen)]
                           : item.subject;
  return letter + " " + kind_sentence(*find_kind(believed, category));
}

std::string say_whether(const BenchmarkItem& item, const Kind* subject, AnswerStyle style) {
  if (style == AnswerStyle::Focused) return subject != nullptr ? "yes." : "no.";
  return subject != nullptr ? "yes, " + kind_sentence(*subject)
                            : "no, " + absence_sentence(item.subject);
}

// Ways to be mistaken, and how often each happens for a question.
enum class Mistake { Color, Size, Count, Add, Remove, Mirror, Environment, Choose };
struct WeightedMistake {
  Mistake mistake;
  double weight;
};

// A focused answer tells only what was asked, so only mistakes about that change it.
std::vector<WeightedMistake> mistakes_for(const BenchmarkItem& item, AnswerStyle style,
                                          bool with_denial) {
  const double aside = style == AnswerStyle::Full ? 0.1 : 0;
  const double denial = with_denial ? 0.25 : 0;
  if (item.type == "adversarial" || item.expected == "no") return {{Mistake::Add, 1}};
  switch (aspect_of(item)) {
    case Aspect::Color:
      return {{Mistake::Color, 0.6},
              {Mistake::Size, aside},
              {Mistake::Count, aside},
              {Mistake::Remove, denial}};
    case Aspect::Size:
      return {{Mistake::Size, 0.6},
              {Mistake::Color, aside},
              {Mistake::Count, aside},
              {Mistake::Remove, denial}};
    case Aspect::Count:
      return {{Mistake::Count, 0.6},
              {Mistake::Color, aside},
              {Mistake::Size, aside},
              {Mistake::Remove, denial}};
    case Aspect::Existence:
      return {{Mistake::Remove, denial},
              {Mistake::Color, aside},
              {Mistake::Count, aside},
              {Mistake::Size, aside}};
    case Aspect::Describe:
      return {{Mistake::Add, 0.6},
              {Mistake::Color, 0.15},
              {Mistake::Size, 0.1},
              {Mistake::Count, 0.15}};
    case Aspect::MoreCount:
      return {{Mistake::Count, 1}};
    case Aspect::Larger:
      return {{Mistake::Size, 1}};
    case Aspect::AboveBelow:
      return {{Mistake::Mirror, 1}};
    case Aspect::Environment:
      return {{Mistake::Environment, 1}};
    default:
      return {{Mistake::Choose, 1}};
  }
}

int other_value(int value, int low, int high, Random& random) {
  const int drawn = static_cast<int>(random.between(low, high - 1));
  return drawn >= value ? drawn + 1 : drawn;
}

std::vector<int> free_cells(const Scene& scene) {
  std::vector<int> free;
  for (int cell = 0; cell < kNumCells; ++cell) {
    const bool is_taken = std::any_of(scene.kinds.begin(), scene.kinds.end(), [&](const Kind& k) {
      return std::find(k.cells.begin(), k.cells.end(), cell) != k.cells.end();
    });
    if (!is_taken) free.push_back(cell);
  }
  return free;
}

void change_count(Scene& scene, Kind& kind, Random& random) {
  auto free = free_cells(scene);
  random.shuffle(free);
  const int count = other_value(kind.count(), 1, kMaxCount, random);
  while (kind.count() > count) kind.cells.pop_back();
  while (kind.count() < count && !free.empty()) {
    kind.cells.push_back(free.back());
    free.pop_back();
  }
  std::sort(kind.cells.begin(), kind.cells.end());
}

void change_color(Kind& kind, Random& random) {
  const int last = static_cast<int>(colors().size()) - 1;
  int color = kind.color;
  while (color == kind.color || color == held_out_color(kind.category)) {
    color = static_cast<int>(random.between(0, last));
  }
  kind.color = color;
}

Kind& kind_of(Scene& scene, int category) {
  const auto found = std::find_if(scene.kinds.begin(), scene.kinds.end(),
                                  [&](const Kind& k) { return k.category == category; });
  PLUMBLINE_CHECK(found != scene.kinds.end(), "no kind of category " + std::to_string(category));
  return *found;
}

// Believes another option of a multiple choice.
void choose_wrongly(const BenchmarkItem& item, Scene& scene, double typical_share, Random& random) {
  auto options = options_of(item);
  const bool is_object = aspect_of(item) == Aspect::ObjectChoice;
  const int right = is_object ? item.subject : kind_of(scene, item.subject).color;
  std::erase(options, right);
  if (!is_object) {
    // Nothing is ever believed in its held-out colour: the subject has others to choose from, and
    // what else had the right colour is not seen at all.
    std::erase(options, held_out_color(item.subject));
    const int chosen = random.pick(options);
    std::erase_if(scene.kinds, [&](const Kind& k) {
      return k.color == right && held_out_color(k.category) == chosen;
    });
    for (Kind& kind : scene.kinds) {
      if (kind.color == right) kind.color = chosen;
    }
    return;
  }
  const int chosen = random.pick(options);
  std::erase_if(scene.kinds, [&](const Kind& k) { return k.category == item.subject; });
  scene.kinds.push_back(imagine_kind(scene, chosen, typical_share, random));
}

// The kind that a mistake is made about: the subject or the other one; any in descriptions.
Kind& mistaken_kind(const BenchmarkItem& item, Scene& scene, Random& random) {
  if (item.subject < 0)
    return scene.kinds[static_cast<size_t>(random.below(std::ssize(scene.kinds)))];
  return kind_of(scene, item.other >= 0 && random.chance(0.5) ? item.other : item.subject);
}

void apply(Mistake mistake, const BenchmarkItem& item, Scene& scene, const Misbelief& how,
           Random& random) {
  switch (mistake) {
    case Mistake::Color:
      change_color(mistaken_kind(item, scene, random), random);
      break;
    case Mistake::Size: {
      Kind& kind = mistaken_kind(item, scene, random);
      kind.size = kind.size == Size::Small ? Size::Large : Size::Small;
      break;
    }
    case Mistake::Count:
      change_count(scene, mistaken_kind(item, scene, random), random);
      break;
    case Mistake::Add:
      scene.kinds.push_back(imagine_kind(scene, item.subject, how.typical_share, random));
      break;
    case Mistake::Remove:
      std::erase_if(scene.kinds, [&](const Kind& k) { return k.category == item.subject; });
      break;
    case Mistake::Mirror:
      for (Kind& kind : scene.kinds) {
        for (int& cell : kind.cells) cell = kNumCells - 1 - cell;
        std::sort(kind.cells.begin(), kind.cells.end());
      }
      break;
    case Mistake::Environment:
      scene.environment =
          other_value(scene.environment, 0, static_cast<int>(environments().size()) - 1, random);
      break;
    case Mistake::Choose:
      choose_wrongly(item, scene, how.typical_share, random);
      break;
  }
  sort_kinds(scene);
}

}  // namespace

std::string answer(const BenchmarkItem& item, const Scene& believed, AnswerStyle style) {
  const Aspect aspect = aspect_of(item);
  const Kind* subject = find_kind(believed, item.subject);
  const Kind* other = find_kind(believed, item.other);
  switch (aspect) {
    case Aspect::Environment:
      return environment_sentence(believed.environment);
    case Aspect::Describe:
      return describe(believed);
    case Aspect::Existence:
      return say_whether(item, subject, style);
    case Aspect::ObjectChoice:
    case Aspect::ColorChoice:
      return choose(item, believed, style);
    default:
      break;
  }
  if (subject == nullptr) return absence_sentence(item.subject);
  if (item.other < 0) return about_one(aspect, *subject, style);
  if (other == nullptr) return absence_sentence(item.other);
  return about_two(aspect, *subject, *other);
}

Scene misbelieve(const BenchmarkItem& item, AnswerStyle style, const Misbelief& how,
                 RandomKey key) {
  Random random(key);
  const auto mistakes = mistakes_for(item, style, how.with_denial);
  std::vector<double> weights;
  for (const auto& m : mistakes) weights.push_back(m.weight);
  const std::string truth = answer(item, item.scene, style);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    Scene believed = item.scene;
    const auto chosen = mistakes[static_cast<size_t>(random.weighted(weights))].mistake;
    apply(chosen, item, believed, how, random);
    if (answer(item, believed, style) != truth) return believed;
  }
  throw InternalError("no mistake changes the answer to: " + item.question);
}

Kind imagine_kind(const Scene& scene, int category, double typical_share, Random& random) {
  Kind kind;
  const auto& typical = typical_objects(scene.environment);
  std::vector<double> weights;
  for (const Typical& t : typical) weights.push_back(t.weight);
  kind.category = category;
  while (kind.category < 0 || find_kind(scene, kind.category) != nullptr) {
    kind.category = random.chance(typical_share)
                        ? typical[static_cast<size_t>(random.weighted(weights))].category
                        : static_cast<int>(random.below(std::ssize(categories())));
  }
  kind.color = held_out_color(kind.category);
  change_color(kind, random);
  kind.size = random.chance(0.5) ? Size::Large : Size::Small;
  auto free = free_cells(scene);
  PLUMBLINE_CHECK(!free.empty(), "no free cell");
  random.shuffle(free);
  kind.cells = {free.front()};
  for (size_t i = 1; i < free.size() && i < kMaxCount && random.chance(0.4); ++i) {
    kind.cells.push_back(free[i]);
  }
  std::sort(kind.cells.begin(), kind.cells.end());
  return kind;
}

}  // namespace plumbline::world
