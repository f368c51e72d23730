// Data sets of the world as ordinary files, which the recipes read like any user's own.
#pragma once

#include <string>

#include "plumbline/base/files.h"

namespace plumbline::world {

// The scenes of different splits come from different random streams; benchmark scenes also show a
// (category, colour) pair that no other split ever does.
struct SplitOptions {
  std::string split;  // base, sft, comparisons, ppo or benchmark
  int64_t num_images = 1000;
  int64_t seed = 0;
  double faint_share = 0.35;        // kinds drawn faintly
  double pixel_noise = 0.10;        // standard deviation, as a share of full scale
  double typical_share = 0.8;       // kinds typical for their environment
  double unsupported_share = 0.35;  // "sft" answers that tell what the picture does not show
};

// Writes a folder, replacing an older one only when it is complete. Every split has
// images/NNNNNN.png and facts.json (five captions per picture), and:
//   base         conversations.json: per picture one conversation of up to 6 true answers to
//                questions of all types but descriptions, none about a thing named before; for many
//                pictures those of reading comprehension (reading.h), a description, and those
//                of grounding (grounding.h); scenes.jsonl (cells.h)
//   sft          conversations.json: 1-3 single rounds per picture, 40 % descriptions, other types
//                balanced. This is where hallucination comes from: see unsupported_share
//   comparisons, ppo
//                prompts.json: one per picture, 45 % descriptions, other types balanced;
//                benchmark.jsonl: the truth under the same ids
//   benchmark    benchmark.jsonl: per picture four questions, types balanced, and yes_no
//                questions in the three samplings
// Throws ConfigError for an unknown split or a share outside [0, 1], IoError, Interrupted.
void write_split(const SplitOptions& options, const fs::path& out);

}  // namespace plumbline::world
