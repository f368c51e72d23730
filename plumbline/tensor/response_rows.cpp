#include "plumbline/tensor/response_rows.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::tensor {

at::Tensor rows_before_responses(const Spans& sequences, const Spans& responses) {
  PLUMBLINE_CHECK(sequences.size() == responses.size(),
                  fmt::format("{} sequences, {} responses", sequences.size(), responses.size()));
  at::Tensor rows = at::empty({responses.total()}, at::kLong);
  auto* out = rows.data_ptr<int64_t>();
  for (int64_t s = 0; s < sequences.size(); ++s) {
    const int64_t length = responses.length(s);
    PLUMBLINE_CHECK(
        length < sequences.length(s),
        fmt::format("sequence {} has {} rows, its response {}", s, sequences.length(s), length));
    const int64_t first = sequences.end(s) - length - 1;
    for (int64_t t = 0; t < length; ++t) *out++ = first + t;
  }
  return rows;
}

}  // namespace plumbline::tensor
