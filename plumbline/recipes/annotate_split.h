// Compared pairs as `annotate` writes them, by whomever they were compared.
#pragma once

#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/data/comparison.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {

// Pairs to train on and to evaluate with.
struct Split {
  std::vector<data::Comparison> train_pairs, held_out;
};

// LLaVA-RLHF's flag: that of the worse answer; of a tie, none.
void flag_worse(data::Comparison& pair);

// A pair with what was said of it: the choice and the flags of most votes.
data::Comparison compared(data::Comparison pair, std::vector<data::Vote> votes);

// Throws DataError, naming `from`, without pairs to train on. Warns where none is held out but some
// should be.
void check_split(const Split& split, const config::Config& c, const std::string& from);

// comparisons.json, held_out.json and agreement.json, and the run's metrics.
void write_split(train::RunFolder& run, const Split& split, const config::Config& c);

}  // namespace plumbline::recipes
