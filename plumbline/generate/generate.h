// Answers from a model, many at once, each as if it were alone.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/generate/sampler.h"
#include "plumbline/model/llava.h"
#include "plumbline/text/tokenizer.h"

namespace plumbline::generate {

// A prompt to be answered `num_samples` times. The prompt is run once for all of them.
struct Sequence {
  text::TokenIds prompt;       // with the image token standing for each image row
  at::Tensor image_rows = {};  // [M, D] projected features, or undefined
  int64_t num_samples = 1;
  RandomKey key = {};  // sample i draws its t-th token with key.at(i).at(t)
};

struct Sampled {
  text::TokenIds tokens;        // the end token included when it was drawn
  bool is_stopped = false;      // by the end token; false: max_tokens reached
  std::vector<float> logprobs;  // per token, see Draw::logprob
};

// Called with every token as it is drawn, the end token too. False ends that answer there.
using TokenWatcher = std::function<bool(size_t sequence, int64_t sample, int64_t token)>;

// Answers per sequence and sample, in the order asked. Decodes up to `max_slots` answers side by
// side; a slot that becomes free takes the next prompt. The model's active adapter is used. No
// gradients. `progress`, when set, is called with the number of answers finished; what it throws
// ends the work. Throws DataError when a prompt and its answer would not fit the model's positions.
std::vector<std::vector<Sampled>> generate(model::Llava& model,
                                           const std::vector<Sequence>& sequences,
                                           const SamplingOptions& options, int64_t max_slots,
                                           const std::function<void(int64_t)>& progress = {},
                                           const TokenWatcher& watch = {});

}  // namespace plumbline::generate
