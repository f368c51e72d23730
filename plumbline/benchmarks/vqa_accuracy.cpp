#include "plumbline/benchmarks/vqa_accuracy.h"

#include <algorithm>
#include <string>

#include "plumbline/base/error.h"

namespace plumbline::benchmarks {

double vqa_accuracy(int64_t matches, int64_t people) {
  PLUMBLINE_CHECK(0 <= matches && matches <= people && people > 0,
                  std::to_string(matches) + " of " + std::to_string(people));
  const auto share = [](int64_t among_others) {
    return std::min(1.0, static_cast<double>(among_others) / 3);
  };
  double sum = static_cast<double>(people - matches) * share(matches);
  if (matches > 0) sum += static_cast<double>(matches) * share(matches - 1);
  return sum / static_cast<double>(people);
}

}  // namespace plumbline::benchmarks
