#include "plumbline/nn/kernels.h"

#include "compare.h"

namespace plumbline::nn::kernels {
namespace {

// What every attention loop computes, for each set of loops.
std::vector<std::vector<at::Tensor>> for_all_sets(
    const std::function<std::vector<at::Tensor>(const Loops&)>& run) {
  std::vector<std::vector<at::Tensor>> results;
  for (int i = 0; i < num_loops(); ++i) results.push_back(run(loops(i)));
  return results;
}

void expect_all_equal(const std::vector<std::vector<at::Tensor>>& results) {
  for (const auto& result : results) {
    for (size_t i = 0; i < result.size(); ++i) {
      EXPECT_TRUE(is_close(result[i], results[0][i])) << "output " << i;
    }
  }
}

float* data(at::Tensor& x) { return x.data_ptr<float>(); }

TEST(Kernels, AttentionIsTheSameInEverySet) {
  constexpr int64_t kRows = 77, kSize = 32;
  std::vector<at::Tensor> in;
  for (const char* name : {"q", "k", "v", "dout"}) {
    in.push_back(random_tensor({kRows, kSize}, name));
  }
  expect_all_equal(for_all_sets([&](const Loops& set) {
    at::Tensor out = at::zeros({kRows, kSize}), lse = at::zeros(kRows);
    at::Tensor dq = at::zeros_like(out), dk = at::zeros_like(out), dv = at::zeros_like(out);
    at::Tensor last = at::zeros(kSize);
    at::Tensor scratch = at::full({attention_scratch(kRows, kSize)}, NAN);
    const AttentionHead head{.q = data(in[0]),
                             .k = data(in[1]),
                             .v = data(in[2]),
                             .q_stride = kSize,
                             .k_stride = kSize,
                             .v_stride = kSize,
                             .num_queries = kRows,
                             .num_past = 0,
                             .head_dim = kSize};
    set.attention_forward(head, data(out), kSize, data(lse), 1, data(scratch));
    set.attention_backward(head,
                           {.out = data(out),
                            .dout = data(in[3]),
                            .out_stride = kSize,
                            .logsumexp = data(lse),
                            .lse_stride = 1,
                            .dq = data(dq),
                            .dq_stride = kSize,
                            .dk = data(dk),
                            .dv = data(dv),
                            .dkv_stride = kSize},
                           data(scratch));
    set.attention_one_query(data(in[0]) + (kRows - 1) * kSize, data(in[1]), data(in[2]), kRows,
                            kSize, data(last), data(scratch));
    EXPECT_TRUE(is_close(last, out[kRows - 1]));
    return std::vector<at::Tensor>{out, lse, dq, dk, dv};
  }));
}

TEST(Kernels, RowLoopsAreTheSameInEverySet) {
  constexpr int64_t kRows = 5, kSize = 21;
  at::Tensor x = random_tensor({kRows, kSize}, "x"), y = random_tensor({kRows, kSize}, "y");
  at::Tensor weight = random_tensor({kSize}, "w");
  expect_all_equal(for_all_sets([&](const Loops& set) {
    at::Tensor norm = at::zeros_like(x), scale = at::zeros(kRows), dx = at::zeros_like(x);
    at::Tensor dweight = at::zeros(kSize), gated = at::zeros_like(x);
    at::Tensor dgate = at::zeros_like(x), dup = at::zeros_like(x);
    set.rms_norm_forward(data(x), data(weight), 1e-5, kRows, kSize, data(norm), data(scale));
    set.rms_norm_backward(data(y), data(x), data(weight), data(scale), kRows, kSize, data(dx),
                          data(dweight));
    set.swiglu_forward(data(x), kSize, data(y), kSize, kRows, kSize, data(gated));
    set.swiglu_backward(data(y), data(x), kSize, data(y), kSize, kRows, kSize, data(dgate),
                        data(dup), kSize);
    return std::vector<at::Tensor>{norm, dx, dweight, gated, dgate, dup};
  }));
}

TEST(Kernels, GrainMakesSmallWorkSerial) {
  EXPECT_GT(grain(10), 1000);
  EXPECT_EQ(grain(1 << 20), 1);
}

}  // namespace
}  // namespace plumbline::nn::kernels
