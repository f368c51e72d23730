// Answers that people gave to questions about images, and how well another one agrees with them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "plumbline/benchmarks/vqa_normalise.h"

namespace plumbline::benchmarks {

// The answers of all people to all questions, each text held once: 214,000 questions with ten
// answers have some 200,000 different ones.
class HumanAnswers {
 public:
  // A question's answers, by their numbers in the table.
  using Given = std::vector<uint32_t>;

  // Reads [{"answer": "cup"}, ...] or ["cup", ...]. Throws DataError for anything else, and for no
  // answer at all.
  Given read(const nlohmann::json& answers, const std::string& where);

  struct Agreement {
    int64_t matches = 0;
    double accuracy = 0;  // see vqa_accuracy
    // All people gave one answer, and so neither it nor the other was normalised.
    bool is_literal = false;
    // Literal, and no match, but one if it had been normalised.
    bool is_missed = false;
  };
  // VqaEval compares stripped texts where all people gave one answer; else, and always for M4c,
  // texts are normalised first.
  Agreement agreement(const Given& given, const std::string& answer, VqaRule rule);

  // The most frequent one, as given; the first of several.
  const std::string& usual(const Given& given) const;

 private:
  const std::string& normalised(uint32_t number, VqaRule rule);
  // Of an answer of a system. Remembers the last: constant answers come again and again.
  const std::string& plain(const std::string& answer, VqaRule rule);

  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<const std::string*> texts_;  // keys of numbers_
  std::vector<std::string> normalised_;    // by number, for one rule; made when first needed
  std::vector<bool> is_normalised_;
  VqaRule rule_ = VqaRule::VqaEval;
  std::string last_answer_, last_plain_;
  VqaRule last_rule_ = VqaRule::VqaEval;
};

}  // namespace plumbline::benchmarks
