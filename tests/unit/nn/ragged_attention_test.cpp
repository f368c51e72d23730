#include "plumbline/nn/ragged_attention.h"

#include "compare.h"
#include "plumbline/base/error.h"

namespace plumbline::nn {
namespace {

using tensor::Spans;

Function attention(const Spans& spans) {
  return [spans](const std::vector<at::Tensor>& in) {
    return ragged_attention(in[0], in[1], in[2], spans);
  };
}

Function composite(const Spans& spans) {
  return [spans](const std::vector<at::Tensor>& in) {
    return ragged_attention_composite(in[0], in[1], in[2], spans);
  };
}

std::vector<at::Tensor> inputs(const Spans& spans, int64_t heads, int64_t kv_heads, int64_t size) {
  return {random_tensor({spans.total(), heads, size}, "q"),
          random_tensor({spans.total(), kv_heads, size}, "k"),
          random_tensor({spans.total(), kv_heads, size}, "v")};
}

TEST(RaggedAttention, IsASoftmaxOverEarlierRows) {
  const Spans spans = Spans::from_lengths({3});
  const auto in = inputs(spans, 1, 1, 16);
  const at::Tensor out = ragged_attention(in[0], in[1], in[2], spans);
  const auto row = [](const at::Tensor& x, int64_t n) { return x[n][0]; };
  EXPECT_TRUE(is_close(row(out, 0), row(in[2], 0)));
  const at::Tensor scores =
      at::stack({row(in[0], 1).dot(row(in[1], 0)), row(in[0], 1).dot(row(in[1], 1))}) / 4;
  const at::Tensor p = scores.softmax(0);
  EXPECT_TRUE(is_close(row(out, 1), p[0] * row(in[2], 0) + p[1] * row(in[2], 1)));
}

TEST(RaggedAttention, FusedEqualsComposite) {
  // Lengths around the sizes of tiles and blocks, an empty sequence, more than two blocks.
  for (const auto& lengths : {std::vector<int64_t>{1, 2, 3, 4, 5, 0, 15, 16, 17},
                              std::vector<int64_t>{63, 64, 65, 150}}) {
    const Spans spans = Spans::from_lengths(lengths);
    expect_same(attention(spans), composite(spans), inputs(spans, 4, 4, 32));
    expect_same(attention(spans), composite(spans), inputs(spans, 4, 2, 64));
    expect_same(attention(spans), composite(spans), inputs(spans, 2, 1, 16));
  }
}

TEST(RaggedAttention, AWindowHidesOlderKeys) {
  const Spans spans = Spans::from_lengths({7, 3});
  const auto in = inputs(spans, 2, 1, 16);
  const at::Tensor out = ragged_attention(in[0], in[1], in[2], spans, 3);
  // The last row of the first sequence sees three keys, as if these were the whole sequence.
  const Spans three = Spans::from_lengths({3});
  const auto newest = [&](const at::Tensor& x) { return x.slice(0, 4, 7); };
  const at::Tensor alone = ragged_attention(newest(in[0]), newest(in[1]), newest(in[2]), three);
  EXPECT_TRUE(is_close(out[6], alone[2]));
  const at::Tensor open = ragged_attention(in[0], in[1], in[2], spans);
  EXPECT_TRUE(is_close(out.slice(0, 0, 3), open.slice(0, 0, 3)));
  EXPECT_TRUE(is_close(out.slice(0, 7), open.slice(0, 7)));
  EXPECT_FALSE(is_close(out.slice(0, 3, 7), open.slice(0, 3, 7)));
  EXPECT_TRUE(at::equal(ragged_attention(in[0], in[1], in[2], spans, 7), open));
}

// Two answers to each of two questions, and a sequence by itself; lengths around those of tiles.
TEST(RaggedAttention, ASharedPrefixIsSeenAsIfItStoodBeforeEach) {
  for (const auto& lengths : {std::vector<int64_t>{5, 3, 1, 70, 18, 66, 4},
                              std::vector<int64_t>{16, 64, 65, 1, 1, 2, 33}}) {
    const Spans spans = Spans::from_lengths(lengths);
    const tensor::Prefixes prefixes = {-1, 0, 0, -1, 3, 3, -1};
    const auto rows = tensor::rows_with_prefixes(spans, prefixes);
    const at::Tensor index = at::tensor(rows.rows);
    // Where the last rows of every whole sequence lie among these rows.
    std::vector<int64_t> own;
    for (int64_t s = 0; s < spans.size(); ++s) {
      for (int64_t i = spans.length(s); i > 0; --i) own.push_back(rows.spans.end(s) - i);
    }
    for (const int64_t window : {0, 7}) {
      const Function apart = [&](const std::vector<at::Tensor>& in) {
        return ragged_attention(in[0].index_select(0, index), in[1].index_select(0, index),
                                in[2].index_select(0, index), rows.spans, window)
            .index_select(0, at::tensor(own));
      };
      const Function shared = [&](const std::vector<at::Tensor>& in) {
        return ragged_attention(in[0], in[1], in[2], spans, window, prefixes);
      };
      const Function slow = [&](const std::vector<at::Tensor>& in) {
        return ragged_attention_composite(in[0], in[1], in[2], spans, window, prefixes);
      };
      expect_same(shared, apart, inputs(spans, 4, 2, 32));
      expect_same(slow, apart, inputs(spans, 4, 2, 32));
    }
    const auto in = inputs(spans, 2, 2, 16);
    EXPECT_FALSE(is_close(ragged_attention(in[0], in[1], in[2], spans, 0, prefixes),
                          ragged_attention(in[0], in[1], in[2], spans)));
  }
}

TEST(RaggedAttention, TakesStridedRowsOfOneProjection) {
  const Spans spans = Spans::from_lengths({20, 9});
  const auto part = [](const at::Tensor& x, int64_t i) {
    return x.narrow(1, i * 64, 64).view({x.size(0), 2, 32});
  };
  const auto on = [&](auto function) {
    return [=, &part](const std::vector<at::Tensor>& in) {
      return function(part(in[0], 0), part(in[0], 1), part(in[0], 2), spans, /*window=*/0, {});
    };
  };
  expect_same(on(ragged_attention), on(ragged_attention_composite),
              {random_tensor({29, 192}, "x")});
}

TEST(RaggedAttention, NothingCrossesABoundary) {
  const Spans spans = Spans::from_lengths({30, 41});
  auto in = inputs(spans, 2, 2, 32);
  const at::Tensor before = ragged_attention(in[0], in[1], in[2], spans);
  in[1].narrow(0, 0, 30).zero_();
  in[2].narrow(0, 0, 30).zero_();
  const at::Tensor after = ragged_attention(in[0], in[1], in[2], spans);
  EXPECT_TRUE(at::equal(before.narrow(0, 30, 41), after.narrow(0, 30, 41)));
  EXPECT_FALSE(is_close(before.narrow(0, 0, 30), after.narrow(0, 0, 30)));
}

TEST(RaggedAttention, LargeScoresStayFinite) {
  const Spans spans = Spans::from_lengths({40});
  auto in = inputs(spans, 1, 1, 32);
  in[0].mul_(100);
  expect_same(attention(spans), composite(spans), in, 1e-3);
}

TEST(RaggedAttention, OtherWidthsAndDtypes) {
  const Spans spans = Spans::from_lengths({5, 12});
  expect_same(attention(spans), composite(spans), inputs(spans, 2, 2, 8));
  auto in = inputs(spans, 2, 1, 32);
  const at::Tensor wide = ragged_attention(in[0], in[1], in[2], spans);
  for (at::Tensor& x : in) x = x.to(at::kBFloat16);
  const at::Tensor narrow = ragged_attention(in[0], in[1], in[2], spans);
  EXPECT_EQ(narrow.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(is_close(narrow, wide, kBfloat16Tolerance));
}

TEST(RaggedAttention, RefusesRowsThatDoNotFit) {
  const auto in = inputs(Spans::from_lengths({5}), 2, 2, 32);
  EXPECT_THROW(ragged_attention(in[0], in[1], in[2], Spans::from_lengths({4})), InternalError);
  EXPECT_EQ(
      ragged_attention(in[0].narrow(0, 0, 0), in[1].narrow(0, 0, 0), in[2].narrow(0, 0, 0), Spans())
          .size(0),
      0);
}

}  // namespace
}  // namespace plumbline::nn
