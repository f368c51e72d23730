// The facts an annotator or reward model is shown about an image.
#pragma once

#include <string>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/data/records.h"

namespace plumbline::data {

// At most `max_facts` of the image's facts in an order drawn from `key`: the reward model must not
// learn their places. Empty when the image has none.
std::vector<std::string> shuffled_facts(const Facts& facts, const std::string& image,
                                        int64_t max_facts, RandomKey key);

// Throws DataError when any of the images has no facts, naming the first of them and how many: a
// reward model that silently runs without facts is plain RLHF.
void check_facts(const Facts& facts, const std::vector<std::string>& images,
                 const std::string& path);

}  // namespace plumbline::data
