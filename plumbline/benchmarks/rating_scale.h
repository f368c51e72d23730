// MMHal-Bench's scale from 0 to 6: reading ratings, and the figures of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plumbline/api/judge.h"
#include "plumbline/eval/join.h"
#include "plumbline/eval/scoring.h"

namespace plumbline::benchmarks {

// The rating that a reply gives: of "rating: 0" to "rating: 6" (in any case of letters, with one
// blank) it must hold exactly one, as often as it likes. "Rating: 60" is a 6, "Rating: 3.5" a 3.
// Source: LLaVA-RLHF, Eval/eval_gpt_mmhal.py.
std::optional<int> read_rating(const std::string& reply);

// 3 to 6 are ratings of answers without hallucination.
inline bool is_hallucination(int rating) { return rating < 3; }

// A question with what its judge is shown.
struct RatedItem {
  eval::Asked asked;
  std::string type = {};  // empty: of no type
  std::string facts = {}, reference = {};
};

struct RatingStyle {
  int rate_digits = 2;               // of the hallucination rate
  bool has_informativeness = false;  // RLHF-V's: how informative, whether hallucinated or not
  bool has_type_rates = false;       // hallucination rates by type too
};

// Scores what a judge replied to answers[i] to items[i]. A reply without a rating counts as 0, and
// so as a hallucination; the figures of the readable replies stand beside.
//   average_score, hallucination_rate, score/TYPE in the order of `types`,
//   average_score_of_readable, hallucination_rate_of_readable; hallucination_rate/TYPE and
//   informativeness by style
eval::Scoring score_ratings(const std::vector<RatedItem>& items,
                            const std::vector<eval::Answer>& answers,
                            const std::vector<std::string>& replies,
                            const std::vector<std::string>& types, const RatingStyle& style);

// Asks for the rating of answers[i] to items[i]. Throws DataError for an unfit prompt.
std::vector<api::JudgeRequest> rating_requests(const std::vector<RatedItem>& items,
                                               const std::vector<eval::Answer>& answers,
                                               const std::string& prompt_path);

}  // namespace plumbline::benchmarks
