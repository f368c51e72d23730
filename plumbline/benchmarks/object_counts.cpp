#include "plumbline/benchmarks/object_counts.h"

namespace plumbline::benchmarks {

ObjectCounts count_objects(const std::vector<Mention>& mentions,
                           const std::set<std::string>& truth) {
  ObjectCounts counts{.truth = static_cast<double>(truth.size())};
  std::set<std::string> found;
  for (const auto& [word, node] : mentions) {
    ++counts.mentions;
    const bool is_there = truth.contains(node);
    if (is_there) found.insert(node);
    if (!is_there) ++counts.hallucinated;
    counts.shown += (counts.shown.empty() ? "" : ", ") + std::string(is_there ? "" : "not ") +
                    node + (word == node ? "" : " (" + word + ")");
  }
  counts.found = static_cast<double>(found.size());
  return counts;
}

}  // namespace plumbline::benchmarks
