// MME's folders of tab-separated lines, and answers of other systems to their questions.
#pragma once

#include <string>
#include <vector>

#include "plumbline/eval/answer_file.h"

namespace plumbline::benchmarks {

// "existence" to "OCR", then "commonsense_reasoning" to "code_reasoning", in the paper's order.
const std::vector<std::string>& mme_perception_tasks();
const std::vector<std::string>& mme_cognition_tasks();

struct MmeQuestion {
  std::string task;
  std::string image;       // name without extension, as the files of questions are called
  std::string image_file;  // below the folder, where it is there: "OCR/images/0001.jpg"
  std::string question;
  bool is_yes = false;
  std::string answer = {};
  std::string where = {};
};

struct MmeFolder {
  std::vector<MmeQuestion> questions;  // by task in the paper's order, then as the files have them
  std::vector<std::string> unread;     // names in the folder that are of no task
};

// The data set's folder: TASK/*.txt or TASK/questions_answers_YN/*.txt, a file for each image with
// lines "question<TAB>Yes". Throws IoError, or DataError naming file and line.
MmeFolder read_mme_truth(const std::string& folder);

// A folder of results: TASK.txt with lines "image.txt<TAB>question<TAB>Yes<TAB>answer".
MmeFolder read_mme_results(const std::string& folder);

// The questions with their answers: those with the id "TASK/image.jpg" (and anything behind "#")
// and the question as prompt, with or without LLaVA's test prompt. Throws DataError for answers
// that nobody asked for, come twice or are missing.
std::vector<MmeQuestion> answered_mme(std::vector<MmeQuestion> questions,
                                      const std::vector<eval::Answer>& answers,
                                      const std::string& path);

// The question without what asks for yes or no, and with one blank between words: the files have
// one or two before "Please answer yes or no.", and LLaVA adds a test prompt.
std::string plain_mme_question(const std::string& question);

}  // namespace plumbline::benchmarks
