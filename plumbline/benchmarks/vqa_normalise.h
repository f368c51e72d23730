// How VQA's evaluations make answers comparable: "The dog." and "dog" are one.
#pragma once

#include <string>
#include <string_view>

namespace plumbline::benchmarks {

// Who compares.
//   VqaEval  VQA's official script
//   M4c      the processor of M4C and EvalAI, which LLaVA uses: all in lower case first, without
//   ","
//            and "?", and with "'s" as a word of its own
enum class VqaRule { VqaEval, M4c };

// The text with blanks for line ends and tabs, stripped as Python does. Texts are valid UTF-8.
std::string vqa_stripped(std::string_view text);

// Without punctuation. A mark goes where "mark + blank" or "blank + mark" stands anywhere in the
// text, or a comma between digits does; otherwise it becomes a blank. Then "." goes where no digit
// follows, at most 32 times: the script hands a flag of its regular expression over as the count.
// Apostrophes, colons, "$", "%", "&", "*", "#" and "~" are no marks.
std::string vqa_without_punctuation(std::string_view text);

// The words in lower case with one blank between them: numbers up to ten as digits, no articles,
// contractions with their apostrophes ("dont" is "don't").
std::string vqa_words(std::string_view text);

// All steps. Source: GT-Vision-Lab/VQA, PythonEvaluationTools/vqaEvaluation/vqaEval.py;
// haotian-liu/LLaVA, llava/eval/m4c_evaluator.py.
std::string vqa_normalised(std::string_view text, VqaRule rule);

}  // namespace plumbline::benchmarks
