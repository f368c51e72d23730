#include "plumbline/study/evidence.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "plumbline/audit/scored_pair.h"
#include "plumbline/base/error.h"
#include "plumbline/base/progress.h"
#include "plumbline/eval/world_scoring.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/study/moments.h"
#include "plumbline/world/benchmark.h"

namespace plumbline::study {
namespace {

using nlohmann::json;
using Rated = std::vector<eval::RatedAnswer>;

[[noreturn]] void unfit(const std::string& expected, const std::string& got,
                        const std::string& where) {
  throw DataError(Complaint{.component = "study",
                            .doing = "reading what was measured",
                            .expected = expected,
                            .got = got,
                            .where = where});
}

// Reads JSON lines; `take` may throw nlohmann's exceptions for a line of another form.
template <class Take>
void for_each_line(const fs::path& file, const std::string& expected, const Take& take) {
  formats::for_each_record(file.string(), [&](formats::Record&& record) {
    try {
      take(record.value);
    } catch (const json::exception& e) {
      unfit(expected, untagged(e), record.where);
    }
  });
}

// By id, each of which comes once.
std::unordered_map<std::string, json> lines_by_id(const fs::path& file) {
  std::unordered_map<std::string, json> lines;
  for_each_line(file, "lines with an id", [&](const json& line) {
    if (lines.emplace(line.at("id"), line).second) return;
    unfit("each id once", line.at("id").get<std::string>() + " twice", file.string());
  });
  return lines;
}

// A unit for scores: their deviation over answers.
double unit_of(const std::vector<double>& scores, const std::string& whose) {
  const double unit = std::sqrt(squared_deviations(scores) / static_cast<double>(scores.size()));
  if (unit > 0 && std::isfinite(unit)) return unit;
  unfit("finite scores that differ", fmt::format("a deviation of {}", unit), whose);
}

// What answers to questions gained over SFT's, by the policy's reward model and by the judge.
// Without yes/no, which the judge's score leaves out.
eval::Scoring gains_of(const Rated& answers, const Rated& sft, const std::vector<double>& proxy,
                       const std::vector<double>& proxy_of_sft, const std::string& name) {
  std::vector<size_t> places;
  std::vector<double> proxies, golds;  // of SFT
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].item.type == "yes_no") continue;
    places.push_back(i);
    proxies.push_back(proxy_of_sft[i]);
    golds.push_back(sft[i].verdict.score);
  }
  const double proxy_unit = unit_of(proxies, "the reward model of " + name);
  const double gold_unit = unit_of(golds, "the judge");
  eval::Tally tally;
  const auto count = tally.column("count"), of_proxy = tally.column("proxy"),
             of_gold = tally.column("gold");
  for (const size_t i : places) {
    const std::string& image = answers[i].item.image;
    tally.add(image, count);
    tally.add(image, of_proxy, (proxy[i] - proxy_of_sft[i]) / proxy_unit);
    tally.add(image, of_gold, (answers[i].verdict.score - sft[i].verdict.score) / gold_unit);
  }
  return {.figures = {{.name = "proxy_gained"},
                      {.name = "gold_gained"},
                      {.name = "gap", .direction = -1}},
          .num_sums = tally.num_columns(),
          .units = tally.units(),
          .values = [](const eval::Sums& s) {
            const double proxy_gained = eval::ratio(s[1], s[0]);
            const double gold_gained = eval::ratio(s[2], s[0]);
            return std::vector<double>{proxy_gained, gold_gained, proxy_gained - gold_gained};
          }};
}

// Held-out comparisons ranked right by each audited model.
std::map<std::string, eval::Scoring> accuracies(const fs::path& file) {
  std::map<std::string, eval::Tally> tallies;
  for_each_line(file, "lines of pairs.jsonl as plumbline audit writes them", [&](const json& line) {
    const audit::ScoredPair pair{.image = line.at("image"),
                                 .type = "",
                                 .score_1 = line.at("score_1"),
                                 .score_2 = line.at("score_2"),
                                 .target = line.at("target")};
    if (audit::is_tie(pair)) return;
    auto& tally = tallies[line.at("model")];
    tally.add(pair.image, tally.column("pairs"));
    tally.add(pair.image, tally.column("right"), audit::credit(pair, pair.score_1, pair.score_2));
  });
  std::map<std::string, eval::Scoring> result;
  for (const auto& [model, tally] : tallies) {
    result[model] = {
        .figures = {{.name = "accuracy"}},
        .num_sums = tally.num_columns(),
        .units = tally.units(),
        .values = [](const eval::Sums& s) { return std::vector<double>{eval::ratio(s[1], s[0])}; }};
  }
  return result;
}

class Reader {
 public:
  Reader(const Layout& layout, const std::vector<std::string>& variants, int64_t seeds)
      : layout_(layout),
        variants_(variants),
        seeds_(seeds),
        items_(world::read_benchmark((layout / Layout::questions() / "benchmark.jsonl").string())),
        // Policies twice, for answers and gains; SFT twice, three fine-tunings, two reward models.
        progress_("drawing pictures", 4 * std::ssize(variants) + 7) {}

  void read(Evidence& evidence) {
    const Rated sft = answers(Layout::answers_of_sft(0));
    add(evidence.answers, kSft, {eval::world_scoring(sft)});
    for (const auto& variant : variants_) {
      for (const bool has_facts : {false, true}) read_policy(evidence, sft, variant, has_facts);
    }
    read_finetunes(evidence);
    read_rewards(evidence);
  }

 private:
  // The lines of a file, in the order of the questions: one for each, and no others.
  std::vector<json> lines(const fs::path& file) const {
    auto by_id = lines_by_id(file);
    std::vector<json> ordered;
    for (const auto& item : items_) {
      const auto found = by_id.find(item.id);
      if (found == by_id.end()) unfit("a line for " + item.id, "none", file.string());
      ordered.push_back(std::move(found->second));
    }
    if (by_id.size() == items_.size()) return ordered;
    unfit(fmt::format("lines for {} questions", items_.size()), std::to_string(by_id.size()),
          file.string());
  }

  Rated answers(const std::string& folder) const {
    const fs::path file = layout_ / folder / "answers.jsonl";
    const auto given = lines(file);
    std::vector<std::string> texts;
    for (size_t i = 0; i < items_.size(); ++i) {
      const std::string question = text_in(given[i], "question", file);
      // Ids of two benchmarks are alike, their questions are not.
      if (question != items_[i].question) unfit(items_[i].question, question, file.string());
      texts.push_back(text_in(given[i], "answer", file));
    }
    return eval::rate(items_, texts);
  }

  std::vector<double> proxy(const std::string& folder) const {
    const fs::path file = layout_ / folder / "scores.jsonl";
    std::vector<double> rewards;
    for (const json& line : lines(file)) {
      const auto reward = line.find("reward");
      if (reward == line.end() || !reward->is_number()) {
        unfit("a reward for " + line.at("id").get<std::string>(), "none", file.string());
      }
      rewards.push_back(reward->get<double>());
    }
    return rewards;
  }

  static std::string text_in(const json& line, const char* name, const fs::path& file) {
    const auto found = line.find(name);
    if (found == line.end() || !found->is_string()) {
      unfit(std::string(name) + " of " + line.at("id").get<std::string>(), "none", file.string());
    }
    return found->get<std::string>();
  }

  void read_policy(Evidence& evidence, const Rated& sft, const std::string& variant,
                   bool has_facts) {
    const std::string name = system_name(has_facts, variant);
    std::vector<eval::Scoring> figures, gains;
    for (int64_t seed = 0; seed < seeds_; ++seed) {
      const Rated rated = answers(Layout::answers(variant, has_facts, seed));
      figures.push_back(eval::world_scoring(rated));
      gains.push_back(gains_of(rated, sft, proxy(Layout::proxy(variant, has_facts, seed)),
                               proxy(Layout::proxy_of_sft(variant, has_facts, seed)), name));
    }
    add(evidence.answers, name, figures);
    add(evidence.gains, name, gains);
  }

  void read_finetunes(Evidence& evidence) {
    const auto read = [&](std::string (*folder)(int64_t seed)) {
      std::vector<eval::Scoring> seeds;
      for (int64_t seed = 0; seed < seeds_; ++seed) {
        seeds.push_back(eval::world_scoring(answers(folder(seed))));
      }
      return seeds;
    };
    const auto sft = read(Layout::answers_of_sft);
    add(evidence.answers, kSftAll, sft);
    add(evidence.finetunes, kSft, sft);
    add(evidence.finetunes, kSftMore, read(Layout::answers_of_sft_more));
    add(evidence.finetunes, kSftPlus, read(Layout::answers_of_sft_plus));
  }

  void read_rewards(Evidence& evidence) {
    std::vector<eval::Scoring> without, with;
    for (int64_t seed = 0; seed < seeds_; ++seed) {
      const fs::path file = layout_ / Layout::audit(seed) / "pairs.jsonl";
      const auto models = accuracies(file);
      const auto of = [&](bool has_facts) {
        const std::string name = Layout::reward(kDefault, has_facts, seed);
        const auto model = models.find(name);
        if (model == models.end()) unfit("pairs of " + name, "none", file);
        return model->second;
      };
      without.push_back(of(false));
      with.push_back(of(true));
    }
    add(evidence.rewards, kWithoutFacts, without);
    add(evidence.rewards, kWithFacts, with);
  }

  // Draws its pictures, which takes a while.
  void add(SeedStudy& study, const std::string& name, const std::vector<eval::Scoring>& seeds) {
    study.add(name, seeds);
    progress_.update(++num_added_);
  }

  const Layout& layout_;
  const std::vector<std::string>& variants_;
  int64_t seeds_;
  std::vector<world::BenchmarkItem> items_;
  Progress progress_;
  int64_t num_added_ = 0;
};

}  // namespace

std::string system_name(bool has_facts, const std::string& variant) {
  const std::string name = has_facts ? "Fact-RLHF" : "RLHF";
  return variant.empty() || variant == kDefault ? name : name + ", " + variant;
}

Evidence read_evidence(const Layout& layout, const std::vector<std::string>& variants,
                       int64_t seeds, const eval::BootstrapOptions& options) {
  Evidence evidence{SeedStudy(options), SeedStudy(options), SeedStudy(options), SeedStudy(options)};
  Reader(layout, variants, seeds).read(evidence);
  return evidence;
}

}  // namespace plumbline::study
