#include "plumbline/engine/responses.h"

#include <ATen/ATen.h>

#include "plumbline/data/order.h"
#include "plumbline/tensor/host.h"
#include "plumbline/tensor/response_rows.h"

namespace plumbline::engine {
namespace {

ResponseBatch make_response_batch(const Responses& all, const std::vector<int64_t>& chosen,
                                  const FeatureStore& features, at::Device device) {
  std::vector<const text::TokenIds*> ids;
  std::vector<std::string> images;
  std::vector<int64_t> positions;
  tensor::Spans spans;
  for (const int64_t s : chosen) {
    ids.push_back(&all.sequences[static_cast<size_t>(s)]);
    images.push_back(all.images[static_cast<size_t>(s)]);
    spans.append(all.spans.length(s));
    for (int64_t r = all.spans.begin(s); r < all.spans.end(s); ++r) positions.push_back(r);
  }
  ResponseBatch result;
  result.batch = make_batch(ids, images, features, device);
  result.rows = tensor::rows_before_responses(result.batch.spans, spans).to(device);
  result.tokens = result.batch.ids.index_select(0, result.rows + 1);
  result.positions = tensor::to_tensor(positions, device);
  return result;
}

}  // namespace

std::vector<ResponseBatch> response_batches(const Responses& responses,
                                            const std::vector<int64_t>& chosen, int64_t budget,
                                            const FeatureStore& features, at::Device device) {
  std::vector<int64_t> lengths;
  for (const int64_t s : chosen) {
    lengths.push_back(std::ssize(responses.sequences[static_cast<size_t>(s)]));
  }
  std::vector<ResponseBatch> batches;
  for (const auto& micro : data::micro_batches(lengths, budget)) {
    std::vector<int64_t> part;
    for (const int64_t i : micro) part.push_back(chosen[static_cast<size_t>(i)]);
    batches.push_back(make_response_batch(responses, part, features, device));
  }
  return batches;
}

nn::TokenLogprobs response_logprobs(model::Llava& model, const ResponseBatch& batch,
                                    const std::string& adapter, double temperature) {
  const model::AdapterScope scope(model, adapter);
  return nn::token_logprobs(hidden(model, batch.batch).index_select(0, batch.rows),
                            model.head_weight(), batch.tokens, temperature);
}

at::Tensor response_values(model::Llava& model, const ResponseBatch& batch,
                           const std::string& adapter) {
  const model::AdapterScope scope(model, adapter);
  return model.score(adapter, hidden(model, batch.batch).index_select(0, batch.rows));
}

}  // namespace plumbline::engine
