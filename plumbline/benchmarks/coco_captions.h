// Answers about COCO's images: which image each is of, and the questions they answer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/eval/answer_file.h"
#include "plumbline/eval/benchmark.h"
#include "plumbline/eval/join.h"

namespace plumbline::benchmarks {

struct CocoCaption {
  int64_t image_id = 0;
  std::string text;
  bool is_null = false;
  std::string where = {};
  size_t place = 0;  // in the answers' file
};

// The request's answers: {image_id, caption} with usual names for both (see AnswerFields), the id
// also from an image's file name, or CHAIR's {"imgToEval": {...}}. Throws IoError; DataError for an
// image that is captioned twice and, where `asked` is given, for one that was not asked about or
// has no answer.
std::vector<CocoCaption> read_coco_captions(const eval::EvalRequest& request,
                                            const std::vector<eval::Asked>& asked);

}  // namespace plumbline::benchmarks
