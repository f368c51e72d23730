#include "plumbline/world/questions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plumbline/base/error.h"
#include "plumbline/world/answers.h"
#include "plumbline/world/language.h"

namespace plumbline::world {
namespace {

constexpr int kClearGap = 2;       // rows between kinds whose relation is asked
constexpr size_t kNumPopular = 6;  // absent objects from which "popular" draws
constexpr double kTypicalTraps =
    0.67;  // adversarial questions about an object typical for the place

using Templates = std::vector<std::string>;

bool has(const BenchmarkItem& item, std::string_view word) {
  return item.question.find(word) != std::string::npos;
}

std::vector<int> absent_categories(const Scene& scene) {
  std::vector<int> absent;
  for (int c = 0; c < static_cast<int>(categories().size()); ++c) {
    if (find_kind(scene, c) == nullptr) absent.push_back(c);
  }
  return absent;
}

int draw_typical_absent(const Scene& scene, Random& random) {
  const auto& typical = typical_objects(scene.environment);
  std::vector<double> weights;
  for (const Typical& t : typical) {
    weights.push_back(find_kind(scene, t.category) == nullptr ? t.weight : 0);
  }
  return typical[static_cast<size_t>(random.weighted(weights))].category;
}

int draw_popular_absent(const Scene& scene, Random& random) {
  std::vector<int> absent = absent_categories(scene);
  std::stable_sort(absent.begin(), absent.end(), [](int a, int b) {
    return popularity()[static_cast<size_t>(a)] > popularity()[static_cast<size_t>(b)];
  });
  absent.resize(kNumPopular);
  return random.pick(absent);
}

// {n} the noun in its number, {is}, {do} agreeing verbs.
std::string fill(const std::string& text, int category, bool is_one) {
  return fmt::format(fmt::runtime(text), fmt::arg("n", noun_for(category, is_one ? 1 : 2)),
                     fmt::arg("be", is_one ? "is" : "are"), fmt::arg("do", is_one ? "does" : "do"));
}

std::string attribute_question(bool is_color, int category, bool is_one, Random& random) {
  static const Templates color = {"what color {be} the {n}?", "which color {do} the {n} have?",
                                  "what is the color of the {n}?"};
  static const Templates size = {"what size {be} the {n}?", "{be} the {n} small or large?",
                                 "what is the size of the {n}?"};
  return fill(random.pick(is_color ? color : size), category, is_one);
}

void ask_attribute(BenchmarkItem& item, Random& random) {
  const Kind& kind = random.pick(item.scene.kinds);
  const bool is_color = random.chance(0.6);
  item.subject = kind.category;
  item.question = attribute_question(is_color, kind.category, kind.count() == 1, random);
  item.expected = is_color ? colors()[static_cast<size_t>(kind.color)] : size_name(kind.size);
}

void ask_adversarial(BenchmarkItem& item, Random& random) {
  item.subject = random.chance(kTypicalTraps) ? draw_typical_absent(item.scene, random)
                                              : random.pick(absent_categories(item.scene));
  item.question = attribute_question(random.chance(0.6), item.subject, random.chance(0.5), random);
  item.expected = "none";
}

void ask_counting(BenchmarkItem& item, Random& random) {
  static const Templates templates = {"how many {n} are there?", "how many {n} can you see?",
                                      "what is the number of {n}?"};
  const Kind& kind = random.pick(item.scene.kinds);
  item.subject = kind.category;
  item.question = fill(random.pick(templates), kind.category, false);
  item.expected = std::to_string(kind.count());
}

// Picks a pair whose outcome (first, second or neither) was drawn first, so that outcomes balance.
template <class Compare>
std::pair<const Kind*, const Kind*> draw_pair(const Scene& scene, Compare difference,
                                              Random& random) {
  std::array<std::vector<std::pair<const Kind*, const Kind*>>, 3> by_outcome;
  for (const Kind& a : scene.kinds) {
    for (const Kind& b : scene.kinds) {
      if (&a == &b) continue;
      const int d = difference(a, b);
      by_outcome[d > 0 ? 0 : d < 0 ? 1 : 2].push_back({&a, &b});
    }
  }
  for (;;) {
    const auto& pairs = by_outcome[static_cast<size_t>(random.below(3))];
    if (!pairs.empty()) return random.pick(pairs);
  }
}

void ask_comparison(BenchmarkItem& item, Random& random) {
  static const Templates more = {"are there more {a} or more {b}?",
                                 "which are more, the {a} or the {b}?"};
  static const Templates larger = {"are the {a} or the {b} larger?",
                                   "which are larger, the {a} or the {b}?"};
  const bool by_count = random.chance(0.6);
  const auto difference = [by_count](const Kind& a, const Kind& b) {
    return by_count ? a.count() - b.count() : static_cast<int>(a.size) - static_cast<int>(b.size);
  };
  const auto [a, b] = draw_pair(item.scene, difference, random);
  item.subject = a->category;
  item.other = b->category;
  const std::string name_a = noun_for(a->category, 2), name_b = noun_for(b->category, 2);
  item.question = fmt::format(fmt::runtime(random.pick(by_count ? more : larger)),
                              fmt::arg("a", name_a), fmt::arg("b", name_b));
  const int d = difference(*a, *b);
  item.expected = d > 0 ? name_a : d < 0 ? name_b : "same";
}

// Only above and below are asked: left and right, told by the columns of a picture that is read row
// by row, stay at chance in a small model, and a question at chance measures nothing.
struct Apart {
  const Kind* a;
  const Kind* b;
  Side side;
};

std::vector<Apart> clearly_apart(const Scene& scene) {
  std::vector<Apart> all;
  for (const Kind& a : scene.kinds) {
    for (const Kind& b : scene.kinds) {
      for (const Side side : {Side::Above, Side::Below}) {
        if (&a != &b && is_on_side(a, side, b, kClearGap)) all.push_back({&a, &b, side});
      }
    }
  }
  return all;
}

void ask_relation(BenchmarkItem& item, Random& random) {
  static const Templates sides = {"above or below", "below or above"};
  const Apart pair = random.pick(clearly_apart(item.scene));
  item.subject = pair.a->category;
  item.other = pair.b->category;
  item.question = fmt::format("{} the {} {} the {}?", pair.a->count() == 1 ? "is" : "are",
                              noun_for(item.subject, pair.a->count()), random.pick(sides),
                              noun_for(item.other, pair.b->count()));
  item.expected = side_words(pair.side);
}

void ask_environment(BenchmarkItem& item, Random& random) {
  static const Templates templates = {"what place is this?", "which place does the image show?",
                                      "where was the image taken?"};
  item.question = random.pick(templates);
  item.expected = environments()[static_cast<size_t>(item.scene.environment)];
}

void ask_description(BenchmarkItem& item, Random& random) {
  static const Templates templates = {"describe the image.", "what is in the image?",
                                      "what can you see?", "describe what you see."};
  item.question = random.pick(templates);
}

std::vector<int> absent_colors(const Scene& scene) {
  std::vector<int> absent;
  for (int c = 0; c < static_cast<int>(colors().size()); ++c) {
    if (!shows_color(scene, c)) absent.push_back(c);
  }
  return absent;
}

// Writes the options behind the question, the right one among them, and sets the expected letter.
void add_options(BenchmarkItem& item, const std::vector<std::string>& names, int right,
                 std::vector<int> wrong, Random& random) {
  random.shuffle(wrong);
  wrong.resize(3);
  wrong.push_back(right);
  random.shuffle(wrong);
  for (size_t i = 0; i < wrong.size(); ++i) {
    const char letter = static_cast<char>('A' + i);
    item.question += fmt::format(" {}. {}", letter, names[static_cast<size_t>(wrong[i])]);
    if (wrong[i] == right) item.expected = std::string(1, letter);
  }
}

void ask_other(BenchmarkItem& item, Random& random) {
  static const Templates objects = {"which of these is in the image?",
                                    "which of these can you see?"};
  static const Templates by_color = {"which of these colors is in the image?",
                                     "which of these colors can you see?"};
  const Kind& kind = random.pick(item.scene.kinds);
  item.subject = kind.category;
  if (random.chance(0.6)) {
    item.question = random.pick(objects);
    // One option is typical for the place, as a guesser would say.
    const int trap = draw_typical_absent(item.scene, random);
    std::vector<int> wrong = absent_categories(item.scene);
    std::erase(wrong, trap);
    random.shuffle(wrong);
    wrong.resize(2);
    wrong.push_back(trap);
    add_options(item, categories(), kind.category, wrong, random);
  } else {
    item.question = random.pick(by_color);
    add_options(item, colors(), kind.color, absent_colors(item.scene), random);
  }
}

void ask_yes_no(BenchmarkItem& item, Random& random) {
  static const Templates templates = {"is there a {n}?", "can you see a {n}?",
                                      "is a {n} in the image?", "does the image show a {n}?"};
  const bool is_yes = random.chance(0.5);
  item.expected = is_yes ? "yes" : "no";
  if (is_yes) {
    item.subject = random.pick(item.scene.kinds).category;
  } else if (item.sampling == "popular") {
    item.subject = draw_popular_absent(item.scene, random);
  } else if (item.sampling == "adversarial") {
    item.subject = draw_typical_absent(item.scene, random);
  } else {
    item.subject = random.pick(absent_categories(item.scene));
  }
  item.question = fill(random.pick(templates), item.subject, true);
}

using Asker = void (*)(BenchmarkItem&, Random&);
struct TypeEntry {
  std::string name;
  Asker ask;
};

const std::vector<TypeEntry>& type_table() {
  static const std::vector<TypeEntry> table = {{"attribute", ask_attribute},
                                               {"adversarial", ask_adversarial},
                                               {"comparison", ask_comparison},
                                               {"counting", ask_counting},
                                               {"relation", ask_relation},
                                               {"environment", ask_environment},
                                               {"description", ask_description},
                                               {"other", ask_other},
                                               {"yes_no", ask_yes_no}};
  return table;
}

BenchmarkItem ask_with(const std::string& type, const std::string& sampling, const Scene& scene,
                       Random& random) {
  BenchmarkItem item;
  item.type = type;
  item.sampling = sampling;
  item.scene = scene;
  const auto& table = type_table();
  const auto entry =
      std::find_if(table.begin(), table.end(), [&](const TypeEntry& e) { return e.name == type; });
  PLUMBLINE_CHECK(entry != table.end() && can_ask(type, scene), "question type '" + type + "'");
  entry->ask(item, random);
  item.reference = answer(item, scene, AnswerStyle::Full);
  return item;
}

}  // namespace

const std::vector<std::string>& question_types() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const TypeEntry& entry : type_table()) list.push_back(entry.name);
    return list;
  }();
  return names;
}

const std::vector<std::string>& samplings() {
  static const std::vector<std::string> names = {"random", "popular", "adversarial"};
  return names;
}

Aspect aspect_of(const BenchmarkItem& item) {
  if (item.type == "counting") return Aspect::Count;
  if (item.type == "comparison") return has(item, "larger") ? Aspect::Larger : Aspect::MoreCount;
  if (item.type == "relation") return Aspect::AboveBelow;
  if (item.type == "environment") return Aspect::Environment;
  if (item.type == "description") return Aspect::Describe;
  if (item.type == "other") return has(item, "color") ? Aspect::ColorChoice : Aspect::ObjectChoice;
  if (item.type == "yes_no") return Aspect::Existence;
  return has(item, "color") ? Aspect::Color : Aspect::Size;
}

std::vector<int> options_of(const BenchmarkItem& item) {
  const auto& names = aspect_of(item) == Aspect::ColorChoice ? colors() : categories();
  std::vector<int> options;
  for (char letter = 'A'; letter <= 'D'; ++letter) {
    const std::string mark = fmt::format(" {}. ", letter);
    const size_t at = item.question.find(mark);
    if (at == std::string::npos) break;
    const size_t begin = at + mark.size();
    const size_t end = std::min(item.question.find(' ', begin), item.question.size());
    options.push_back(index_of(names, std::string_view(item.question).substr(begin, end - begin)));
  }
  return options;
}

bool can_ask(const std::string& type, const Scene& scene) {
  return type != "relation" || !clearly_apart(scene).empty();
}

BenchmarkItem ask(const std::string& type, const Scene& scene, RandomKey key) {
  Random random(key);
  return ask_with(type, type == "yes_no" ? random.pick(samplings()) : "", scene, random);
}

BenchmarkItem ask_existence(const std::string& sampling, const Scene& scene, RandomKey key) {
  Random random(key);
  return ask_with("yes_no", sampling, scene, random);
}

data::CaptionType caption_type(const BenchmarkItem& item) {
  using data::CaptionType;
  if (item.type == "yes_no") return item.expected == "yes" ? CaptionType::Yes : CaptionType::No;
  if (item.type != "other") return CaptionType::General;
  return static_cast<CaptionType>(static_cast<int>(CaptionType::A) + item.expected.at(0) - 'A');
}

}  // namespace plumbline::world
