#include "plumbline/nn/kv_cache.h"

#include "compare.h"
#include "plumbline/base/error.h"

namespace plumbline::nn {
namespace {

using tensor::Spans;

KvCache small_cache() { return {1, 2, 4, 3, 5, at::kFloat, at::kCPU}; }

TEST(KvCache, AppendsBehindWhatEachSlotHolds) {
  KvCache cache = small_cache();
  EXPECT_TRUE(cache.is_empty());
  const Spans spans = Spans::from_lengths({2, 1});
  const at::Tensor k = random_tensor({3, 2, 4}, "k"), v = random_tensor({3, 2, 4}, "v");
  cache.append(0, k, v, spans, {2, 0});
  EXPECT_EQ(cache.length(2), 0) << "rows count only when advanced";
  cache.advance(spans, {2, 0});
  EXPECT_EQ(cache.length(2), 2);
  EXPECT_EQ(cache.length(0), 1);
  EXPECT_EQ(cache.length(1), 0);
  const at::Tensor more = random_tensor({1, 2, 4}, "more");
  cache.append(0, more, more, Spans::from_lengths({1}), {2});
  EXPECT_TRUE(at::equal(cache.keys(0)[2].narrow(1, 0, 2).transpose(0, 1), k.narrow(0, 0, 2)));
  EXPECT_TRUE(at::equal(cache.values(0)[0].select(1, 0), v[2]));
  EXPECT_TRUE(at::equal(cache.keys(0)[2].select(1, 2), more[0]));
}

TEST(KvCache, CopiesAndForgets) {
  KvCache cache = small_cache();
  const Spans spans = Spans::from_lengths({3});
  const at::Tensor k = random_tensor({3, 2, 4}, "k");
  cache.append(0, k, k, spans, {0});
  cache.advance(spans, {0});
  cache.copy_prefix(0, 1);
  EXPECT_EQ(cache.length(1), 3);
  EXPECT_TRUE(at::equal(cache.keys(0)[1].narrow(1, 0, 3), k.transpose(0, 1)));
  cache.truncate(1, 2);
  EXPECT_EQ(cache.length(1), 2);
  EXPECT_THROW(cache.truncate(1, 3), InternalError);
  cache.reset(0);
  EXPECT_EQ(cache.length(0), 0);
  EXPECT_FALSE(cache.is_empty());
}

TEST(KvCache, RefusesRowsBeyondItsCapacity) {
  KvCache cache = small_cache();
  const at::Tensor k = random_tensor({6, 2, 4}, "k");
  EXPECT_THROW(cache.append(0, k, k, Spans::from_lengths({6}), {0}), InternalError);
  EXPECT_THROW(cache.append(0, k, k, Spans::from_lengths({6}), {3}), InternalError);
  EXPECT_THROW(cache.append(0, k, k, Spans::from_lengths({5}), {0}), InternalError);
  EXPECT_THROW(cache.length(-1), InternalError);
}

TEST(KvCache, KnowsItsBytes) {
  EXPECT_EQ(KvCache::bytes(1, 2, 4, 3, 5, at::kFloat), 2 * 2 * 4 * 3 * 5 * 4);
  EXPECT_EQ(KvCache::bytes(2, 2, 4, 3, 5, at::kBFloat16), 2 * 2 * 2 * 4 * 3 * 5 * 2);
}

}  // namespace
}  // namespace plumbline::nn
