// VQA-v2 in the forms that training reads.
//
// Conversations: all questions about an image become the rounds of one conversation in the order of
// their ids, answered with the annotators' most frequent answer. Its first letter is made a capital
// ("Yes"), as LLaVA-1.5 has it and as the correctness reward of "No" wants it.
// Prompts: the yes/no questions, each alone, with its truth as caption_type.
// Source: Sun et al. 2023 (arXiv 2309.14525), section 2.2, for the multi-round form and the yes/no
// prompts; Liu et al. 2023 (arXiv 2310.03744) for the instruction, which stands behind the first
// question. Deliberate difference: where it stands can be chosen.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plumbline/data/coco_images.h"
#include "plumbline/data/records.h"
#include "plumbline/data/source_files.h"

namespace plumbline::data {

enum class InstructionPlace { FirstRound, EveryRound };

struct VqaOptions {
  CocoImages images = {};
  Tolerance tolerance = {};
  // Stands on a line of its own behind a question; empty for none.
  std::string instruction = "Answer the question using a single word or phrase.";
  InstructionPlace instruction_place = InstructionPlace::FirstRound;
  int64_t max_rounds = 0;         // further rounds go into further conversations; 0: no limit
  int64_t max_conversations = 0;  // 0: all; else that many, drawn
  int64_t max_prompts = 0;        // 0: all; else that many, drawn
  int64_t seed = 0;
};

struct VqaRecords {
  std::vector<Conversation>
      conversations;            // by image id; ids "vqav2-IMAGE" and "vqav2-IMAGE-2", ...
  std::vector<Prompt> prompts;  // by question id; ids "vqav2-QUESTION"
  std::map<std::string, int64_t> left_out;  // reason -> entries
};

// Reads v2_OpenEnded_mscoco_*_questions.json and v2_mscoco_*_annotations.json. The result does not
// depend on the order of their entries. Throws IoError; ConfigError for a negative limit; DataError
// for a file of another kind or subset, and one with all problems of the entries. Questions without
// annotation or answer, annotations without question and images without file are problems unless
// the tolerance lets them be left out.
VqaRecords convert_vqav2(const std::string& questions_path, const std::string& annotations_path,
                         const VqaOptions& options);

}  // namespace plumbline::data
