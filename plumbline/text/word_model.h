// Turns one word into tokens: the last step of encoding.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace plumbline::text {

// Immutable; safe to share between threads.
class WordModel {
 public:
  virtual ~WordModel() = default;
  // Appends the word's token ids. The word may hold any bytes.
  virtual void encode(std::string_view word, std::vector<int64_t>& out) const = 0;
};

}  // namespace plumbline::text
