#include "plumbline/recipes/annotate_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "plumbline/annotate/agreement.h"
#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/eval/interval_json.h"

namespace plumbline::recipes {
namespace {

using nlohmann::json;

// Figures over all pairs, in shares.
class Shares {
 public:
  void add(const data::Comparison& pair) {
    ++num_pairs_;
    num_hallucinated_ += pair.hallucination.value_or(false) ? 1 : 0;
    num_edited_ += pair.metadata.value("edited", false) ? 1 : 0;
    if (pair.preference == data::Choice::Tie) {
      ++num_ties_;
    } else {
      const bool is_first = pair.preference == data::Choice::First;
      const size_t better = (is_first ? pair.output_1 : pair.output_2).size(),
                   worse = (is_first ? pair.output_2 : pair.output_1).size();
      num_longer_ += better > worse ? 1 : better == worse ? 0.5 : 0;
    }
  }
  train::Metrics metrics() const {
    const double decided = std::max(1.0, num_pairs_ - num_ties_);
    return {{"hallucinated_share", num_hallucinated_ / num_pairs_},
            {"edited_share", num_edited_ / num_pairs_},
            {"tie_share", num_ties_ / num_pairs_},
            {"better_longer_share", num_longer_ / decided}};
  }

 private:
  double num_pairs_ = 0, num_hallucinated_ = 0, num_edited_ = 0, num_ties_ = 0, num_longer_ = 0;
};

json figure_json(const annotate::AgreementFigure& figure) {
  if (!figure.undefined.empty()) return {{"undefined", figure.undefined}};
  return eval::interval_to_json(figure.interval);
}

// How far those who saw the same pairs agree, into agreement.json; alpha also as a metric.
train::Metrics write_agreement(const fs::path& folder, const Split& split,
                               const config::Config& c) {
  std::vector<std::vector<data::Vote>> votes;
  for (const auto* part : {&split.train_pairs, &split.held_out}) {
    for (const auto& pair : *part) votes.push_back(pair.votes);
  }
  const auto found = annotate::agreement(annotate::choice_ratings(votes),
                                         {.samples = c.eval.bootstrap_samples,
                                          .confidence = c.eval.confidence,
                                          .key = random_key(c.run.seed, "annotate.agreement")});
  const json out{{"pairs_seen_by_several", found.num_items},
                 {"annotators", found.num_annotators},
                 {"percent", figure_json(found.percent)},
                 {"cohen_kappa", figure_json(found.cohen_kappa)},
                 {"fleiss_kappa", figure_json(found.fleiss_kappa)},
                 {"alpha_nominal", figure_json(found.alpha_nominal)},
                 {"alpha_ordinal", figure_json(found.alpha_ordinal)}};
  write_file(folder / "agreement.json", json_text(out, 1) + "\n");
  if (found.num_items == 0) return {};
  log_info("annotate: of {} pairs seen by several, {:.3f} of the opinions agree; alpha {:.3f}",
           found.num_items, found.percent.interval.value, found.alpha_nominal.interval.value);
  train::Metrics metrics{{"agreement", found.percent.interval.value}};
  if (found.alpha_nominal.undefined.empty()) metrics["alpha"] = found.alpha_nominal.interval.value;
  return metrics;
}

}  // namespace

void flag_worse(data::Comparison& pair) {
  pair.hallucination.reset();
  if (pair.preference == data::Choice::Tie) return;
  pair.hallucination =
      pair.preference == data::Choice::Second ? pair.hallucination_1 : pair.hallucination_2;
}

data::Comparison compared(data::Comparison pair, std::vector<data::Vote> votes) {
  pair.votes = std::move(votes);
  pair.margin.reset();  // of an earlier file's opinion
  pair.preference = data::majority(pair.votes);
  const auto flagged = [&](auto member) -> std::optional<bool> {
    int64_t yes = 0, said = 0;
    for (const data::Vote& vote : pair.votes) {
      if (!(vote.*member)) continue;
      ++said;
      yes += *(vote.*member) ? 1 : 0;
    }
    if (said == 0) return std::nullopt;
    return 2 * yes > said;
  };
  pair.hallucination_1 = flagged(&data::Vote::hallucination_1);
  pair.hallucination_2 = flagged(&data::Vote::hallucination_2);
  flag_worse(pair);
  return pair;
}

void check_split(const Split& split, const config::Config& c, const std::string& from) {
  if (split.train_pairs.empty()) {
    throw DataError(Complaint{.component = "annotate",
                              .doing = "collecting comparisons",
                              .expected = "pairs to train on that somebody has compared",
                              .got = fmt::format("none, and {} held out", split.held_out.size()),
                              .where = from,
                              .hint = "compare more pairs, or change annotate.held_out_share."});
  }
  if (split.held_out.empty() && c.annotate.held_out_share > 0) {
    log_warning(
        "annotate: none of {} pairs is held out (annotate.held_out_share = {}), so there is "
        "no held_out.json",
        split.train_pairs.size(), c.annotate.held_out_share);
  }
}

void write_split(train::RunFolder& run, const Split& split, const config::Config& c) {
  data::write_comparisons((run.path() / "comparisons.json").string(), split.train_pairs);
  if (!split.held_out.empty()) {
    data::write_comparisons((run.path() / "held_out.json").string(), split.held_out);
  }
  Shares shares;
  for (const auto& pair : split.train_pairs) shares.add(pair);
  for (const auto& pair : split.held_out) shares.add(pair);
  auto metrics = shares.metrics();
  metrics["pairs"] = static_cast<double>(split.train_pairs.size());
  metrics["held_out_pairs"] = static_cast<double>(split.held_out.size());
  metrics.merge(write_agreement(run.path(), split, c));
  run.metrics().record(1, metrics);
  log_info("annotate: {} comparisons and {} held out", split.train_pairs.size(),
           split.held_out.size());
}

}  // namespace plumbline::recipes
