// Scores of answers that somebody else's program gives: terms of the reward, or a judge.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plumbline/remote/attempts.h"

namespace plumbline::remote {

// An answer, and what may be needed to judge it.
struct AnswerToScore {
  std::string id = {};
  std::vector<std::string> images = {};  // files
  std::string prompt = {};
  std::string answer = {};
  std::vector<std::string> facts = {};
  std::string reference = {};  // a right answer, where one is known
  bool is_finished = true;     // false: cut off at the token limit
};

// Who is asked.
struct ScorerSpec {
  std::string name;
  double weight = 1;  // for the caller, who adds up the terms
  std::string where;  // a URL, or a command for the shell
  double timeout_seconds = 60;
  Retries retries = {};
  std::string key_variable = {};  // of a URL: the environment variable that holds a bearer key
};

// "NAME=WEIGHT WHERE": a name of letters, digits, '_', '-' and '.', a finite weight that may be
// negative, blanks, and a URL (what begins with http:// or https://) or else a shell command.
// Nothing for another form.
std::optional<ScorerSpec> parse_scorer(const std::string& text);

// Asks a command or a URL for one number per answer.
//
//   command   gets a line of JSON per answer on stdin, and writes a line per answer to stdout, in
//             their order: a number, or {"id": ..., "score": number}; an id, if given, must match
//   URL       gets {"answers": [...]} of at most 256 answers at a time by POST, and returns
//             {"scores": [...]} or just the list, of the same numbers or objects
//
// An answer is {"id", "images", "prompt", "answer", "facts", "reference", "is_finished"}.
class AnswerScorer {
 public:
  // Throws ConfigError for a URL that is none.
  explicit AnswerScorer(ScorerSpec spec);

  const ScorerSpec& spec() const { return spec_; }

  // The scores of the answers, in their order and without the weight; all are finite.
  //
  // Throws DataError, at once, for a reply that is not as above: it names the term and the answer
  // and quotes what came. IoError when there is no reply after all attempts (command.h, http.h).
  std::vector<double> score(const std::vector<AnswerToScore>& answers) const;

 private:
  ScorerSpec spec_;
};

}  // namespace plumbline::remote
