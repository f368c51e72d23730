#include "plumbline/train/gradients.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace plumbline::train {
namespace {

// Plays process 0 of two, whose partner adds fixed values to every sum.
class Pair : public parallel::Communicator {
 public:
  explicit Pair(double partner) : partner_(partner) {}
  int64_t rank() const override { return 0; }
  int64_t size() const override { return 2; }
  void sum(at::Tensor& values) override { values.add_(partner_); }
  void broadcast(at::Tensor&) override {}
  void barrier() override {}

 private:
  double partner_;
};

nn::Parameters three() {
  nn::Parameters parameters;
  for (const char* name : {"a", "b", "c"}) {
    parameters[name] = at::zeros({2, 2}).requires_grad_(true);
  }
  return parameters;
}

TEST(SumGradients, AddsUpInTheOrderOfTheNames) {
  auto parameters = three();
  parameters["a"].mutable_grad() = at::full({2, 2}, 1.0F);
  parameters["c"].mutable_grad() = at::arange(4).to(at::kFloat).view({2, 2});
  Pair both(10);
  // Ten processes more have gradients of everything, also of "b".
  EXPECT_EQ(sum_gradients(parameters, both, {0.5, 2}), (std::vector<double>{10.5, 12}));
  EXPECT_TRUE(parameters["a"].grad().equal(at::full({2, 2}, 11.0F)));
  EXPECT_TRUE(parameters["b"].grad().equal(at::full({2, 2}, 10.0F)));
  EXPECT_TRUE(parameters["c"].grad().equal(at::arange(4).to(at::kFloat).view({2, 2}) + 10));
}

TEST(SumGradients, WhatNobodyHasStaysWithout) {
  auto parameters = three();
  parameters["b"].mutable_grad() = at::full({2, 2}, 1.0F);
  Pair both(0);
  sum_gradients(parameters, both, {});
  EXPECT_FALSE(parameters["a"].grad().defined());
  EXPECT_TRUE(parameters["b"].grad().equal(at::full({2, 2}, 1.0F)));
}

TEST(SumGradients, OneProcessChangesNothing) {
  auto parameters = three();
  parameters["b"].mutable_grad() = at::full({2, 2}, 1.0F);
  const at::Tensor before = parameters["b"].grad();
  const auto alone = parallel::make_local();
  EXPECT_EQ(sum_gradients(parameters, *alone, {3}), std::vector<double>{3});
  EXPECT_TRUE(parameters["b"].grad().is_same(before));
}

}  // namespace
}  // namespace plumbline::train
