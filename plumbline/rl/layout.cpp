#include "plumbline/rl/layout.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"

namespace plumbline::rl {

at::Tensor Layout::of_tokens(const at::Tensor& per_token) const {
  PLUMBLINE_CHECK(per_token.size(0) == num_tokens,
                  fmt::format("{} numbers, {} tokens", per_token.size(0), num_tokens));
  const at::Tensor with_padding = at::cat({per_token, per_token.new_zeros({1})});
  return with_padding.index_select(0, tokens.to(per_token.device()));
}

at::Tensor Layout::of_values(const at::Tensor& per_value_row) const {
  PLUMBLINE_CHECK(per_value_row.size(0) == value_rows.total(),
                  fmt::format("{} values, {} rows", per_value_row.size(0), value_rows.total()));
  return per_value_row.index_select(0, values.to(per_value_row.device()));
}

Layout answer_layout(const tensor::Spans& responses) {
  const at::Tensor each = at::arange(responses.total(), at::kLong);
  return {.answers = responses,
          .value_rows = responses,
          .tokens = each,
          .values = each,
          .num_tokens = responses.total()};
}

Layout padded_layout(const tensor::Spans& responses, int64_t length) {
  const int64_t size = responses.size(), padding = responses.total();
  Layout layout;
  layout.num_tokens = padding;
  layout.tokens = at::full({size * length}, padding, at::kLong);
  layout.values = at::empty({size * length}, at::kLong);
  auto* token = layout.tokens.data_ptr<int64_t>();
  auto* value = layout.values.data_ptr<int64_t>();
  for (int64_t s = 0; s < size; ++s) {
    const int64_t own = responses.length(s);
    PLUMBLINE_CHECK(own <= length, fmt::format("an answer of {} tokens, {} allowed", own, length));
    const int64_t first = layout.value_rows.total();
    layout.answers.append(length);
    layout.value_rows.append(std::min(own + 1, length));
    for (int64_t t = 0; t < length; ++t) {
      if (t < own) token[s * length + t] = responses.begin(s) + t;
      value[s * length + t] = first + std::min(t, own);
    }
  }
  return layout;
}

}  // namespace plumbline::rl
