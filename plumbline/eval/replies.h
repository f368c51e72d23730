// What a judge said about answers, as files of replies come.
#pragma once

#include <string>
#include <vector>

#include "plumbline/eval/benchmark.h"

namespace plumbline::eval {

// An answer that was put to a judge.
struct JudgedAnswer {
  std::string id;
  // Compared with what the reply says it is "about", or looked for in the messages of its request,
  // where the file has them.
  std::string text;
  size_t place = 0;          // in the answers' file
  bool is_optional = false;  // its reply may be missing, and is empty then
};

struct Replies {
  std::vector<std::string> texts;  // one to each judged answer, in their order; empty for null
  std::string judge;  // as the file names it, several with ", " between; empty where it does not
};

// Reads the replies to `answers` from a JSON array or JSON lines of
//   {"id", "judge", "reply", ...}    `plumbline eval judge`'s; the last line of an id counts
//   {"question_id", "content", ...}  LLaVA's reviews, whose "id" is a line number
//   {"id", "reply" | "content" | "text"}
//   {"choices": [{"message": {"content"}}], "model"}   raw chat responses without ids, as MMHal's
//       script stores them: the n-th is to the n-th answer; there must be as many, and the answers'
//       file must have the questions' order
// Throws DataError for replies that are missing, doubled (other than the first form's) or to
// nobody, naming their ids; for replies of several judges unless `may_mix_judges`; for a reply to
// another answer. Throws IoError.
Replies read_replies(const std::string& path, const std::vector<JudgedAnswer>& answers,
                     bool may_mix_judges);

// Whether replies may be of several judges, as a benchmark's variant, and its input "replies" read
// as that variant says.
VariantSpec judges_variant();
Replies read_replies(const EvalRequest& request, const std::vector<JudgedAnswer>& answers);

}  // namespace plumbline::eval
