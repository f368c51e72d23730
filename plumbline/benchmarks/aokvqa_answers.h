// Answers to A-OKVQA as its own script and other systems write them.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace plumbline::benchmarks {

struct AokvqaAnswer {
  std::string id = {}, where = {};
  std::optional<std::string> multiple_choice = {}, direct_answer = {};  // an empty text for null
};

// Reads {"q1": {"multiple_choice": "cup", "direct_answer": "cup"}, ...}, or records of
// {question_id, multiple_choice, direct_answer} or {question_id, text}. A text alone is an answer
// in the setting named: `is_choice` says that it is the multiple choice. Throws IoError or
// DataError.
std::vector<AokvqaAnswer> read_aokvqa_answers(const std::string& path, bool is_choice);

// The choice that an answer names: itself, or by its letter ("C", "C.", "(C)"). Nothing: none.
std::optional<std::string> aokvqa_choice(const std::string& answer,
                                         const std::vector<std::string>& choices);

}  // namespace plumbline::benchmarks
