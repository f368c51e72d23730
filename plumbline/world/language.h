// What can be said about a scene. Every object phrase has one surface form everywhere, in facts,
// answers and descriptions alike ("two small red cups", "a large blue chair"), so that comparing
// text with text is easy to learn; claims.h reads exactly these sentences back.
#pragma once

#include <string>
#include <vector>

#include "plumbline/world/scene.h"

namespace plumbline::world {

// The facts block and the judging turn of the reward model's input. The world's reward template
// file holds the same strings, so that the base has read this form before it is asked to judge.
inline constexpr const char* kFactsHeader = "Facts:\n";  // only when there are facts
inline constexpr const char* kFactBegin = "- ";
inline constexpr const char* kFactEnd = "\n";
inline constexpr const char* kJudgeTurn = "Is the answer right?";
inline constexpr const char* kVerdictOpening = "The score is";
inline constexpr const char* kVerdictGood = "The score is good";
inline constexpr const char* kVerdictBad = "The score is bad";

std::string noun_for(int category, int count);  // "cup", "cups"
std::string number_word(int count);             // "a", "two", "three"
std::string side_words(Side side);              // "left of", "above"

std::string phrase(const Kind& kind);               // "two small red cups"
std::string kind_sentence(const Kind& kind);        // "there are two small red cups."
std::string absence_sentence(int category);         // "there is no cup."
std::string environment_sentence(int environment);  // "this is a kitchen."
std::string color_sentence(const Kind& kind);       // "the cups are red."
std::string size_sentence(const Kind& kind);        // "the cups are small."
std::string count_sentence(const Kind& kind);       // "there are two cups."
std::string relation_sentence(const Kind& a, Side side,
                              const Kind& b);  // "the cups are above the lamp."

// Five partial captions, the facts of a picture. All are true; together they name 96 % of the
// kinds, with count, size and colour, and the environment.
inline constexpr int kNumCaptions = 5;
std::vector<std::string> captions(const Scene& scene, RandomKey key);

// The environment, then one sentence per kind in raster order.
std::string describe(const Scene& scene);

// "Facts:\n- CAPTION\n- CAPTION\n"; empty for no facts. The question follows directly.
std::string facts_block(const std::vector<std::string>& facts);

}  // namespace plumbline::world
