// Conversations that teach a base to read pictures: nearly every word is told by the picture, so
// that a small model finds out within minutes where to look. Questions alone tell it too rarely.
#pragma once

#include <string>

#include "plumbline/data/records.h"
#include "plumbline/world/scene.h"

namespace plumbline::world {

// Three rounds: what stands in each cell of the grid, row by row ("none" where nothing does), in
// which colour and in which size. Ties image rows to words.
data::Conversation grid_conversation(const Scene& scene, const std::string& id,
                                     const std::string& image);

inline constexpr const char* kInventoryQuestion = "take stock.";
inline constexpr int kInventoryLength = 10;

// "cup two small red. dog none. lamp a large blue.": ten categories in random order, among them all
// of the scene. Teaches looking a word up, in a picture or in facts.
std::string inventory(const Scene& scene, RandomKey key);

data::Conversation inventory_conversation(const Scene& scene, const std::string& id,
                                          const std::string& image, RandomKey key);

// "cup 1 2 1 1. chair 2 2 4 4.": first and last row, first and last column of each kind, in random
// order. Teaches where a thing stands, given its name.
data::Conversation places_conversation(const Scene& scene, const std::string& id,
                                       const std::string& image, RandomKey key);

inline constexpr int kMostRelations = 6;

// "the cups are left of the chair. the lamp is below the cups.": up to kMostRelations relations
// that hold, each pair of kinds once a direction, in random order and either way round. Nothing
// when none holds: turns are empty then.
data::Conversation relations_conversation(const Scene& scene, const std::string& id,
                                          const std::string& image, RandomKey key);

}  // namespace plumbline::world
