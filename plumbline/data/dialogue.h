// Records about one image, from questions and answers of other data sets.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/data/order.h"
#include "plumbline/data/records.h"

namespace plumbline::data {

struct Round {
  std::string question;
  std::string answer;
};

// The rounds in order, the image's placeholder before the first question.
Conversation dialogue(std::string id, std::string image, const std::vector<Round>& rounds);

// One question about the image, to be answered by a policy.
Prompt image_prompt(std::string id, std::string image, const std::string& question,
                    CaptionType type);

// Throws ConfigError when a limit on "rounds", say, is negative; 0 means none.
void check_limit(const std::string& what, int64_t limit);

// At most `limit` of the records (0: all), in their order. Which ones depends on key and ids alone:
// the first of their drawn order, or, `from_end`, the last. So two draws of one key, one from each
// end, share no record as long as there are enough.
template <class Record>
std::vector<Record> drawn_records(std::vector<Record> records, int64_t limit, RandomKey key,
                                  bool from_end = false) {
  if (limit == 0 || limit >= std::ssize(records)) return records;
  std::vector<std::string> ids;
  ids.reserve(records.size());
  for (const Record& record : records) ids.push_back(record.id);
  std::vector<int64_t> chosen = drawn_order(ids, key);
  if (from_end) std::reverse(chosen.begin(), chosen.end());
  chosen.resize(static_cast<size_t>(limit));
  std::sort(chosen.begin(), chosen.end());
  std::vector<Record> result;
  result.reserve(chosen.size());
  for (const int64_t i : chosen) result.push_back(std::move(records[static_cast<size_t>(i)]));
  return result;
}

}  // namespace plumbline::data
