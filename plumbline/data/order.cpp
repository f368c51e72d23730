#include "plumbline/data/order.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace plumbline::data {

std::vector<int64_t> epoch_order(RandomKey key, int64_t epoch, int64_t n) {
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  Random(key.at(static_cast<uint64_t>(epoch))).shuffle(order);
  return order;
}

std::vector<int64_t> drawn_items(RandomKey key, int64_t first, int64_t count, int64_t n) {
  std::vector<int64_t> items;
  for (int64_t drawn = first; drawn < first + count;) {
    const auto order = epoch_order(key, drawn / n, n);
    for (int64_t i = drawn % n; i < n && drawn < first + count; ++i, ++drawn) {
      items.push_back(order[static_cast<size_t>(i)]);
    }
  }
  return items;
}

std::vector<int64_t> drawn_order(const std::vector<std::string>& ids, RandomKey key) {
  std::vector<uint64_t> drawn;
  drawn.reserve(ids.size());
  for (const auto& id : ids) drawn.push_back(Random(key.at(id)).bits());
  std::vector<int64_t> order(ids.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int64_t i, int64_t j) {
    const auto a = static_cast<size_t>(i), b = static_cast<size_t>(j);
    return std::tie(drawn[a], ids[a]) < std::tie(drawn[b], ids[b]);
  });
  return order;
}

std::vector<std::vector<int64_t>> batches(const std::vector<int64_t>& order, int64_t size) {
  std::vector<std::vector<int64_t>> result;
  for (auto first = order.begin(); first != order.end();) {
    const auto last = first + std::min<int64_t>(size, order.end() - first);
    result.emplace_back(first, last);
    first = last;
  }
  return result;
}

std::vector<std::vector<int64_t>> micro_batches(const std::vector<int64_t>& lengths,
                                                int64_t budget) {
  std::vector<std::vector<int64_t>> result;
  int64_t rows = 0;
  for (size_t i = 0; i < lengths.size(); ++i) {
    if (result.empty() || rows + lengths[i] > budget) {
      result.emplace_back();
      rows = 0;
    }
    result.back().push_back(static_cast<int64_t>(i));
    rows += lengths[i];
  }
  return result;
}

}  // namespace plumbline::data
