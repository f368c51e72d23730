#include "plumbline/data/order.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace plumbline::data {
namespace {

constexpr size_t kGroupedSteps = 50;

std::vector<std::vector<int64_t>> length_grouped(const std::vector<int64_t>& items,
                                                 const std::vector<int64_t>& lengths,
                                                 const Steps& steps, RandomKey key) {
  const auto cut = [&](const std::vector<int64_t>& some) {
    return steps_of(some, lengths, steps.batch_size, steps.batch_tokens);
  };
  const auto is_longer = [&](int64_t a, int64_t b) {
    return lengths[static_cast<size_t>(a)] > lengths[static_cast<size_t>(b)];
  };
  std::vector<std::vector<int64_t>> result;
  const auto shuffled = cut(items);
  for (size_t first = 0; first < shuffled.size(); first += kGroupedSteps) {
    std::vector<int64_t> group;
    for (size_t i = first; i < std::min(first + kGroupedSteps, shuffled.size()); ++i) {
      group.insert(group.end(), shuffled[i].begin(), shuffled[i].end());
    }
    std::stable_sort(group.begin(), group.end(), is_longer);
    for (auto& step : cut(group)) result.push_back(std::move(step));
  }
  Random(key).shuffle(result);
  return result;
}

}  // namespace

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

int64_t draws_of(const Source& source) {
  if (source.count == 0) return 0;
  return std::max<int64_t>(1, std::llround(source.weight * static_cast<double>(source.count)));
}

std::vector<int64_t> epoch_items(RandomKey key, int64_t epoch, const std::vector<Source>& sources) {
  const bool is_single = sources.size() == 1;
  std::vector<int64_t> items;
  for (size_t i = 0; i < sources.size(); ++i) {
    const Source& source = sources[i];
    const int64_t draws = draws_of(source);
    const RandomKey own = is_single ? key : key.at("source").at(i);
    for (const int64_t item : drawn_items(own, epoch * draws, draws, source.count)) {
      items.push_back(source.first + item);
    }
  }
  // A single source's draws are shuffled already.
  if (!is_single) Random(key.at("mixture").at(static_cast<uint64_t>(epoch))).shuffle(items);
  return items;
}

std::vector<int64_t> file_items(int64_t epoch, const std::vector<Source>& sources) {
  std::vector<int64_t> items;
  for (const Source& source : sources) {
    const int64_t draws = draws_of(source);
    for (int64_t i = epoch * draws; i < (epoch + 1) * draws; ++i) {
      items.push_back(source.first + i % source.count);
    }
  }
  return items;
}

std::vector<std::vector<int64_t>> epoch_steps(RandomKey key, int64_t epoch,
                                              const std::vector<Source>& sources,
                                              const std::vector<int64_t>& lengths,
                                              const Steps& steps) {
  const auto items =
      steps.order == Order::File ? file_items(epoch, sources) : epoch_items(key, epoch, sources);
  if (steps.order == Order::LengthGrouped) {
    return length_grouped(items, lengths, steps, key.at("steps").at(static_cast<uint64_t>(epoch)));
  }
  return steps_of(items, lengths, steps.batch_size, steps.batch_tokens);
}

std::vector<std::vector<int64_t>> steps_of(const std::vector<int64_t>& items,
                                           const std::vector<int64_t>& lengths, int64_t batch_size,
                                           int64_t batch_tokens) {
  if (batch_tokens <= 0) return batches(items, batch_size);
  std::vector<int64_t> own_lengths;
  own_lengths.reserve(items.size());
  for (const int64_t item : items) own_lengths.push_back(lengths[static_cast<size_t>(item)]);
  auto groups = micro_batches(own_lengths, batch_tokens);
  for (auto& group : groups) {
    for (int64_t& place : group) place = items[static_cast<size_t>(place)];
  }
  return groups;
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
