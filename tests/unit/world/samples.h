// Scenes and questions for the tests of the world.
#pragma once

#include <functional>

#include "plumbline/world/questions.h"
#include "plumbline/world/scene_sampler.h"

namespace plumbline::world {

// Calls `visit` with a question of the type for each of `count` random scenes that allow it.
inline void for_each_item(const std::string& type, int count,
                          const std::function<void(const BenchmarkItem&, RandomKey)>& visit) {
  for (int i = 0; i < count; ++i) {
    const RandomKey key = random_key(7, "test." + type).at(static_cast<uint64_t>(i));
    const Scene scene = sample_scene({}, key.at("scene"));
    if (can_ask(type, scene)) visit(ask(type, scene, key.at("ask")), key);
  }
}

inline int category(std::string_view name) { return index_of(categories(), name); }

// A kitchen with two small red cups (cells 0 and 4, the left column), a large blue chair (cell 7,
// the right column) and a small white lamp (cell 13, the bottom row).
inline Scene kitchen() {
  Scene scene;
  scene.environment = index_of(environments(), "kitchen");
  scene.kinds = {{category("cup"), index_of(colors(), "red"), Size::Small, false, {0, 4}},
                 {category("chair"), index_of(colors(), "blue"), Size::Large, false, {7}},
                 {category("lamp"), index_of(colors(), "white"), Size::Small, false, {13}}};
  return scene;
}

inline BenchmarkItem kitchen_item(const std::string& type, const std::string& question,
                                  const std::string& expected = "", const std::string& subject = "",
                                  const std::string& other = "") {
  BenchmarkItem item;
  item.type = type;
  item.question = question;
  item.expected = expected;
  item.subject = subject.empty() ? -1 : category(subject);
  item.other = other.empty() ? -1 : category(other);
  item.scene = kitchen();
  return item;
}

}  // namespace plumbline::world
