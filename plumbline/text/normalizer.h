// What a tokenizer does to text before it is cut into words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline::text {

struct NormalStep {
  enum class Kind {
    Nfc,      // Unicode normal form C
    Prepend,  // `to` before the text, if there is any
    Replace,  // every `from` by `to`
  };
  Kind kind = Kind::Nfc;
  std::string from = {};
  std::string to = {};
};

std::string replaced(std::string_view text, std::string_view from, std::string_view to);

// All steps in order. Where text goes on from text that came before, nothing is prepended. Throws
// DataError when replacements make it more than sixteen times as long and 64 KiB longer.
std::string normalized(const std::vector<NormalStep>& steps, std::string_view text,
                       bool goes_on = false);

}  // namespace plumbline::text
