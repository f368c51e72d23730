#include "plumbline/study/evidence.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "plumbline/base/error.h"
#include "plumbline/eval/world_scoring.h"
#include "plumbline/formats/json_lines.h"
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

// By id.
template <class Value>
std::unordered_map<std::string, Value> column(const fs::path& file, const std::string& name) {
  std::unordered_map<std::string, Value> result;
  for_each_line(file, "lines with id and " + name,
                [&](const json& line) { result[line.at("id")] = line.at(name).get<Value>(); });
  return result;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double deviation(const std::vector<double>& values) {
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

// world_scoring with one figure more: how far the share of "yes" lies from the truth's.
eval::Scoring with_yes_bias(eval::Scoring scoring) {
  constexpr double kTrueShare = 0.5;  // of the world's yes_no questions
  size_t yes_rate = 0;
  while (scoring.figures.at(yes_rate).name != "yes_rate") ++yes_rate;
  scoring.figures.push_back({.name = "yes_bias", .direction = -1});
  scoring.values = [yes_rate, inner = scoring.values](const eval::Sums& sums) {
    auto values = inner(sums);
    values.push_back(std::abs(values[yes_rate] - kTrueShare));
    return values;
  };
  return scoring;
}

// What answers gained over SFT's, by the policy's reward model and by the judge.
eval::Scoring gains_of(const Rated& answers, const Rated& sft, const std::vector<double>& proxy,
                       const std::vector<double>& proxy_of_sft) {
  std::vector<double> gold_of_sft;
  for (const auto& r : sft) gold_of_sft.push_back(r.verdict.score);
  const double proxy_unit = deviation(proxy_of_sft), gold_unit = deviation(gold_of_sft);
  eval::Tally tally;
  const auto count = tally.column("count"), of_proxy = tally.column("proxy"),
             of_gold = tally.column("gold");
  for (size_t i = 0; i < answers.size(); ++i) {
    const std::string& image = answers[i].item.image;
    tally.add(image, count);
    tally.add(image, of_proxy, (proxy[i] - proxy_of_sft[i]) / proxy_unit);
    tally.add(image, of_gold, (answers[i].verdict.score - gold_of_sft[i]) / gold_unit);
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
    const double target = line.at("target");
    if (target == 0.5) return;  // a tie
    const double first = line.at("score_1"), second = line.at("score_2");
    const double right = first == second ? 0.5 : (first > second) == (target > 0.5) ? 1.0 : 0.0;
    auto& tally = tallies[line.at("model")];
    const std::string image = line.at("image");
    tally.add(image, tally.column("pairs"));
    tally.add(image, tally.column("right"), right);
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
        items_(world::read_benchmark((layout / Layout::questions() / "benchmark.jsonl").string())) {
  }

  void read(Evidence& evidence) const {
    const Rated sft = answers(Layout::answers_of_sft(0));
    evidence.answers.add(system_name_of_sft(), {scored(sft)});
    for (const auto& variant : variants_) {
      for (const bool has_facts : {false, true}) read_policy(evidence, sft, variant, has_facts);
    }
    read_finetunes(evidence);
    read_rewards(evidence);
  }

 private:
  static std::string system_name_of_sft() { return "SFT"; }
  static eval::Scoring scored(const Rated& rated) {
    return with_yes_bias(eval::world_scoring(rated));
  }

  // In the order of the questions.
  Rated answers(const std::string& folder) const {
    const auto texts = column<std::string>(layout_ / folder / "answers.jsonl", "answer");
    std::vector<std::string> ordered;
    for (const auto& item : items_) ordered.push_back(of_item(texts, item, folder));
    return eval::rate(items_, ordered);
  }

  std::vector<double> proxy(const std::string& folder) const {
    const auto rewards = column<double>(layout_ / folder / "scores.jsonl", "reward");
    std::vector<double> ordered;
    for (const auto& item : items_) ordered.push_back(of_item(rewards, item, folder));
    return ordered;
  }

  template <class Value>
  Value of_item(const std::unordered_map<std::string, Value>& values,
                const world::BenchmarkItem& item, const std::string& folder) const {
    const auto found = values.find(item.id);
    if (found == values.end()) unfit("a line for " + item.id, "none", layout_ / folder);
    return found->second;
  }

  void read_policy(Evidence& evidence, const Rated& sft, const std::string& variant,
                   bool has_facts) const {
    std::vector<eval::Scoring> figures, gains;
    for (int64_t seed = 0; seed < seeds_; ++seed) {
      const Rated rated = answers(Layout::answers(variant, has_facts, seed));
      figures.push_back(scored(rated));
      gains.push_back(gains_of(rated, sft, proxy(Layout::proxy(variant, has_facts, seed)),
                               proxy(Layout::proxy_of_sft(variant, has_facts, seed))));
    }
    const std::string name = system_name(has_facts, variant);
    evidence.answers.add(name, figures);
    evidence.gains.add(name, gains);
  }

  void read_finetunes(Evidence& evidence) const {
    std::vector<eval::Scoring> plain, plus;
    for (int64_t seed = 0; seed < seeds_; ++seed) {
      plain.push_back(scored(answers(Layout::answers_of_sft(seed))));
      plus.push_back(scored(answers(Layout::answers_of_sft_plus(seed))));
    }
    evidence.finetunes.add("SFT", plain);
    evidence.finetunes.add("SFT+", plus);
  }

  void read_rewards(Evidence& evidence) const {
    std::vector<eval::Scoring> without, with;
    for (int64_t seed = 0; seed < seeds_; ++seed) {
      const fs::path file = layout_ / Layout::audit(seed) / "pairs.jsonl";
      const auto models = accuracies(file);
      const auto of = [&](bool has_facts) {
        const std::string name = Layout::reward("default", has_facts, seed);
        const auto model = models.find(name);
        if (model == models.end()) unfit("pairs of " + name, "none", file);
        return model->second;
      };
      without.push_back(of(false));
      with.push_back(of(true));
    }
    evidence.rewards.add("without facts", without);
    evidence.rewards.add("with facts", with);
  }

  const Layout& layout_;
  const std::vector<std::string>& variants_;
  int64_t seeds_;
  std::vector<world::BenchmarkItem> items_;
};

}  // namespace

std::string system_name(bool has_facts, const std::string& variant) {
  const std::string name = has_facts ? "Fact-RLHF" : "RLHF";
  return variant.empty() || variant == "default" ? name : name + ", " + variant;
}

Evidence read_evidence(const Layout& layout, const std::vector<std::string>& variants,
                       int64_t seeds, const eval::BootstrapOptions& options) {
  Evidence evidence{SeedStudy(options), SeedStudy(options), SeedStudy(options), SeedStudy(options)};
  Reader(layout, variants, seeds).read(evidence);
  return evidence;
}

std::vector<Claim> claims_of(const Evidence& e) {
  const std::string sft = "SFT", plain = system_name(false), facts = system_name(true);
  const auto of_answers = [&](const std::string& a, const std::string& b, const std::string& figure,
                              Wanted wanted, bool is_beside = false) {
    return measure(e.answers, a, b, figure, wanted, is_beside);
  };
  std::vector<Claim> claims = {
      {"a",
       "A reward model that is shown facts ranks held-out comparisons better.",
       {measure(e.rewards, "with facts", "without facts", "accuracy", Wanted::More)}},
      {"b",
       "Fact-RLHF hallucinates less than SFT.",
       {of_answers(facts, sft, "hallucination", Wanted::Less),
        of_answers(facts, sft, "false_description", Wanted::Less),
        of_answers(plain, sft, "hallucination", Wanted::Less, true),
        of_answers(plain, sft, "false_description", Wanted::Less, true)}},
      {"c",
       "Fact-RLHF hallucinates less than RLHF without facts.",
       {of_answers(facts, plain, "hallucination", Wanted::Less),
        of_answers(facts, plain, "false_description", Wanted::Less)}},
      {"d",
       "Fact-RLHF names no less of what is there than SFT.",
       {of_answers(facts, sft, "coverage", Wanted::NotLess),
        of_answers(plain, sft, "coverage", Wanted::NotLess, true)}},
      {"e",
       "Without facts more of what the reward model pays for is nothing to the judge.",
       {measure(e.gains, plain, facts, "gap", Wanted::More)}},
      {"f",
       "Fact-RLHF answers yes/no questions no worse than SFT, and says \"yes\" no more "
       "one-sidedly.",
       {of_answers(facts, sft, "f1", Wanted::NotLess),
        of_answers(facts, sft, "yes_bias", Wanted::NotMore)}},
      {"g",
       "Clean data mixed into fine-tuning (SFT+) lessens hallucination.",
       {measure(e.finetunes, "SFT+", "SFT", "hallucination", Wanted::Less),
        measure(e.finetunes, "SFT+", "SFT", "false_description", Wanted::Less),
        measure(e.finetunes, "SFT+", "SFT", "coverage", Wanted::NotLess, true)}}};
  const auto beside = [&](Claim& claim, const SeedStudy& study, const std::string& a,
                          const std::string& b, const std::string& figure, Wanted wanted) {
    if (study.contains(a) && study.contains(b))
      claim.measures.push_back(measure(study, a, b, figure, wanted, true));
  };
  for (const char* variant : {"weak-kl", "pairs-250"}) {
    beside(claims[4], e.gains, system_name(false, variant), system_name(true, variant), "gap",
           Wanted::More);
  }
  const std::string paper = system_name(true, "paper");
  beside(claims[3], e.answers, paper, sft, "coverage", Wanted::NotLess);
  beside(claims[5], e.answers, paper, sft, "f1", Wanted::NotLess);
  beside(claims[5], e.answers, paper, sft, "yes_bias", Wanted::NotMore);
  return claims;
}

namespace {

std::string cell(const SeedMean& mean) {
  const auto& i = mean.interval;
  return fmt::format(" {:.3f} [{:.3f}, {:.3f}] |", i.value, i.low, i.high);
}

std::string difference_cell(const SeedMean& mean) {
  const auto& i = mean.interval;
  return fmt::format(" {:+.3f} [{:+.3f}, {:+.3f}] |", i.value, i.low, i.high);
}

// What tables of variants show: of answers, then of gains.
const std::vector<std::string> kOfAnswers = {
    "hallucination", "false_description", "coverage", "score", "f1", "yes_rate", "length"};
const std::vector<std::string> kOfGains = {"proxy_gained", "gold_gained", "gap"};

std::string head(const std::string& first) {
  std::string names = "| " + first + " |", line = "|---|";
  for (const auto* figures : {&kOfAnswers, &kOfGains}) {
    for (const auto& figure : *figures) {
      names += " " + figure + " |";
      line += "---|";
    }
  }
  return names + "\n" + line + "\n";
}

}  // namespace

std::string variants_table(const Evidence& e, const std::vector<std::string>& variants) {
  std::string out = head("policy") + "| SFT |";
  for (const auto& figure : kOfAnswers) out += cell(e.answers.mean("SFT", figure));
  out += std::string(" 0 | 0 | 0 |\n");
  for (const auto& variant : variants) {
    for (const bool has_facts : {false, true}) {
      const std::string name = system_name(has_facts, variant);
      out += "| " + name + " |";
      for (const auto& figure : kOfAnswers) out += cell(e.answers.mean(name, figure));
      for (const auto& figure : kOfGains) out += cell(e.gains.mean(name, figure));
      out += "\n";
    }
  }
  out += "\n" + head("Fact-RLHF - RLHF");
  for (const auto& variant : variants) {
    const std::string facts = system_name(true, variant), plain = system_name(false, variant);
    out += "| " + variant + " |";
    for (const auto& figure : kOfAnswers)
      out += difference_cell(e.answers.difference(facts, plain, figure));
    for (const auto& figure : kOfGains)
      out += difference_cell(e.gains.difference(facts, plain, figure));
    out += "\n";
  }
  return out;
}

}  // namespace plumbline::study
