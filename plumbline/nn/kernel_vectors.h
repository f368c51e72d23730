// Vectors of eight floats and what the loops do with them. Included once by each file of loops,
// within that file's set: every set compiles its own. Internal to nn.
#pragma once

#include <bit>
#include <cstdint>

#ifndef PLUMBLINE_LOOPS
#define PLUMBLINE_LOOPS plain
#endif
#define PLUMBLINE_INLINE __attribute__((always_inline)) inline

namespace plumbline::nn::kernels::PLUMBLINE_LOOPS {
namespace {

using Vec = float __attribute__((vector_size(32)));
using IntVec = int32_t __attribute__((vector_size(32)));
using Bits = uint32_t __attribute__((vector_size(32)));
using MemoryVec = float __attribute__((vector_size(32), aligned(4), may_alias));
constexpr int64_t kLanes = 8;

PLUMBLINE_INLINE Vec load(const float* p) { return *reinterpret_cast<const MemoryVec*>(p); }
PLUMBLINE_INLINE void store(float* p, const Vec& x) { *reinterpret_cast<MemoryVec*>(p) = x; }
PLUMBLINE_INLINE Vec splat(float x) { return Vec{x, x, x, x, x, x, x, x}; }
PLUMBLINE_INLINE float sum(const Vec& x) {
  return ((x[0] + x[4]) + (x[1] + x[5])) + ((x[2] + x[6]) + (x[3] + x[7]));
}

// e^x within 5e-6 relative for x in [-87, 88] (6e-7 in [-10, 0], where softmax needs it); clamps
// outside, keeps NaN. x = n ln 2 + r with |r| <= ln 2 / 2: a Taylor polynomial of e^r times 2^n.
PLUMBLINE_INLINE Vec exp(Vec x) {
  x = x < splat(-87.0F) ? splat(-87.0F) : x;
  x = x > splat(88.0F) ? splat(88.0F) : x;
  // + 128.5 makes the truncation a rounding to nearest. A NaN's whole number may be any.
  const IntVec biased = __builtin_convertvector(x * splat(1.44269504F) + splat(128.5F), IntVec);
  const Vec n = __builtin_convertvector(biased, Vec) - splat(128.0F);
  const Vec r = x - n * splat(0.693147181F);
  Vec p = splat(1.0F / 5040);
  p = p * r + splat(1.0F / 720);
  p = p * r + splat(1.0F / 120);
  p = p * r + splat(1.0F / 24);
  p = p * r + splat(1.0F / 6);
  p = p * r + splat(0.5F);
  p = p * r + splat(1.0F);
  p = p * r + splat(1.0F);
  const Bits power = (std::bit_cast<Bits>(biased) - 1U) << 23;
  return p * std::bit_cast<Vec>(power);
}

PLUMBLINE_INLINE float dot(const float* a, const float* b, int64_t n) {
  Vec first = {}, second = {};
  int64_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    first += load(a + i) * load(b + i);
    second += load(a + i + kLanes) * load(b + i + kLanes);
  }
  float rest = 0;
  for (; i < n; ++i) rest += a[i] * b[i];
  return sum(first + second) + rest;
}

}  // namespace
}  // namespace plumbline::nn::kernels::PLUMBLINE_LOOPS
