#include "plumbline/tensor/response_rows.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::tensor {

at::Tensor rows_before_responses(const Spans& sequences, const Spans& responses) {
  return rows_of_values(sequences, responses, responses);
}

at::Tensor rows_of_values(const Spans& sequences, const Spans& responses, const Spans& values) {
  PLUMBLINE_CHECK(sequences.size() == responses.size() && sequences.size() == values.size(),
                  fmt::format("{} sequences, {} responses, values of {}", sequences.size(),
                              responses.size(), values.size()));
  at::Tensor rows = at::empty({values.total()}, at::kLong);
  auto* out = rows.data_ptr<int64_t>();
  for (int64_t s = 0; s < sequences.size(); ++s) {
    const int64_t length = responses.length(s);
    PLUMBLINE_CHECK(
        length < sequences.length(s),
        fmt::format("sequence {} has {} rows, its response {}", s, sequences.length(s), length));
    const int64_t first = sequences.end(s) - length - 1, count = values.length(s);
    PLUMBLINE_CHECK(count == length || count == length + 1,
                    fmt::format("{} values for a response of {} tokens", count, length));
    for (int64_t t = 0; t < count; ++t) *out++ = first + t;
  }
  return rows;
}

}  // namespace plumbline::tensor
