// Ragged batches of token sequences with their images, and what a model says of them.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "plumbline/engine/feature_store.h"
#include "plumbline/model/llava.h"
#include "plumbline/tensor/spans.h"
#include "plumbline/text/tokenizer.h"

namespace plumbline::engine {

struct Batch {
  at::Tensor ids;       // [N] int64, all sequences one after the other
  tensor::Spans spans;  // of the sequences over [0, N)
  at::Tensor features;  // [M, I, Dv] tower features of the images in order, or undefined
};

// `images`: one name per sequence that has an image, in order; empty names stand for none. All
// prepared.
Batch make_batch(const std::vector<const text::TokenIds*>& sequences,
                 const std::vector<std::string>& images, const FeatureStore& store,
                 at::Device device);

// The same with features [M, I, Dv] of the images, or undefined ones.
Batch make_batch(const std::vector<const text::TokenIds*>& sequences, const at::Tensor& features,
                 at::Device device);

// Final hidden rows [N, D] under the active adapter. Differentiable.
at::Tensor hidden(model::Llava& model, const Batch& batch);

// The head's value at each sequence's last row, [S] fp32. Differentiable.
at::Tensor last_row_scores(model::Llava& model, const Batch& batch, const std::string& head);

// The same for many sequences under adapter `name` and its head, in portions of at most `budget`
// rows, without gradients. images[i] belongs to sequences[i].
std::vector<double> score_sequences(model::Llava& model, const FeatureStore& store,
                                    const std::vector<text::TokenIds>& sequences,
                                    const std::vector<std::string>& images, const std::string& name,
                                    int64_t budget);

// Projected rows of one image, [I, D], or undefined for an empty name. Without gradients.
at::Tensor image_rows(model::Llava& model, const FeatureStore& store, const std::string& image);

}  // namespace plumbline::engine
