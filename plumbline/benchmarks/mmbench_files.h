// MMBench's tables: questions with their options in several orders, and answers to them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "plumbline/benchmarks/option_letters.h"
#include "plumbline/eval/answer_file.h"

namespace plumbline::benchmarks {

// One row: a question with its options in one order.
struct MmbenchRow {
  int64_t index = 0;
  std::string question, hint;
  std::vector<Option> options;  // those that pandas reads as values
  size_t num_filled = 0;        // options with any text, "None" and the like too
  char answer = 0;              // its letter; 0 where the file has none
  std::string category, l2_category, split;
  std::string image;  // base64, where it was asked for
  std::string where;

  int64_t base() const { return index % 1'000'000; }  // of the question in its first order
  bool is_rotated() const { return index >= 1'000'000; }
};

// Reads TSV, CSV, xlsx or JSON records with the columns index, question, hint, A, B, C, D, ...,
// answer, category, l2-category, split; and image, if it is wanted. Throws IoError, or DataError
// for an index that is no number or comes twice, a row without question, or an answer that is no
// letter of an option.
void for_each_mmbench_row(const std::string& path, bool with_images,
                          const std::function<void(MmbenchRow&&)>& visit);

std::vector<MmbenchRow> read_mmbench(const std::string& path);

// Checks what scoring needs: each row has its answer, and each question that is rotated at all all
// of its rotations, one for each option. Returns whether the questions are rotated. Throws
// DataError.
bool check_mmbench(const std::vector<MmbenchRow>& rows, const std::string& path);

// Reads VLMEvalKit's tables {index, prediction, ...}, or LLaVA's JSONL {question_id, text, prompt,
// ...}. A table's column "answer" is the truth and never taken for what a system said. Throws
// IoError, DataError.
std::vector<eval::Answer> read_mmbench_answers(const std::string& path);

// Whether a cell means "no value" to pandas: "", "NA", "None", "nan", ...
bool is_missing_to_pandas(const std::string& text);

}  // namespace plumbline::benchmarks
