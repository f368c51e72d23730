#include "plumbline/checkpoint/tensors.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"
#include "tiny_model.h"

namespace plumbline::checkpoint {
namespace {

using support::error_text;
using support::Scratch;
using testing::HasSubstr;
using testing::Not;

class Tensors : public Scratch {};

at::Tensor counting(at::IntArrayRef shape, at::ScalarType type = at::kFloat) {
  int64_t count = 1;
  for (const int64_t n : shape) count *= n;
  return at::arange(count, at::kFloat).reshape(shape).to(type);
}

TEST_F(Tensors, EveryTypeComesBackBitForBit) {
  nn::Parameters saved;
  for (const auto type : {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong, at::kInt,
                          at::kShort, at::kChar, at::kByte, at::kBool}) {
    saved[toString(type)] = counting({2, 3}, type);
  }
  saved["odd values"] = at::tensor({-0.0f, INFINITY, 1e-42f});
  saved["scalar"] = at::scalar_tensor(2.5);
  saved["empty"] = at::empty({0, 4});
  save_tensors(path("t"), saved);
  EXPECT_TRUE(same(load_tensors(path("t")), saved));
  EXPECT_TRUE(std::signbit(load_tensors(path("t"))["odd values"][0].item<float>()));
}

TEST_F(Tensors, StridedAndTrainedTensorsAreSavedByValue) {
  const at::Tensor base = counting({4, 6});
  const at::Tensor view = base.t().slice(0, 1, 5, 2);
  save_tensors(path("t"), {{"view", view}, {"leaf", counting({2}).requires_grad_()}});
  const auto back = load_tensors(path("t"));
  EXPECT_TRUE(at::equal(back.at("view"), view));
  EXPECT_FALSE(back.at("leaf").requires_grad());
}

TEST_F(Tensors, LoadedTensorsOwnTheirMemory) {
  save_tensors(path("t"), {{"a", counting({3})}});
  at::Tensor a = load_tensors(path("t"))["a"];
  a.add_(1);
  EXPECT_TRUE(at::equal(load_tensors(path("t"))["a"], counting({3})));
}

TEST_F(Tensors, UnsupportedTypesAreNamed) {
  EXPECT_THAT(error_text<InternalError>([&] {
                save_tensors(path("t"), {{"z", at::zeros({1}, at::kComplexFloat)}});
              }),
              HasSubstr("'z'"));
}

TEST_F(Tensors, RestoreWritesIntoTheSameStorage) {
  save_tensors(path("t"), {{"w", counting({2, 2})}, {"b", counting({2}, at::kHalf)}});
  at::Tensor w = at::zeros({2, 2}).requires_grad_();
  const at::Tensor b = at::zeros({2}, at::kBFloat16);
  restore({{"w", w}, {"b", b}}, path("t"));
  EXPECT_TRUE(at::equal(w.detach(), counting({2, 2})));
  EXPECT_TRUE(w.requires_grad() && w.is_leaf());
  EXPECT_TRUE(at::equal(b, counting({2}, at::kBFloat16)));
}

TEST_F(Tensors, RestoreListsAllThatDiffersAndChangesNothing) {
  save_tensors(path("t"), {{"fits", counting({2})},
                           {"longer", counting({3, 2})},
                           {"quantised", counting({2}, at::kChar)},
                           {"stranger", counting({1})}});
  const nn::Parameters into = {{"fits", at::zeros({2})},
                               {"longer", at::zeros({2, 2})},
                               {"quantised", at::zeros({2})},
                               {"absent", at::zeros({1})}};
  const std::string text = error_text<CheckpointError>([&] { restore(into, path("t")); });
  EXPECT_THAT(text, HasSubstr(path("t")));
  EXPECT_THAT(text, HasSubstr("missing absent"));
  EXPECT_THAT(text, HasSubstr("unexpected stranger"));
  EXPECT_THAT(text, HasSubstr("'longer' expected [2, 2], got [3, 2]"));
  EXPECT_THAT(text, HasSubstr("'quantised' expected Float, got I8"));
  EXPECT_THAT(text, Not(HasSubstr("fits")));
  EXPECT_TRUE(at::equal(into.at("fits"), at::zeros({2})));
}

TEST_F(Tensors, LongListsAreCut) {
  nn::Parameters many;
  for (int i = 0; i < 25; ++i) many["x" + std::to_string(100 + i)] = at::zeros({1});
  save_tensors(path("t"), {});
  const std::string text = error_text<CheckpointError>([&] { restore(many, path("t")); });
  EXPECT_THAT(text, HasSubstr("x109 and 15 more"));
  EXPECT_THAT(text, Not(HasSubstr("x110")));
}

TEST_F(Tensors, AFullDiskKeepsTheOldFile) {
  save_tensors(path("t"), {{"a", counting({3})}});
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit former{};
  ::getrlimit(RLIMIT_FSIZE, &former);
  const rlimit limit{1 << 16, former.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_THROW(save_tensors(path("t"), {{"a", counting({1 << 16})}}), IoError);
  ::setrlimit(RLIMIT_FSIZE, &former);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(at::equal(load_tensors(path("t"))["a"], counting({3})));
}

}  // namespace
}  // namespace plumbline::checkpoint
