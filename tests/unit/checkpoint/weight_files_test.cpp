#include "plumbline/checkpoint/weight_files.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <optional>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/tensors.h"
#include "tests/support/scratch.h"

namespace plumbline::checkpoint {
namespace {

using support::error_text;
using support::Scratch;
using testing::HasSubstr;

class WeightFiles : public Scratch {};

TEST_F(WeightFiles, ACopyKeepsTheArrays) {
  save_tensors(path("a.safetensors"), {{"x", at::full({3}, 7.0F)}});
  std::optional<WeightFile> first = WeightFile::open(folder_ / "a.safetensors");
  const WeightFile copy = *first;
  first.reset();
  EXPECT_EQ(copy.path(), path("a.safetensors"));
  EXPECT_EQ(copy.arrays().at("x").size, 12U);
  EXPECT_EQ(reinterpret_cast<const float*>(copy.arrays().at("x").data)[2], 7.0F);
}

TEST_F(WeightFiles, OtherKindsAreNamed) {
  EXPECT_THAT(error_text<IoError>([&] { WeightFile::open(folder_ / "weights.gguf"); }),
              HasSubstr("weights.gguf"));
}

TEST_F(WeightFiles, TheFirstKindThatIsThereIsOpened) {
  EXPECT_TRUE(open_if_present(folder_, "mm_projector").empty());
  save_tensors(path("mm_projector.safetensors"), {{"x", at::zeros({1})}});
  EXPECT_EQ(open_if_present(folder_, "mm_projector").size(), 1U);
  EXPECT_THAT(error_text<IoError>([&] { open_weights(folder_); }), HasSubstr("pytorch_model.bin"));
  save_tensors(path("model.safetensors"), {{"y", at::zeros({1})}});
  EXPECT_TRUE(open_weights(folder_).at(0).arrays().contains("y"));
}

}  // namespace
}  // namespace plumbline::checkpoint
