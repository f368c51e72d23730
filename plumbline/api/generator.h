// A model that answers questions about images, as evaluation and serving know it. No tensors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plumbline::api {

struct Question {
  std::string image;  // path relative to the generator's image folder; empty: no image
  std::string text;   // without image placeholder
};

class Generator {
 public:
  virtual ~Generator() = default;
  // One greedy answer per question, in order, of at most `max_tokens` tokens each.
  virtual std::vector<std::string> answer(const std::vector<Question>& questions,
                                          int64_t max_tokens) = 0;
};

}  // namespace plumbline::api
