// Ragged batches of token sequences with their images, and what a model says of them.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "plumbline/engine/feature_store.h"
#include "plumbline/model/llava.h"
#include "plumbline/tensor/prefixes.h"
#include "plumbline/tensor/spans.h"
#include "plumbline/text/tokenizer.h"

namespace plumbline::engine {

struct Batch {
  at::Tensor ids;             // [N] int64, all sequences one after the other
  tensor::Spans spans;        // of the sequences over [0, N)
  at::Tensor features;        // [M, I, Dv] tower features of the images in order, or undefined
  tensor::Prefixes prefixes;  // of sequences whose beginning is shared; may be empty
};

// `images`: one name per sequence that has an image, in order; empty names stand for none. All
// prepared.
Batch make_batch(const std::vector<const text::TokenIds*>& sequences,
                 const std::vector<std::string>& images, const FeatureStore& store,
                 at::Device device);

// The same with features [M, I, Dv] of the images, or undefined ones.
Batch make_batch(const std::vector<const text::TokenIds*>& sequences, const at::Tensor& features,
                 at::Device device);

// Answers to one question, say: sequences that begin alike.
struct Branches {
  text::TokenIds beginning;          // what all of them share; empty for one alone
  std::vector<text::TokenIds> ends;  // what each goes on with; never empty
  std::vector<std::string> images;   // of the beginning, in order

  // Rows of a batch that runs the beginning once.
  int64_t num_rows() const;
};

// The sequences, of at least one token each, split behind their longest common beginning that
// leaves a token to each. Images must stand in what all have in common.
Branches branches_of(const std::vector<text::TokenIds>& sequences, std::vector<std::string> images);

// Every beginning is run once, as the prefix of its ends.
Batch make_batch(const std::vector<const Branches*>& groups, const FeatureStore& store,
                 at::Device device);
// Sequences of that batch for one group: its beginning, if it has one, and its ends.
int64_t num_sequences(const Branches& group);

// Final hidden rows [N, D] under the active adapter. Differentiable.
at::Tensor hidden(model::Llava& model, const Batch& batch);

// The head's value at the last row of each sequence that is no other's prefix, [S] fp32.
// Differentiable.
at::Tensor last_row_scores(model::Llava& model, const Batch& batch, const std::string& head);

// Projected rows of one image, [I, D], or undefined for an empty name. Without gradients.
at::Tensor image_rows(model::Llava& model, const FeatureStore& store, const std::string& image);

}  // namespace plumbline::engine
