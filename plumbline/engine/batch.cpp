#include "plumbline/engine/batch.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "plumbline/data/order.h"
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

at::Tensor hidden(model::Llava& model, const Batch& batch) {
  const at::Tensor rows =
      batch.features.defined() ? model.project(batch.features).flatten(0, 1) : at::Tensor();
  return model.forward(model.embed(batch.ids, rows), batch.spans);
}

at::Tensor last_row_scores(model::Llava& model, const Batch& batch, const std::string& head) {
  std::vector<int64_t> last;
  for (int64_t s = 0; s < batch.spans.size(); ++s) last.push_back(batch.spans.end(s) - 1);
  const at::Tensor rows =
      hidden(model, batch).index_select(0, tensor::to_tensor(last, model.device()));
  return model.score(head, rows);
}

std::vector<double> score_sequences(model::Llava& model, const FeatureStore& store,
                                    const std::vector<text::TokenIds>& sequences,
                                    const std::vector<std::string>& images, const std::string& name,
                                    int64_t budget) {
  const at::NoGradGuard no_grad;
  const model::AdapterScope scope(model, name);
  std::vector<int64_t> lengths;
  for (const auto& ids : sequences) lengths.push_back(static_cast<int64_t>(ids.size()));
  std::vector<double> scores;
  for (const auto& part : data::micro_batches(lengths, budget)) {
    std::vector<const text::TokenIds*> ids;
    std::vector<std::string> names;
    for (const int64_t i : part) {
      ids.push_back(&sequences[static_cast<size_t>(i)]);
      names.push_back(images[static_cast<size_t>(i)]);
    }
    const at::Tensor values =
        last_row_scores(model, make_batch(ids, names, store, model.device()), name)
            .to(at::kCPU, at::kDouble);
    scores.insert(scores.end(), values.const_data_ptr<double>(),
                  values.const_data_ptr<double>() + values.numel());
  }
  return scores;
}

at::Tensor image_rows(model::Llava& model, const FeatureStore& store, const std::string& image) {
  const at::NoGradGuard no_grad;
  const at::Tensor features = store.features({image});
  return features.defined() ? model.project(features).flatten(0, 1) : at::Tensor();
}

}  // namespace plumbline::engine
