#include "compare.h"
#include "plumbline/base/error.h"
#include "plumbline/nn/kv_cache.h"
#include "plumbline/nn/ragged_attention.h"

namespace plumbline::nn {
namespace {

using tensor::Spans;

struct Rows {
  at::Tensor q, k, v;
};

Rows random_rows(int64_t n, int64_t heads, int64_t kv_heads, int64_t size, at::ScalarType dtype) {
  return {random_tensor({n, heads, size}, "q").to(dtype),
          random_tensor({n, kv_heads, size}, "k").to(dtype),
          random_tensor({n, kv_heads, size}, "v").to(dtype)};
}

// Feeds one sequence in pieces and compares with attention over the whole.
void expect_pieces_equal_whole(const std::vector<int64_t>& pieces, int64_t heads, int64_t kv_heads,
                               int64_t size, at::ScalarType dtype, double tolerance,
                               int64_t window = 0) {
  const Spans whole = Spans::from_lengths(pieces);
  const int64_t n = whole.total();
  const Rows rows = random_rows(n, heads, kv_heads, size, dtype);
  const at::Tensor expected =
      ragged_attention(rows.q, rows.k, rows.v, Spans::from_lengths({n}), window);
  KvCache cache(1, kv_heads, size, 2, n, dtype, at::kCPU);
  // Whatever is read beyond the rows held would show.
  at::Tensor(cache.keys(0)).fill_(NAN);
  at::Tensor(cache.values(0)).fill_(NAN);
  std::vector<at::Tensor> got;
  for (int64_t s = 0; s < whole.size(); ++s) {
    const Spans spans = Spans::from_lengths({whole.length(s)});
    const auto part = [&](const at::Tensor& x) {
      return x.narrow(0, whole.begin(s), whole.length(s));
    };
    cache.append(0, part(rows.k), part(rows.v), spans, {1});
    got.push_back(cached_attention(part(rows.q), cache, 0, spans, {1}, window));
    cache.advance(spans, {1});
  }
  EXPECT_TRUE(is_close(at::cat(got), expected, tolerance));
}

TEST(CachedAttention, PiecesEqualTheWhole) {
  for (const auto& pieces : {std::vector<int64_t>{1, 1, 1, 1}, std::vector<int64_t>{17, 1, 1},
                             std::vector<int64_t>{40, 6, 1, 25}}) {
    expect_pieces_equal_whole(pieces, 4, 4, 32, at::kFloat, kFloatTolerance);
    expect_pieces_equal_whole(pieces, 4, 2, 64, at::kFloat, kFloatTolerance);
    expect_pieces_equal_whole(pieces, 4, 2, 8, at::kFloat, kFloatTolerance);
    expect_pieces_equal_whole(pieces, 4, 2, 32, at::kBFloat16, kBfloat16Tolerance);
    expect_pieces_equal_whole(pieces, 4, 2, 96, at::kBFloat16, kBfloat16Tolerance);
    expect_pieces_equal_whole(pieces, 4, 2, 96, at::kFloat, kFloatTolerance);
  }
}

TEST(CachedAttention, PiecesEqualTheWholeWithinAWindow) {
  for (const auto& pieces : {std::vector<int64_t>{1, 1, 1, 1, 1, 1, 1}, {17, 1, 1}, {4, 1, 6, 1}}) {
    expect_pieces_equal_whole(pieces, 4, 2, 32, at::kFloat, kFloatTolerance, 5);
    expect_pieces_equal_whole(pieces, 4, 2, 8, at::kFloat, kFloatTolerance, 5);
    expect_pieces_equal_whole(pieces, 4, 2, 32, at::kBFloat16, kBfloat16Tolerance, 5);
    expect_pieces_equal_whole(pieces, 4, 2, 80, at::kBFloat16, kBfloat16Tolerance, 5);
  }
}

TEST(CachedAttention, SlotsInAnyOrder) {
  const Spans prompt = Spans::from_lengths({9, 3});
  const Rows rows = random_rows(12, 2, 2, 32, at::kFloat);
  KvCache cache(1, 2, 32, 3, 12, at::kFloat, at::kCPU);
  cache.append(0, rows.k, rows.v, prompt, {2, 0});
  const at::Tensor expected = ragged_attention(rows.q, rows.k, rows.v, prompt);
  EXPECT_TRUE(is_close(cached_attention(rows.q, cache, 0, prompt, {2, 0}), expected));
  cache.advance(prompt, {2, 0});
  cache.truncate(2, 8);  // ask again for the last row of the first sequence, mixed with a fresh one
  const Spans next = Spans::from_lengths({1, 1});
  const auto two = [](const at::Tensor& x) { return at::stack({x[0], x[8]}); };
  cache.append(0, two(rows.k), two(rows.v), next, {1, 2});
  const at::Tensor got = cached_attention(two(rows.q), cache, 0, next, {1, 2});
  EXPECT_TRUE(is_close(got[0], rows.v[0]));
  EXPECT_TRUE(is_close(got[1], expected[8]));
}

TEST(CachedAttention, RefusesRowsThatDoNotFit) {
  KvCache cache(1, 2, 32, 1, 4, at::kFloat, at::kCPU);
  const at::Tensor q = random_tensor({5, 2, 32}, "q");
  EXPECT_THROW(cached_attention(q, cache, 0, Spans::from_lengths({5}), {0}), InternalError);
  EXPECT_THROW(cached_attention(q, cache, 0, Spans::from_lengths({4}), {0}), InternalError);
}

}  // namespace
}  // namespace plumbline::nn
