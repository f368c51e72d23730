// Flickr30k Entities: captions whose phrases name things, and where in the picture the things are.
// Source: Plummer et al. 2015 (arXiv 1505.04870) and the files it published.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::data {

// A piece of a caption: words, and the entity that they name when they do.
struct Phrase {
  std::string text;
  std::string entity = {};  // its id; empty for words between phrases
};

// Reads one caption of a Sentences file: "[/EN#1/people Two men] smile at [/EN#2/other a dog] ."
// Throws std::invalid_argument for brackets that do not fit.
std::vector<Phrase> entity_phrases(std::string_view line);

// The caption's words, spaced as one writes: the files have a space before "." and "'s".
std::string written_text(std::string_view spaced);

struct Box {
  int64_t left = 0, top = 0, right = 0, bottom = 0;  // pixels
};

struct EntityBoxes {
  int64_t width = 0, height = 0;                  // of the image
  std::map<std::string, std::vector<Box>> boxes;  // entity id -> its boxes in the file's order
};

// Reads an Annotations file (XML). Entities that stand for the scene or are not visible have no
// boxes. Throws std::invalid_argument, naming the line, for what is not well-formed or lacks sizes.
EntityBoxes entity_boxes(std::string_view xml);

}  // namespace plumbline::data
