#include "plumbline/nn/rotary_angles.h"

#include "compare.h"

namespace plumbline::nn {
namespace {

using tensor::Spans;

config::LlamaConfig config_of(config::RopeKind kind) {
  config::LlamaConfig config{.head_dim = 8, .max_positions = 20};
  config.rope_scaling = {.kind = kind, .factor = 3};
  return config;
}

// Cosines of the batch's rows.
at::Tensor cosines(const BatchAngles& angles) {
  return angles.table.cos_PK2.index_select(0, angles.rows);
}

TEST(RotaryAngles, AreThoseOfEachRowsPosition) {
  RotaryAngles angles(config_of(config::RopeKind::Default), at::kCPU);
  const RotaryTable table = rotary_table(64, 8, 10000, at::kCPU);
  const at::Tensor early = cosines(angles.of(Spans::from_lengths({3, 2}), {}));
  EXPECT_TRUE(
      at::equal(early, table.cos_PK2.index_select(0, at::tensor({0, 1, 2, 0, 1}, at::kLong))));
  // The table grows, and what it held keeps its bits.
  const at::Tensor late = cosines(angles.of(Spans::from_lengths({1, 2}), {50, 1}));
  EXPECT_TRUE(at::equal(late, table.cos_PK2.index_select(0, at::tensor({50, 1, 2}, at::kLong))));
}

TEST(RotaryAngles, DynamicScalingGoesByEachSequence) {
  const config::LlamaConfig config = config_of(config::RopeKind::Dynamic);
  RotaryAngles angles(config, at::kCPU);
  const at::Tensor both = cosines(angles.of(Spans::from_lengths({2, 40}), {}));
  const at::Tensor alone = cosines(angles.of(Spans::from_lengths({40}), {}));
  EXPECT_TRUE(at::equal(both.slice(0, 2), alone));
  EXPECT_TRUE(at::equal(both.slice(0, 0, 2), rotary_table(2, 8, 10000, at::kCPU).cos_PK2));
  EXPECT_FALSE(at::equal(alone, rotary_table(40, 8, 10000, at::kCPU).cos_PK2));
  // One more row of a cached sequence counts the rows before it.
  const at::Tensor next = cosines(angles.of(Spans::from_lengths({1}), {39}));
  EXPECT_TRUE(at::equal(next, alone.slice(0, 39)));
}

}  // namespace
}  // namespace plumbline::nn
