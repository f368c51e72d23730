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
  std::vector<int64_t> chosen;  // which they are, of S
  tensor::Spans spans;          // of their responses over [0, r)
  at::Tensor rows;              // [r] the row before each response token
  at::Tensor tokens;            // [r] the response tokens
};

// Places of the chosen sequences' spans, one after the other: [r] int64 on the CPU.
at::Tensor places_of(const std::vector<int64_t>& chosen, const tensor::Spans& spans);

// The sequences `chosen` in batches of at most `budget` rows (one sequence may have more).
std::vector<ResponseBatch> response_batches(const Responses& responses,
                                            const std::vector<int64_t>& chosen, int64_t budget,
                                            const FeatureStore& features, at::Device device);

// Log-probabilities and entropies of a batch's response tokens under an adapter. Differentiable.
nn::TokenLogprobs response_logprobs(model::Llava& model, const ResponseBatch& batch,
                                    const std::string& adapter, double temperature);

// What an adapter's head gives before each response token is emitted, and behind the last one where
// `values` (of the batch's sequences) has a value more: [v] fp32. Differentiable.
at::Tensor response_values(model::Llava& model, const ResponseBatch& batch,
                           const std::string& adapter, const tensor::Spans& values);

}  // namespace plumbline::engine
