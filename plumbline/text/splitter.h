// Splits text by a regular expression (PCRE2 with Unicode classes).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plumbline/base/pattern.h"

namespace plumbline::text {

struct Piece {
  std::string_view text;
  bool is_match;
};

// Safe to share between threads.
class Splitter {
 public:
  // Throws DataError when the pattern is not valid.
  explicit Splitter(const std::string& pattern);

  // Each match and each gap between matches is a piece; together they are the text. Broken UTF-8
  // matches nothing, so it stands in the gaps.
  std::vector<Piece> split(std::string_view text) const;

 private:
  Pattern pattern_;
};

}  // namespace plumbline::text
