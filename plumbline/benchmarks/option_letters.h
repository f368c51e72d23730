// Which option of a multiple-choice question an answer names.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace plumbline::benchmarks {

struct Option {
  char letter = 'A';
  std::string text;
};

// Who reads the answers.
enum class LetterRule { VlmEvalKit, Lmms };

// The letter that stands for "none of the options" in answers and judges' replies.
char none_letter(LetterRule rule);  // Z; lmms-eval: E

// An option letter that stands alone, among pieces between white space; nothing if there is none,
// or more than one.
//   VlmEvalKit  without . ( ) [ ] , : ; ! * # { }; it must first occur among the last four pieces.
//               Z where the answer refuses ("Cannot determine the answer" and the like), or has a Z
//               and no option letter
//   Lmms        A to E, whatever the options are: bare, but for an A among more than three pieces;
//               else with one of the marks "A." "A," "A:" "A)" "A)." "(A)" "(A)." ":A" ":A," ":A."
//               ":A)" ":A)." around it: the first form of which exactly one letter occurs
// Sources: VLMEvalKit vlmeval/utils/matching_util.py (can_infer_option), lmms-eval
// lmms_eval/tasks/mmbench/mmbench_evals.py.
std::optional<char> letter_alone(const std::string& answer, const std::vector<Option>& options,
                                 LetterRule rule);

// The one option whose text, in lower case, occurs in the lower-case answer; nothing if none or
// several do. VlmEvalKit: nor in an answer of more than twice as many characters as the options'
// texts have together.
std::optional<char> letter_by_text(const std::string& answer, const std::vector<Option>& options,
                                   LetterRule rule);

// The first of both that finds one. The letter may be none of the options' (Z, and of Lmms those up
// to E).
std::optional<char> option_letter(const std::string& answer, const std::vector<Option>& options,
                                  LetterRule rule);

}  // namespace plumbline::benchmarks
