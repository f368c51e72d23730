// What `plumbline score` reads.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/data/facts.h"
#include "plumbline/text/conversation.h"

namespace plumbline::data {

// One line: {"id", "messages" | "prompt" and "answer" | "input_ids", "images": [path, ...]}, or
// with several answers to choose from: {"id", "prompt" | "messages", "answers": [text, ...]}. A
// prompt of LLaVA-RLHF's form, as `plumbline sample` writes it with its answers, is such a record,
// and so is a line of `plumbline eval`'s answers.jsonl: {"id", "image", "question", "answer"}.
struct ScoreRecord {
  nlohmann::json id;                      // given back as it came; the line's number when absent
  std::vector<text::Turn> turns;          // ends with the answer; with the question where there are
                                          // several; empty for input_ids
  std::vector<std::string> answers = {};  // to choose from
  std::vector<std::string> facts = {};    // of this record; empty: those of its images
  FactKind fact_kind = FactKind::Captions;  // of its images, by "caption_type"
  std::optional<text::TokenIds> ids;        // one image token per image
  std::vector<std::string> images;          // as written
  std::string where;                        // for errors

  // The question alone, and its answers: those to choose from, or the one of the last turn.
  std::vector<text::Turn> question() const;
  std::vector<std::string> all_answers() const;
};

// Messages (chat_record.h) have the roles user and assistant in turn and end with the assistant's.
// Throws IoError, or one DataError with the first ten problems.
std::vector<ScoreRecord> read_score_records(const std::string& path);

}  // namespace plumbline::data
