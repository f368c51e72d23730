// Two answers to one question, and which of them people found better.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/config/config.h"
#include "plumbline/text/conversation.h"

namespace plumbline::data {

enum class Choice { First, Second, Tie };

// One annotator's opinion of a pair.
struct Vote {
  std::string annotator;
  Choice choice = Choice::First;
  // Whether the annotator found something untrue in the first and in the second answer.
  std::optional<bool> hallucination_1 = {}, hallucination_2 = {};
  friend bool operator==(const Vote&, const Vote&) = default;
};

// A conversation whose last answer is one of two outputs.
struct Comparison {
  std::string id;
  std::vector<std::string> images = {};  // paths or data URLs, in the order of their placeholders
  std::vector<text::Turn> turns = {};    // ends with the user's turn that was answered
  std::string output_1 = {}, output_2 = {};
  std::optional<Choice> preference = {};     // nothing: not compared yet
  std::vector<Vote> votes = {};              // empty: `preference` is all that is known
  std::optional<bool> hallucination = {};    // LLaVA-RLHF: the worse output was flagged
  std::optional<bool> hallucination_1 = {};  // the same for each output
  std::optional<bool> hallucination_2 = {};
  std::optional<double> margin = {};    // by how much the better one leads, in logits
  std::vector<std::string> facts = {};  // of this example; empty: those of its image
  nlohmann::json metadata =
      nlohmann::json::object();  // members with another name, kept as they are
  friend bool operator==(const Comparison&, const Comparison&) = default;
};

// Two forms of file, JSON array or JSONL, which may stand side by side; every record names its own:
//   LLaVA-RLHF  {"id", "image", "conversations": [...], "output_1": {"from", "value"}, "output_2",
//               "preference": 1 | 2 | "tie", "hallucination": bool}. A last answer of the
//               conversation is the slot that the outputs fill.
//   messages    {"prompt", "chosen", "rejected", "images"}, each text or messages (chat_record.h).
//               Without "prompt", chosen and rejected are whole conversations that differ in the
//               last message. "preference" says which output the chosen one is, 1 when missing.
// Both may have "votes": [{"annotator", "choice": 1 | 2 | "tie", "hallucination_1",
// "hallucination_2"}], "hallucination", "hallucination_1", "hallucination_2", "margin" and "facts".
// What a record says in one form it says in the other: each can be written as the other and read
// back without loss.
//
// Throws IoError, or one DataError with the first ten problems: what the readers of records.h
// refuse, a preference or choice that is none, equal answers, an annotator who votes twice, a
// margin that is not in 0..1000, an empty fact. Ids may come twice: one question can have
// several pairs of answers.
std::vector<Comparison> read_comparisons(
    const std::string& path, const std::string& image_folder,
    config::BadRecords bad_records = config::BadRecords::Refuse);

// Pairs that may have no preference yet, as `plumbline sample` writes them: LLaVA-RLHF's form
// without "preference". Throws alike.
std::vector<Comparison> read_pairs(const std::string& path, const std::string& image_folder);

// One such pair by itself. Throw std::invalid_argument, DataError or JSON's exceptions.
nlohmann::json pair_json(const Comparison& pair);
Comparison pair_from_json(const nlohmann::json& value);

enum class ComparisonForm { Llava, Messages };
// An array for the first form, lines for the second. Throws DataError for what a form cannot say: a
// member of the metadata that means something there; for LLaVA's a placeholder's spelling that is
// data; for messages a pair without preference.
void write_comparisons(const std::string& path, const std::vector<Comparison>& comparisons,
                       ComparisonForm form = ComparisonForm::Llava);

// The choice of most votes; a tie when neither answer leads.
Choice majority(const std::vector<Vote>& votes);

// Whether a pair is kept to measure with, which is drawn by its picture (by its id where it has
// none): no picture is on both sides.
bool is_held_out(const Comparison& pair, double share, RandomKey key);

// What a pair teaches: the probability that the first answer is the better one, and how much the
// pair counts.
struct Target {
  double first = 1;
  double weight = 1;
};

// From the votes, or from the preference where there are none: the mean of 1 (first), 0 (second)
// and 0.5 (tie), each vote with its annotator's weight, 1 unless named. The pair's weight is the
// mean weight of its votes; 0 when nobody who counts has voted.
using AnnotatorWeights = std::map<std::string, double>;
AnnotatorWeights weights_of(const config::RewardConfig& config);  // reward.annotator_weights
Target target_of(const Comparison& comparison, const AnnotatorWeights& weights);

}  // namespace plumbline::data
