// Named randomness: every random number is a pure function of (seed, purpose, index).
//
// Results therefore depend neither on batch layout nor on thread timing, and a resumed run draws
// the same numbers as an undisturbed one without saving generator state.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace plumbline {

// Philox4x32-10: 128 random bits for a counter under a key.
// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// Names a stream. Keys are values: derive as many as you like, in any order.
struct RandomKey {
  uint64_t bits = 0;
  // The key of the index-th child of this stream.
  RandomKey at(uint64_t index) const;
  // The key of a named child of this stream.
  RandomKey at(std::string_view purpose) const;
};

// RandomKey of a run's seed for one purpose, such as "ppo.sample".
RandomKey random_key(int64_t seed, std::string_view purpose);

// The numbers of one stream, drawn one after the other.
class Random {
 public:
  explicit Random(RandomKey key) : key_(key) {}

  uint64_t bits();
  // Uniform in [0, 1), with 53 random bits.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // Uniform in [0, n); n > 0. Without modulo bias.
  int64_t below(int64_t n);
  // Uniform in [low, high], both included.
  int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }
  bool chance(double probability) { return uniform() < probability; }
  // Standard normal (Box-Muller, one value per two uniforms).
  double normal();
  // Index drawn in proportion to the weights; at least one must be positive.
  int64_t weighted(const std::vector<double>& weights);

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (int64_t i = static_cast<int64_t>(items.size()) - 1; i > 0; --i) {
      std::swap(items[static_cast<size_t>(i)], items[static_cast<size_t>(below(i + 1))]);
    }
  }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[static_cast<size_t>(below(static_cast<int64_t>(items.size())))];
  }

 private:
  RandomKey key_;
  uint64_t counter_ = 0;
  std::array<uint32_t, 4> block_{};
};

}  // namespace plumbline
