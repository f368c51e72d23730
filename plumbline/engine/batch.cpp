#include "plumbline/engine/batch.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/tensor/host.h"

namespace plumbline::engine {

Batch make_batch(const std::vector<const text::TokenIds*>& sequences,
                 const std::vector<std::string>& images, const FeatureStore& store,
                 at::Device device) {
  return make_batch(sequences, store.features(images), device);
}

Batch make_batch(const std::vector<const text::TokenIds*>& sequences, const at::Tensor& features,
                 at::Device device) {
  Batch batch;
  std::vector<int64_t> ids;
  for (const auto* sequence : sequences) {
    ids.insert(ids.end(), sequence->begin(), sequence->end());
    batch.spans.append(static_cast<int64_t>(sequence->size()));
  }
  batch.ids = tensor::to_tensor(ids, device);
  batch.features = features;
  return batch;
}

int64_t Branches::num_rows() const {
  int64_t rows = std::ssize(beginning);
  for (const auto& end : ends) rows += std::ssize(end);
  return rows;
}

Branches branches_of(const std::vector<text::TokenIds>& sequences,
                     std::vector<std::string> images) {
  PLUMBLINE_CHECK(!sequences.empty() && !sequences.front().empty(), "no sequence");
  Branches out{.beginning = {}, .ends = {}, .images = std::move(images)};
  size_t shared = 0;
  if (sequences.size() > 1) {
    const text::TokenIds& first = sequences.front();
    shared = first.size() - 1;
    for (const auto& other : sequences) {
      PLUMBLINE_CHECK(!other.empty(), "a sequence without tokens");
      const size_t most = std::min(shared, other.size() - 1);
      shared = static_cast<size_t>(
          std::mismatch(first.begin(), first.begin() + static_cast<int64_t>(most), other.begin())
              .first -
          first.begin());
    }
    out.beginning.assign(first.begin(), first.begin() + static_cast<int64_t>(shared));
  }
  for (const auto& one : sequences) {
    out.ends.emplace_back(one.begin() + static_cast<int64_t>(shared), one.end());
  }
  return out;
}

int64_t num_sequences(const Branches& group) {
  return (group.beginning.empty() ? 0 : 1) + std::ssize(group.ends);
}

Batch make_batch(const std::vector<const Branches*>& groups, const FeatureStore& store,
                 at::Device device) {
  std::vector<const text::TokenIds*> sequences;
  std::vector<std::string> images;
  tensor::Prefixes prefixes;
  for (const Branches* group : groups) {
    const bool is_shared = !group->beginning.empty();
    const int64_t beginning = is_shared ? std::ssize(sequences) : -1;
    if (is_shared) {
      sequences.push_back(&group->beginning);
      prefixes.push_back(-1);
    }
    for (const auto& end : group->ends) {
      sequences.push_back(&end);
      prefixes.push_back(beginning);
    }
    // Without a common beginning nothing is shared: there are no images, or one sequence.
    images.insert(images.end(), group->images.begin(), group->images.end());
  }
  Batch batch = make_batch(sequences, images, store, device);
  batch.prefixes = std::move(prefixes);
  return batch;
}

at::Tensor hidden(model::Llava& model, const Batch& batch) {
  const at::Tensor rows =
      batch.features.defined() ? model.project(batch.features).flatten(0, 1) : at::Tensor();
  return model.forward(model.embed(batch.ids, rows), batch.spans, batch.prefixes);
}

at::Tensor last_row_scores(model::Llava& model, const Batch& batch, const std::string& head) {
  std::vector<bool> is_prefix(static_cast<size_t>(batch.spans.size()));
  for (const int64_t prefix : batch.prefixes) {
    if (prefix >= 0) is_prefix[static_cast<size_t>(prefix)] = true;
  }
  std::vector<int64_t> last;
  for (int64_t s = 0; s < batch.spans.size(); ++s) {
    if (!is_prefix[static_cast<size_t>(s)]) last.push_back(batch.spans.end(s) - 1);
  }
  const at::Tensor rows =
      hidden(model, batch).index_select(0, tensor::to_tensor(last, model.device()));
  return model.score(head, rows);
}

at::Tensor image_rows(model::Llava& model, const FeatureStore& store, const std::string& image) {
  const at::NoGradGuard no_grad;
  const at::Tensor features = store.features({image});
  return features.defined() ? model.project(features).flatten(0, 1) : at::Tensor();
}

}  // namespace plumbline::engine
