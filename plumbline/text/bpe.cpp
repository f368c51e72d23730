#include "plumbline/text/bpe.h"

#include <cstddef>
#include <functional>
#include <queue>
#include <tuple>

namespace plumbline::text {
namespace {

uint64_t pair_key(int64_t left, int64_t right) {
  return static_cast<uint64_t>(left) << 32 | static_cast<uint64_t>(right);
}

constexpr size_t kNone = static_cast<size_t>(-1);

// A token in the linked list of the word's remaining tokens; id -1 once merged into its left
// neighbour.
struct Node {
  int64_t id;
  size_t previous;
  size_t next;
};

// A merge that was possible when it was queued.
struct Candidate {
  int64_t rank;
  size_t left;
  int64_t left_id;
  int64_t right_id;
  int64_t merged;
  bool operator>(const Candidate& other) const {
    return std::tie(rank, left) > std::tie(other.rank, other.left);
  }
};

}  // namespace

void MergeTable::add(int64_t left, int64_t right, int64_t rank, int64_t merged) {
  merges_[pair_key(left, right)] = {rank, merged};
}

const MergeTable::Merge* MergeTable::find(int64_t left, int64_t right) const {
  const auto found = merges_.find(pair_key(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

void MergeTable::apply(std::vector<int64_t>& ids) const {
  if (ids.size() < 2) return;
  std::vector<Node> nodes;
  for (size_t i = 0; i < ids.size(); ++i) {
    nodes.push_back({ids[i], i == 0 ? kNone : i - 1, i + 1 == ids.size() ? kNone : i + 1});
  }
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
  const auto offer = [&](size_t left) {
    if (left == kNone || nodes[left].next == kNone) return;
    const int64_t left_id = nodes[left].id, right_id = nodes[nodes[left].next].id;
    if (const Merge* merge = find(left_id, right_id)) {
      queue.push({merge->rank, left, left_id, right_id, merge->merged});
    }
  };
  for (size_t i = 0; i + 1 < nodes.size(); ++i) offer(i);
  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    Node& left = nodes[best.left];
    if (left.id != best.left_id || left.next == kNone || nodes[left.next].id != best.right_id) {
      continue;  // one of the two was merged with someone else since
    }
    Node& right = nodes[left.next];
    left.id = best.merged;
    right.id = -1;
    left.next = right.next;
    if (right.next != kNone) nodes[right.next].previous = best.left;
    offer(left.previous);
    offer(best.left);
  }
  ids.clear();
  for (size_t i = 0; i != kNone; i = nodes[i].next) ids.push_back(nodes[i].id);
}

}  // namespace plumbline::text
