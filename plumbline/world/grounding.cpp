#include "plumbline/world/grounding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "plumbline/world/cells.h"
#include "plumbline/world/language.h"

namespace plumbline::world {
namespace {

constexpr const char* kNothing = "none";

// One word per cell, row by row.
std::string grid_words(const std::array<int, kNumCells>& cells,
                       const std::vector<std::string>& names) {
  std::vector<std::string> words;
  for (const int cell : cells) {
    words.push_back(cell < 0 ? kNothing : names[static_cast<size_t>(cell)]);
  }
  return fmt::format("{}.", fmt::join(words, " "));
}

// First and last of the kind's rows, then of its columns, counted from one.
std::array<int, 4> extent(const Kind& kind) {
  std::array<int, 4> e = {kGridSize, 1, kGridSize, 1};
  for (const int cell : kind.cells) {
    const int row = cell / kGridSize + 1, column = cell % kGridSize + 1;
    e = {std::min(e[0], row), std::max(e[1], row), std::min(e[2], column), std::max(e[3], column)};
  }
  return e;
}

data::Conversation one_round(const std::string& id, const std::string& image,
                             const std::string& question, const std::vector<std::string>& entries) {
  return {
      id,
      {image},
      {{true, text::with_image(question)}, {false, fmt::format("{}", fmt::join(entries, " "))}}};
}

}  // namespace

data::Conversation grid_conversation(const Scene& scene, const std::string& id,
                                     const std::string& image) {
  const CellLabels labels = cell_labels(scene, image);
  const std::vector<std::string> sizes = {size_name(Size::Small), size_name(Size::Large)};
  return {id,
          {image},
          {{true, text::with_image("what is in each cell?")},
           {false, grid_words(labels.category, categories())},
           {true, "which color is in each cell?"},
           {false, grid_words(labels.color, colors())},
           {true, "which size is in each cell?"},
           {false, grid_words(labels.size, sizes)}}};
}

std::string inventory(const Scene& scene, RandomKey key) {
  Random random(key);
  std::vector<int> chosen, absent;
  for (int c = 0; c < static_cast<int>(categories().size()); ++c) {
    (find_kind(scene, c) != nullptr ? chosen : absent).push_back(c);
  }
  random.shuffle(absent);
  while (std::ssize(chosen) < kInventoryLength && !absent.empty()) {
    chosen.push_back(absent.back());
    absent.pop_back();
  }
  random.shuffle(chosen);
  std::vector<std::string> entries;
  for (const int category : chosen) {
    const Kind* kind = find_kind(scene, category);
    entries.push_back(kind == nullptr
                          ? fmt::format("{} {}.", noun_for(category, 1), kNothing)
                          : fmt::format("{} {} {} {}.", noun_for(category, 1),
                                        number_word(kind->count()), size_name(kind->size),
                                        colors()[static_cast<size_t>(kind->color)]));
  }
  return fmt::format("{}", fmt::join(entries, " "));
}

data::Conversation inventory_conversation(const Scene& scene, const std::string& id,
                                          const std::string& image, RandomKey key) {
  return one_round(id, image, kInventoryQuestion, {inventory(scene, key)});
}

data::Conversation places_conversation(const Scene& scene, const std::string& id,
                                       const std::string& image, RandomKey key) {
  Random random(key);
  std::vector<std::string> entries;
  for (const Kind& kind : scene.kinds) {
    entries.push_back(
        fmt::format("{} {}.", noun_for(kind.category, 1), fmt::join(extent(kind), " ")));
  }
  random.shuffle(entries);
  return one_round(id, image, "where is each thing?", entries);
}

data::Conversation relations_conversation(const Scene& scene, const std::string& id,
                                          const std::string& image, RandomKey key) {
  Random random(key);
  std::vector<std::string> sentences;
  for (const Kind& a : scene.kinds) {
    for (const Kind& b : scene.kinds) {
      for (const Side side : {Side::Left, Side::Above}) {
        if (&a == &b || !is_on_side(a, side, b)) continue;
        sentences.push_back(random.chance(0.5) ? relation_sentence(a, side, b)
                                               : relation_sentence(b, opposite(side), a));
      }
    }
  }
  if (sentences.empty()) return {id, {image}, {}};
  random.shuffle(sentences);
  sentences.resize(std::min<size_t>(sentences.size(), kMostRelations));
  return one_round(id, image, "how do the things stand?", sentences);
}

}  // namespace plumbline::world
