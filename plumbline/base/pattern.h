// Regular expressions in Perl's and Python's syntax (PCRE2).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline {

// Safe to share between threads.
class Pattern {
 public:
  enum class Text {
    Bytes,
    Unicode  // UTF-8 with Unicode's classes; broken UTF-8 matches nothing
  };

  // Throws DataError when the expression is not valid.
  explicit Pattern(const std::string& expression, Text text = Text::Bytes);

  // The groups of a match of the whole text, the whole first; a group that took no part is empty.
  std::optional<std::vector<std::string>> match(std::string_view text) const;

  // Whether a match stands anywhere.
  bool found_in(std::string_view text) const;

  // The text with its first match replaced; $1 to $9 in the replacement stand for groups.
  std::string replace(std::string_view text, std::string_view replacement) const;

 private:
  friend class PatternSearch;
  std::string expression_;
  std::shared_ptr<const void> code_;  // pcre2_code, which stays out of this header
};

// Finds matches of a pattern in a text one after the other. Keeps both alive no longer than they
// are.
class PatternSearch {
 public:
  PatternSearch(const Pattern& pattern, std::string_view text);

  // Looks for a match that begins at `start` or later, or there and only there up to the text's
  // end. Throws DataError when PCRE2 gives up.
  enum class Where { Anywhere, WholeText };
  bool next(size_t start, Where where = Where::Anywhere);

  // Of the last match: how many groups the pattern has, with the whole as 0, and where one stands.
  size_t groups() const;
  size_t begin(size_t group = 0) const;
  size_t end(size_t group = 0) const;
  std::string_view group(size_t index) const;  // empty when it took no part

 private:
  const Pattern& pattern_;
  std::string_view text_;
  std::shared_ptr<void> found_;  // pcre2_match_data
};

}  // namespace plumbline
