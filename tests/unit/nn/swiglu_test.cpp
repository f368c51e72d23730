#include "plumbline/nn/swiglu.h"

#include "compare.h"
#include "plumbline/base/error.h"

namespace plumbline::nn {
namespace {

at::Tensor fused(const std::vector<at::Tensor>& in) { return swiglu(in[0], in[1]); }
at::Tensor composite(const std::vector<at::Tensor>& in) { return swiglu_composite(in[0], in[1]); }

TEST(Swiglu, FusedEqualsComposite) {
  for (const int64_t width : {384, 13}) {
    expect_same(fused, composite,
                {random_tensor({70, width}, "gate"), random_tensor({70, width}, "up")});
  }
}

TEST(Swiglu, TakesViewsOfOneTensor) {
  const Function tested = [](const std::vector<at::Tensor>& in) {
    return swiglu(in[0].narrow(1, 0, 24), in[0].narrow(1, 24, 24));
  };
  const Function reference = [](const std::vector<at::Tensor>& in) {
    return swiglu_composite(in[0].narrow(1, 0, 24), in[0].narrow(1, 24, 24));
  };
  expect_same(tested, reference, {random_tensor({9, 48}, "joined")});
}

TEST(Swiglu, Bfloat16TrainsAsFp32Does) {
  expect_same_in_halves(fused, composite,
                        {random_tensor({70, 48}, "gate"), random_tensor({70, 48}, "up")});
  expect_same_in_halves(
      [](const std::vector<at::Tensor>& in) {
        return swiglu(in[0].narrow(1, 0, 32), in[0].narrow(1, 32, 32));
      },
      [](const std::vector<at::Tensor>& in) {
        return swiglu_composite(in[0].narrow(1, 0, 32), in[0].narrow(1, 32, 32));
      },
      {random_tensor({9, 64}, "joined")});
}

TEST(Swiglu, ExtremeGatesStayFinite) {
  const at::Tensor gate =
      at::tensor({-1e4F, -90.0F, -20.0F, 0.0F, 20.0F, 90.0F, 1e4F, 1.0F}).unsqueeze(0);
  const at::Tensor up = at::full_like(gate, 2);
  EXPECT_TRUE(is_close(swiglu(gate, up), swiglu_composite(gate, up)));
  EXPECT_TRUE(at::isnan(swiglu(at::full_like(gate, NAN), up)).all().item<bool>());
}

TEST(Swiglu, RefusesOtherShapes) {
  EXPECT_THROW(swiglu(at::ones({2, 4}), at::ones({2, 5})), InternalError);
}

}  // namespace
}  // namespace plumbline::nn
