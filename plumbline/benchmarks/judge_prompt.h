// What a judge is asked: the prompts of the judged benchmarks, and filling them in.
#pragma once

#include <string>
#include <vector>

namespace plumbline::benchmarks {

struct PromptSlot {
  std::string name;   // "answer": stands as {answer} in a prompt
  std::string value;  // put in as it is
};

// The prompt with each {name} replaced by its value, in one pass: values are not looked into. A
// prompt with "{}" in place of names, as Python's scripts have them, must have one for each slot;
// they are filled in order. All other braces are text. Throws DataError, naming `where`, for
// another number of "{}", for both kinds, and for a prompt that does not show the "answer".
std::string filled(const std::string& prompt, const std::vector<PromptSlot>& slots,
                   const std::string& where);

// The file's text, without a byte order mark and with "\n" ends of lines; `shipped` without a path.
std::string prompt_of(const std::string& path, const std::string& shipped);

// Ours, in our own words; "the shipped prompt" as a place for errors.
extern const char* const kShippedPrompt;
// Slots facts, question, reference, answer. Asks for "Rating: N" on MMHal-Bench's scale of 0 to 6.
const std::string& rating_prompt();
// Slots context, question, role, reference, answer, rule.
const std::string& review_prompt();
// What `rule` says without a file of rules. Asks for two scores of 1 to 10 on the first line.
const std::string& review_rule();
// Slots question, reference, answer. Asks for correct, incorrect or unclear.
const std::string& correctness_prompt();
// Slots question, answer. Asks for a JSON list of the objects that the answer says can be seen.
const std::string& objects_prompt();

}  // namespace plumbline::benchmarks
