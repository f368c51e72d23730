// Questions about a scene, with their true answers.
#pragma once

#include <string>
#include <vector>

#include "plumbline/data/records.h"
#include "plumbline/world/benchmark.h"

namespace plumbline::world {

// What exactly an item asks for; told by its type and the words of its question.
enum class Aspect {
  Color,         // attribute, adversarial
  Size,          // attribute, adversarial
  Count,         // counting
  MoreCount,     // comparison: which are more
  Larger,        // comparison: which are larger
  AboveBelow,    // relation
  Environment,   // environment
  Describe,      // description
  ObjectChoice,  // other: which of four objects is there
  ColorChoice,   // other: which of four colours is there
  Existence,     // yes_no
};
Aspect aspect_of(const BenchmarkItem& item);

// The options A-D of a multiple-choice item, as indices into categories() or colors().
std::vector<int> options_of(const BenchmarkItem& item);

// POPE's ways to draw the absent object: any; one frequent in the world; one typical for the
// environment.
const std::vector<std::string>& samplings();

// Whether the scene allows the type: relations need two kinds at least two rows apart.
bool can_ask(const std::string& type, const Scene& scene);

// A question of one of question_types(); id and image are left empty. InternalError if !can_ask.
BenchmarkItem ask(const std::string& type, const Scene& scene, RandomKey key);

// A yes_no question of one of samplings(); half of the answers are yes.
BenchmarkItem ask_existence(const std::string& sampling, const Scene& scene, RandomKey key);

// LLaVA-RLHF's caption_type: Yes and No for yes_no items, the right letter for choices, else
// General.
data::CaptionType caption_type(const BenchmarkItem& item);

}  // namespace plumbline::world
