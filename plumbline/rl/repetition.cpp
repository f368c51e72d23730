#include "plumbline/rl/repetition.h"

#include <set>

namespace plumbline::rl {

double repeated_share(const std::vector<int64_t>& tokens, int64_t n) {
  const int64_t runs = std::ssize(tokens) - n + 1;
  if (n < 1 || runs < 1) return 0;
  std::set<std::vector<int64_t>> distinct;
  for (int64_t i = 0; i < runs; ++i) distinct.emplace(tokens.begin() + i, tokens.begin() + i + n);
  return 1 - static_cast<double>(distinct.size()) / static_cast<double>(runs);
}

}  // namespace plumbline::rl
