// A-OKVQA in the forms that training reads.
//
// A question becomes multiple choice with its four options in a drawn order, then the instruction:
//   QUESTION / A. one / B. two / C. three / D. four / INSTRUCTION       (a line each)
// and its answer the right option and a drawn one of the human rationales: "B. two", line,
// RATIONALE. The answer begins as the correctness reward expects it. A prompt asks the same with
// the right letter as caption_type. Facts of an image are the rationales of its questions and their
// right options, "The correct option is B. two."; where an image has several questions, that fact
// says which one it is about. Letters are the same in all three: they depend on seed and question
// id alone, not on the file's order or on other questions. Source: Sun et al. 2023 (arXiv
// 2309.14525), sections 2.2 and 2.3: options in random order, chain of thought, facts for the
// reward model; the released trainer for the prefix "aok_". The instruction's words are ours.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plumbline/data/facts.h"
#include "plumbline/data/records.h"
#include "plumbline/data/source_files.h"

namespace plumbline::data {

struct AokvqaOptions {
  // A-OKVQA counts images as COCO does in 2017; names of 2014 cannot be told from its files.
  std::string image_folder_prefix = {};  // put before every image name, such as "train2017"
  Tolerance tolerance = {};
  std::string instruction = "Answer with the letter of the right option, then explain why.";
  std::string facts_prefix = "aok_";  // before the image name; empty when no other facts join these
  // 0: all questions; else that many, drawn. Conversations come from one end of the drawn order and
  // prompts from the other, so the two share no question as long as there are enough.
  int64_t max_conversations = 0;
  int64_t max_prompts = 0;
  int64_t seed = 0;
};

struct AokvqaRecords {
  std::vector<Conversation> conversations;  // by question id; ids "aokvqa-QUESTION"
  std::vector<Prompt> prompts;              // the same
  Facts facts;                              // of all questions
  std::map<std::string, int64_t> left_out;  // reason -> entries
};

// Reads aokvqa_v1p0_train.json or _val.json; that of the test has no answers and is refused.
// Throws IoError; ConfigError for a negative limit; DataError for a file of another kind, and one
// with all problems of the entries. Images without file and questions without any rationale
// are problems unless the tolerance lets them be left out.
AokvqaRecords convert_aokvqa(const std::string& path, const AokvqaOptions& options);

}  // namespace plumbline::data
