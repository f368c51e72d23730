#include "plumbline/base/random.h"

#include <cmath>
#include <numbers>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

// SplitMix64's finaliser: a bijection of 64-bit words with full avalanche.
uint64_t mix(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// FNV-1a: the same on every machine, unlike std::hash.
uint64_t hash_name(std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const unsigned char c : name) hash = (hash ^ c) * 0x100000001b3ULL;
  return hash;
}

}  // namespace

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> c, std::array<uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = 0xD2511F53ULL * c[0];
    const uint64_t p1 = 0xCD9E8D57ULL * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<uint32_t>(p0)};
    k[0] += 0x9E3779B9U;
    k[1] += 0xBB67AE85U;
  }
  return c;
}

RandomKey RandomKey::at(uint64_t index) const {
  return {mix(bits + 0x9e3779b97f4a7c15ULL * (index + 1))};
}

RandomKey RandomKey::at(std::string_view purpose) const { return at(mix(hash_name(purpose))); }

RandomKey random_key(int64_t seed, std::string_view purpose) {
  return RandomKey{mix(static_cast<uint64_t>(seed) ^ 0x5851f42d4c957f2dULL)}.at(purpose);
}

uint64_t Random::bits() {
  const uint64_t half = counter_ % 2;
  if (half == 0) {
    const uint64_t block = counter_ / 2;
    block_ = philox({static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32), 0, 0},
                    {static_cast<uint32_t>(key_.bits), static_cast<uint32_t>(key_.bits >> 32)});
  }
  ++counter_;
  return (static_cast<uint64_t>(block_[2 * half + 1]) << 32) | block_[2 * half];
}

double Random::uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

int64_t Random::below(int64_t n) {
  PLUMBLINE_CHECK(n > 0, "n = " + std::to_string(n));
  const uint64_t range = static_cast<uint64_t>(n);
  const uint64_t limit = UINT64_MAX - UINT64_MAX % range;
  uint64_t draw = bits();
  while (draw >= limit) draw = bits();
  return static_cast<int64_t>(draw % range);
}

double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

int64_t Random::weighted(const std::vector<double>& weights) {
  double total = 0;
  for (const double w : weights) total += w;
  PLUMBLINE_CHECK(total > 0, "weights sum to " + std::to_string(total));
  double left = uniform() * total;
  int64_t last = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0) continue;
    last = static_cast<int64_t>(i);
    left -= weights[i];
    if (left < 0) break;
  }
  return last;
}

}  // namespace plumbline
