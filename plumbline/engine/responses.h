// Prompts with the responses sampled for them, and what adapters say of the response tokens.
#pragma once

#include <string>
#include <vector>

#include "plumbline/engine/batch.h"
#include "plumbline/nn/token_logprobs.h"

namespace plumbline::engine {

// S sequences whose responses have R tokens in all.
struct Responses {
  std::vector<text::TokenIds> sequences;  // prompt and response together
  std::vector<std::string> images;        // one per sequence; may be empty
  tensor::Spans spans;                    // of the responses over [0, R)
};

// Some of the sequences as model input.
struct ResponseBatch {
  Batch batch;
  at::Tensor rows;       // [r] the row before each response token
  at::Tensor tokens;     // [r] the response tokens
  at::Tensor positions;  // [r] their places in [0, R)
};

// The sequences `chosen` in batches of at most `budget` rows (one sequence may have more).
std::vector<ResponseBatch> response_batches(const Responses& responses,
                                            const std::vector<int64_t>& chosen, int64_t budget,
                                            const FeatureStore& features, at::Device device);

// Log-probabilities and entropies of a batch's response tokens under an adapter. Differentiable.
nn::TokenLogprobs response_logprobs(model::Llava& model, const ResponseBatch& batch,
                                    const std::string& adapter, double temperature);

// What an adapter's head gives before each response token is emitted, [r] fp32. Differentiable.
at::Tensor response_values(model::Llava& model, const ResponseBatch& batch,
                           const std::string& adapter);

}  // namespace plumbline::engine
