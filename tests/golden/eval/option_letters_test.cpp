// Option letters against the rules of VLMEvalKit and lmms-eval, from
// tools/golden/eval/option_letters.py.
#include "plumbline/benchmarks/option_letters.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"

namespace plumbline::benchmarks {
namespace {

std::string letter_text(std::optional<char> letter) {
  return letter ? std::string(1, *letter) : "";
}

TEST(GoldenOptionLetters, BothRules) {
  const auto cases =
      nlohmann::json::parse(read_file("tests/golden/eval/option_letters/cases.json"));
  ASSERT_GT(cases.size(), 1000u);
  for (const auto& item : cases) {
    const auto answer = item[0].get<std::string>();
    std::vector<Option> options;
    for (const auto& text : item[1]) {
      options.push_back({static_cast<char>('A' + options.size()), text.get<std::string>()});
    }
    EXPECT_EQ(letter_text(option_letter(answer, options, LetterRule::VlmEvalKit)),
              item[2].get<std::string>())
        << item;
    EXPECT_EQ(letter_text(option_letter(answer, options, LetterRule::Lmms)),
              item[3].get<std::string>())
        << item;
  }
}

}  // namespace
}  // namespace plumbline::benchmarks
