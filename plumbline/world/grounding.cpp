#include "plumbline/world/grounding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

std::string with_image(const std::string& question) {
  return std::string(text::kImagePlaceholder) + "\n" + question;
}

}  // namespace

data::Conversation grid_conversation(const Scene& scene, const std::string& id,
                                     const std::string& image) {
  const CellLabels labels = cell_labels(scene, image);
  const std::vector<std::string> sizes = {size_name(Size::Small), size_name(Size::Large)};
  return {id,
          image,
          {{true, with_image("what is in each cell?")},
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
  return {id, image, {{true, with_image(kInventoryQuestion)}, {false, inventory(scene, key)}}};
}

}  // namespace plumbline::world
