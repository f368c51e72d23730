// Which answer belongs to which question.
#pragma once

#include <string>
#include <vector>

#include "plumbline/eval/answer_file.h"

namespace plumbline::eval {

enum class Join {
  Id,       // by id; question and image are compared where both files have them
  Position  // the n-th answer to the n-th question; the numbers must be equal
};

// What a benchmark's file says of a question.
struct Asked {
  std::string id;
  std::string question = {};  // empty: not compared
  std::string image = {};     // file name; empty: not compared
  std::string where = {};     // "file:line"
};

struct JoinedFiles {
  std::string questions, answers;  // paths, for errors
};

// Of each question its answer, in the questions' order. Answers that no question has, questions
// without an answer, ids that come twice in either file, and (by position) unequal numbers are
// refused, and so is an answer to another question or image: the error lists the first ids, and
// shows the first disagreement. A test prompt behind a question, folders before an image and
// leading zeros of its number do not count as disagreement. Throws DataError.
std::vector<Answer> join(const std::vector<Asked>& questions, std::vector<Answer> answers, Join by,
                         const JoinedFiles& files);

// Whether two texts are one question: equal but for white space, a leading "<image>", and what one
// of them has behind the other (a test prompt).
bool is_same_question(const std::string& a, const std::string& b);

// "1, 2, 3 and 7 more": for errors.
std::string first_of(const std::vector<std::string>& ids);

}  // namespace plumbline::eval
