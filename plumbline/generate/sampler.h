// Drawing the next token.
#pragma once

#include <cstdint>
#include <vector>

#include "plumbline/base/random.h"

namespace plumbline::generate {

struct SamplingOptions {
  double temperature = 1;  // 0: always the most likely token
  double top_p = 1;        // smallest set of tokens whose probability reaches this; 1: all
  int64_t top_k = 0;       // this many most likely tokens; 0: all
  int64_t max_tokens = 64;
  int64_t min_tokens = 0;  // the end token is not drawn before this many others
  int64_t end_token = -1;
  std::vector<int64_t> forbidden = {};  // never drawn: control tokens such as the image's
};

struct Draw {
  int64_t token = 0;
  // ln of the token's softmax probability at this temperature (1 for greedy), over the whole
  // vocabulary, before top-k, top-p and forbidden tokens take any away.
  float logprob = 0;
};

// Draws the `position`-th token (from 0) of an answer from its logits, [vocab] fp32. Equal
// probabilities go to the lower id. The random number is a function of key and position alone.
// Throws NumericError when a logit is NaN.
Draw draw_token(const float* logits, int64_t vocab, const SamplingOptions& options, RandomKey key,
                int64_t position);

}  // namespace plumbline::generate
