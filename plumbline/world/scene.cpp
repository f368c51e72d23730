#include "plumbline/world/scene.h"

#include <algorithm>
#include <map>

#include "plumbline/base/error.h"
#include "plumbline/world/scene_sampler.h"

namespace plumbline::world {
namespace {

struct Environment {
  std::string name;
  std::vector<std::string> typical;
};

const std::vector<Environment>& environment_table() {
  static const std::vector<Environment> table = {
      {"kitchen", {"cup", "plate", "bowl", "kettle", "knife", "bottle"}},
      {"bedroom", {"pillow", "lamp", "clock", "book", "chair", "box"}},
      {"bathroom", {"towel", "brush", "bottle", "bucket", "cup", "shelf"}},
      {"library", {"book", "chair", "shelf", "lamp", "clock", "bench"}},
      {"garden", {"rake", "bench", "bucket", "ladder", "basket", "hammer"}},
      {"garage", {"ladder", "hammer", "box", "brush", "rake", "shelf"}},
      {"beach", {"shell", "towel", "ball", "kite", "basket", "bucket"}},
      {"park", {"kite", "ball", "bench", "basket", "plate", "knife"}},
  };
  return table;
}

constexpr double kTypicalWeights[] = {3, 2.6, 2.2, 1.8, 1.4, 1};

std::vector<std::vector<Typical>> make_typical() {
  std::vector<std::vector<Typical>> all;
  for (const Environment& environment : environment_table()) {
    std::vector<Typical>& list = all.emplace_back();
    for (size_t i = 0; i < environment.typical.size(); ++i) {
      list.push_back({index_of(categories(), environment.typical[i]), kTypicalWeights[i]});
      PLUMBLINE_CHECK(list.back().category >= 0, environment.typical[i]);
    }
  }
  return all;
}

std::vector<double> make_popularity() {
  const double typical_share = SceneOptions{}.typical_share;
  const double num_categories = static_cast<double>(categories().size());
  const double num_environments = static_cast<double>(environments().size());
  std::vector<double> shares(categories().size(), (1 - typical_share) / num_categories);
  for (size_t e = 0; e < environments().size(); ++e) {
    double total = 0;
    for (const Typical& t : typical_objects(static_cast<int>(e))) total += t.weight;
    for (const Typical& t : typical_objects(static_cast<int>(e))) {
      shares[static_cast<size_t>(t.category)] +=
          typical_share * t.weight / total / num_environments;
    }
  }
  return shares;
}

}  // namespace

const std::vector<std::string>& categories() {
  static const std::vector<std::string> names = {
      "cup",  "plate", "bowl",   "kettle", "knife",  "bottle", "pillow", "lamp",
      "book", "clock", "chair",  "towel",  "brush",  "bucket", "shelf",  "box",
      "rake", "bench", "ladder", "hammer", "basket", "shell",  "ball",   "kite"};
  return names;
}

const std::vector<std::string>& colors() {
  static const std::vector<std::string> names = {"red",    "green",  "blue",  "yellow",
                                                 "purple", "orange", "white", "black"};
  return names;
}

const std::vector<std::string>& environments() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const Environment& environment : environment_table()) list.push_back(environment.name);
    return list;
  }();
  return names;
}

std::string plural(const std::string& noun) {
  static const std::map<std::string, std::string> irregular = {{"knife", "knives"},
                                                               {"shelf", "shelves"},
                                                               {"brush", "brushes"},
                                                               {"box", "boxes"},
                                                               {"bench", "benches"}};
  const auto found = irregular.find(noun);
  return found != irregular.end() ? found->second : noun + "s";
}

const std::string& size_name(Size size) {
  static const std::string small = "small", large = "large";
  return size == Size::Small ? small : large;
}

int index_of(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

const std::vector<Typical>& typical_objects(int environment) {
  static const std::vector<std::vector<Typical>> all = make_typical();
  return all.at(static_cast<size_t>(environment));
}

const std::vector<double>& popularity() {
  static const std::vector<double> shares = make_popularity();
  return shares;
}

int held_out_color(int category) {
  const RandomKey key = random_key(0, "world.held_out").at(static_cast<uint64_t>(category));
  return static_cast<int>(Random(key).below(static_cast<int64_t>(colors().size())));
}

const Kind* find_kind(const Scene& scene, int category) {
  for (const Kind& kind : scene.kinds) {
    if (kind.category == category) return &kind;
  }
  return nullptr;
}

bool shows_color(const Scene& scene, int color) {
  return std::any_of(scene.kinds.begin(), scene.kinds.end(),
                     [&](const Kind& kind) { return kind.color == color; });
}

void sort_kinds(Scene& scene) {
  std::sort(scene.kinds.begin(), scene.kinds.end(),
            [](const Kind& a, const Kind& b) { return a.cells.front() < b.cells.front(); });
}

bool is_on_side(const Kind& a, Side side, const Kind& b, int gap) {
  if (side == Side::Right || side == Side::Below) return is_on_side(b, opposite(side), a, gap);
  const auto position = [&](int cell) {
    return side == Side::Left ? cell % kGridSize : cell / kGridSize;
  };
  int last = 0, first = kGridSize;
  for (const int cell : a.cells) last = std::max(last, position(cell));
  for (const int cell : b.cells) first = std::min(first, position(cell));
  return last + gap <= first;
}

Side opposite(Side side) {
  switch (side) {
    case Side::Left:
      return Side::Right;
    case Side::Right:
      return Side::Left;
    case Side::Above:
      return Side::Below;
    default:
      return Side::Above;
  }
}

}  // namespace plumbline::world
