#include "plumbline/recipes/reward_pairs.h"

#include "plumbline/base/error.h"

namespace plumbline::recipes {

Pairs read_pairs(const std::string& file, const config::Config& c) {
  Pairs pairs;
  pairs.records = data::read_comparisons(file, c.data.images, c.data.bad_records);
  const auto weights = data::weights_of(c.reward);
  double total = 0;
  for (const auto& record : pairs.records) {
    pairs.facts.push_back(engine::fact_request(record));
    pairs.targets.push_back(data::target_of(record, weights));
    total += pairs.targets.back().weight;
  }
  if (total > 0) return pairs;
  throw DataError(Complaint{.component = "reward",
                            .doing = "weighing votes",
                            .expected = "a pair with a vote that counts",
                            .got = "none",
                            .where = file,
                            .hint = "see reward.annotator_weights."});
}

void require_decided(const Pairs& held_out, const std::string& file) {
  for (const data::Target& target : held_out.targets) {
    if (target.first != 0.5) return;
  }
  throw DataError(Complaint{.component = "reward",
                            .doing = "reading what is held out",
                            .expected = "a pair with a better answer",
                            .got = "ties alone",
                            .where = file});
}

PairScorer::PairScorer(engine::Assistant& assistant, engine::FeatureStore& features,
                       const engine::RewardInput& input, std::string head)
    : assistant_(assistant), features_(features), input_(input), head_(std::move(head)) {}

void PairScorer::check_lengths(const Pairs& pairs, const std::string& file) const {
  for (size_t i = 0; i < pairs.records.size(); ++i) {
    const data::Comparison& record = pairs.records[i];
    for (const std::string& answer : {record.output_1, record.output_2}) {
      engine::check_length(assistant_,
                           input_.longest(assistant_, record.turns, answer, pairs.facts[i]),
                           "comparison '" + record.id + "'", file);
    }
  }
}

engine::Branches PairScorer::encode(const Pairs& pairs, int64_t index, RandomKey key) const {
  const auto i = static_cast<size_t>(index);
  const data::Comparison& record = pairs.records[i];
  const auto own = key.at(static_cast<uint64_t>(index));
  const auto one = [&](const std::string& answer) {
    return input_.encode(assistant_, record.turns, answer, pairs.facts[i], own);
  };
  return engine::branches_of({one(record.output_1), one(record.output_2)}, record.images);
}

std::pair<at::Tensor, at::Tensor> PairScorer::score(
    const std::vector<const engine::Branches*>& pairs, std::vector<RandomKey> dropout_keys) {
  const model::AdapterScope scope(assistant_.model, head_, std::move(dropout_keys));
  const at::Tensor both =
      engine::last_row_scores(assistant_.model,
                              engine::make_batch(pairs, features_, assistant_.device()), head_)
          .view({-1, 2});
  return {both.select(1, 0), both.select(1, 1)};
}

}  // namespace plumbline::recipes
