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
  ResponseBatch result;
  result.chosen = chosen;
  for (const int64_t s : chosen) {
    ids.push_back(&all.sequences[static_cast<size_t>(s)]);
    images.push_back(all.images[static_cast<size_t>(s)]);
    result.spans.append(all.spans.length(s));
  }
  result.batch = make_batch(ids, images, features, device);
  result.rows = tensor::rows_before_responses(result.batch.spans, result.spans).to(device);
  result.tokens = result.batch.ids.index_select(0, result.rows + 1);
  return result;
}

}  // namespace

at::Tensor places_of(const std::vector<int64_t>& chosen, const tensor::Spans& spans) {
  std::vector<int64_t> places;
  for (const int64_t s : chosen) {
    for (int64_t r = spans.begin(s); r < spans.end(s); ++r) places.push_back(r);
  }
  return tensor::to_tensor(places, at::kCPU);
}

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
                           const std::string& adapter, const tensor::Spans& values) {
  const model::AdapterScope scope(model, adapter);
  const at::Tensor rows = tensor::rows_of_values(batch.batch.spans, batch.spans, values);
  return model.score(adapter,
                     hidden(model, batch.batch).index_select(0, rows.to(batch.rows.device())));
}

}  // namespace plumbline::engine
