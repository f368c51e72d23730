// What reward models have learnt: held-out figures beside baselines, with facts taken away or
// exchanged, and probes of what they pay for.
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "plumbline/audit/audit.h"
#include "plumbline/audit/audit_table.h"
#include "plumbline/audit/facts_overlap.h"
#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/data/comparison.h"
#include "plumbline/engine/reward_scorer.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/report/audit_page.h"
#include "plumbline/tensor/device.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/world/judge.h"
#include "plumbline/world/probe.h"

namespace plumbline::recipes {
namespace {

using FactLists = std::vector<std::vector<std::string>>;  // one for each comparison
using Scores = std::vector<std::vector<double>>;

// What is asked of every model.
struct Material {
  std::vector<data::Comparison> records;
  std::vector<engine::FactRequest> requests;
  std::vector<const world::BenchmarkItem*> items;  // the truth, or null
  std::vector<audit::ScoredPair> pairs;            // all but their scores
};

int64_t num_words(const std::string& text) {
  int64_t words = 0;
  bool is_within = false;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    words += !is_blank && !is_within ? 1 : 0;
    is_within = !is_blank;
  }
  return words;
}

std::string image_of(const data::Comparison& record) {
  // A record without a picture is a unit of its own in intervals.
  return record.images.empty() ? "record " + record.id : record.images.front();
}

std::string type_of(const data::Comparison& record, const world::BenchmarkItem* item) {
  if (item != nullptr) return item->type;
  const auto type = record.metadata.find("type");
  return type != record.metadata.end() && type->is_string() ? type->get<std::string>() : "";
}

std::optional<double> flag(std::optional<bool> value) {
  if (!value) return std::nullopt;
  return *value ? 1.0 : 0.0;
}

// All of a pair but its scores. `facts` are all that are known of its images.
audit::ScoredPair pair_of(const data::Comparison& record, const world::BenchmarkItem* item,
                          const data::Target& target, const std::vector<std::string>& facts) {
  audit::ScoredPair pair{.image = image_of(record),
                         .type = type_of(record, item),
                         .target = target.first,
                         .length_1 = num_words(record.output_1),
                         .length_2 = num_words(record.output_2),
                         .false_1 = flag(record.hallucination_1),
                         .false_2 = flag(record.hallucination_2)};
  if (item != nullptr) {
    pair.false_1 = world::judge(*item, record.output_1).num_false;
    pair.false_2 = world::judge(*item, record.output_2).num_false;
  }
  if (!facts.empty()) {
    pair.overlap_1 = audit::facts_overlap(record.output_1, facts);
    pair.overlap_2 = audit::facts_overlap(record.output_2, facts);
  }
  return pair;
}

std::vector<audit::ScoredPair> scored(const Material& material, const Scores& scores) {
  std::vector<audit::ScoredPair> pairs = material.pairs;
  for (size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].score_1 = scores[i].at(0);
    pairs[i].score_2 = scores[i].at(1);
  }
  return pairs;
}

// One reward model at work.
class Subject {
 public:
  Subject(const std::string& folder, const config::Config& given, const Material& material)
      : material_(material),
        config_(with_folder(given, folder)),
        input_(engine::load_reward_input(config_)),
        key_(random_key(given.run.seed, "audit")),
        model_(engine::load_reward_model(
            config_, tensor::setup_device(given.run.device, given.run.threads), "audit")),
        store_(model_.assistant.preprocess, given.data.images),
        scorer_(model_.assistant, store_, input_, model_.head, engine::kScoringRows, key_) {
    input_.read_facts(given.data.facts, material.requests, given.data.missing_facts);
    input_.check_budget(model_.assistant.tokenizer, material.requests);
  }

  bool has_facts() const { return input_.has_facts(); }

  // Facts as training shows them, in the order that `order` draws.
  FactLists shown(const std::string& order) const {
    FactLists facts;
    for (size_t i = 0; i < material_.records.size(); ++i) {
      facts.push_back(input_.shown_facts(model_.assistant.tokenizer, material_.requests[i],
                                         key_.at(order).at(i)));
    }
    return facts;
  }

  Scores pairs(const FactLists& facts) {
    std::vector<api::Candidates> questions;
    for (const auto& record : material_.records) {
      questions.push_back(question(record, {record.output_1, record.output_2}));
    }
    return scorer_.score_with(questions, facts);
  }

  // Scores of answers and of their edits, for comparisons whose truth is known.
  std::vector<audit::ProbeScores> probes(const FactLists& facts) {
    std::vector<api::Candidates> questions;
    std::vector<std::vector<world::ProbeKind>> kinds;
    FactLists own_facts;
    for (size_t i = 0; i < material_.records.size(); ++i) {
      if (material_.items[i] == nullptr) continue;
      const std::string& answer = material_.records[i].output_1;
      std::vector<std::string> answers = {answer};
      auto& made = kinds.emplace_back();
      for (const auto& probe : world::probes()) {
        const auto edit = world::probe_edit(*material_.items[i], answer, probe.kind,
                                            key_.at("probe").at(i).at(probe.name));
        if (!edit) continue;
        answers.push_back(*edit);
        made.push_back(probe.kind);
      }
      questions.push_back(question(material_.records[i], std::move(answers)));
      own_facts.push_back(facts[i]);
    }
    const Scores scores = scorer_.score_with(questions, own_facts);
    std::vector<audit::ProbeScores> result;
    for (size_t q = 0; q < questions.size(); ++q) {
      for (size_t n = 0; n < kinds[q].size(); ++n) {
        result.push_back(
            {.image = questions[q].images.empty() ? std::to_string(q) : questions[q].images.front(),
             .kind = kinds[q][n],
             .before = scores[q].front(),
             .after = scores[q][n + 1]});
      }
    }
    return result;
  }

 private:
  static config::Config with_folder(config::Config c, const std::string& folder) {
    c.model.reward_adapter = folder;
    return c;
  }
  static api::Candidates question(const data::Comparison& record,
                                  std::vector<std::string> answers) {
    return {.images = record.images, .turns = record.turns, .answers = std::move(answers)};
  }

  const Material& material_;
  config::Config config_;
  engine::RewardInput input_;
  RandomKey key_;
  engine::RewardModel model_;
  engine::FeatureStore store_;
  engine::RewardScorer scorer_;
};

// For each comparison that has facts those of one with another picture. Nothing when there is no
// other picture with facts.
std::optional<FactLists> of_another_image(const Material& material, const FactLists& facts,
                                          RandomKey key) {
  std::vector<size_t> order;
  for (size_t i = 0; i < facts.size(); ++i) {
    if (!facts[i].empty()) order.push_back(i);
  }
  Random(key).shuffle(order);
  FactLists result(facts.size());
  for (size_t place = 0; place < order.size(); ++place) {
    const size_t i = order[place];
    for (size_t step = 1; step < order.size() && result[i].empty(); ++step) {
      const size_t j = order[(place + step) % order.size()];
      if (image_of(material.records[i]) != image_of(material.records[j])) result[i] = facts[j];
    }
    if (result[i].empty()) return std::nullopt;
  }
  return result;
}

using Items = std::unordered_map<std::string, world::BenchmarkItem>;

Material read_material(const config::Config& c, const Items& items) {
  Material material;
  material.records = data::read_comparisons(c.data.eval, c.data.images, c.data.bad_records);
  const data::Facts facts = c.data.facts.empty() ? data::Facts() : data::read_facts(c.data.facts);
  const auto weights = data::weights_of(c.reward);
  for (const auto& record : material.records) {
    material.requests.push_back(engine::fact_request(record));
    const auto item = items.find(record.id);
    material.items.push_back(item == items.end() ? nullptr : &item->second);
    material.pairs.push_back(pair_of(record, material.items.back(),
                                     data::target_of(record, weights),
                                     engine::facts_of(facts, material.requests.back())));
  }
  return material;
}

// A run's folder for its result: runs/reward-facts/adapter is "reward-facts".
std::string name_of(const std::string& folder) {
  const fs::path path = fs::path(folder).lexically_normal();
  const fs::path last = path.has_filename() ? path : path.parent_path();
  const std::string name = last.filename().string();
  const bool is_result = name == "adapter" || name == "best" || name == "model";
  return is_result && last.has_parent_path() ? last.parent_path().filename().string() : name;
}

class Auditor {
 public:
  Auditor(const config::Config& c, const Material& material)
      : c_(c),
        material_(material),
        options_{.samples = c.eval.bootstrap_samples,
                 .confidence = c.eval.confidence,
                 .key = random_key(c.run.seed, "audit.bootstrap")} {}

  void add(const std::string& folder) {
    const std::string name = unique(name_of(folder));
    log_info("audit: {}", name);
    Subject subject(folder, c_, material_);
    const FactLists shown = subject.shown("facts");
    const auto pairs = scored(material_, subject.pairs(shown));
    note(name, pairs);
    audit::AuditedModel model{.name = name, .measures = audit::reward_measures(pairs, options_)};
    const auto probes = subject.probes(shown);
    if (!probes.empty()) model.probes = audit::probe_figures(probes, options_);
    audit_.models.push_back(std::move(model));
    compare_with_first(name, pairs);
    if (!subject.has_facts()) return;
    variant(subject, name, pairs, "no facts", FactLists(shown.size()));
    const auto exchanged = of_another_image(material_, shown, options_.key.at("another-image"));
    if (exchanged) variant(subject, name, pairs, "facts of another image", *exchanged);
    variant(subject, name, pairs, "facts in another order", subject.shown("another-order"));
  }

  const audit::Audit& audit() const { return audit_; }
  // Every pair with the scores of every model as it is.
  const std::vector<nlohmann::json>& lines() const { return lines_; }

 private:
  std::string unique(const std::string& name) {
    const int64_t count = ++names_[name];
    return count == 1 ? name : fmt::format("{} ({})", name, count);
  }

  void note(const std::string& name, const std::vector<audit::ScoredPair>& pairs) {
    for (size_t i = 0; i < pairs.size(); ++i) {
      lines_.push_back({{"model", name},
                        {"id", material_.records[i].id},
                        {"image", pairs[i].image},
                        {"type", pairs[i].type},
                        {"target", pairs[i].target},
                        {"score_1", pairs[i].score_1},
                        {"score_2", pairs[i].score_2}});
    }
  }

  void compare_with_first(const std::string& name, const std::vector<audit::ScoredPair>& pairs) {
    if (first_.empty()) {
      first_ = pairs;
      first_name_ = name;
      return;
    }
    audit_.comparisons.push_back(
        {.a = first_name_, .b = name, .figures = audit::compare_scores(first_, pairs, options_)});
  }

  // The same model with other facts than it should have.
  void variant(Subject& subject, const std::string& name,
               const std::vector<audit::ScoredPair>& as_is, const std::string& what,
               const FactLists& facts) {
    const auto pairs = scored(material_, subject.pairs(facts));
    const std::string of = name + ", " + what;
    audit_.models.push_back({.name = of, .measures = audit::reward_measures(pairs, options_)});
    audit_.comparisons.push_back(
        {.a = name, .b = of, .figures = audit::compare_scores(as_is, pairs, options_)});
  }

  const config::Config& c_;
  const Material& material_;
  eval::BootstrapOptions options_;
  audit::Audit audit_;
  std::vector<nlohmann::json> lines_;
  std::map<std::string, int64_t> names_;
  std::vector<audit::ScoredPair> first_;
  std::string first_name_;
};

}  // namespace

void audit(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const Items items =
      c.data.benchmark.empty() ? Items() : world::read_benchmark_by_id(c.data.benchmark);
  const Material material = read_material(c, items);
  for (const std::string& folder : invocation.inputs) {
    auto one = c;
    one.model.reward_adapter = folder;
    engine::load_reward_input(one);  // refuses a folder that is none before anything long starts
  }
  auto run = train::RunFolder::open("audit", invocation.loaded,
                                    {invocation.resume, invocation.force, invocation.files()},
                                    invocation.command);
  Auditor auditor(c, material);
  for (const std::string& folder : invocation.inputs) auditor.add(folder);
  const auto json = audit::to_json(auditor.audit());
  write_file(run.path() / "audit.json", json_text(json, 1) + "\n");
  formats::write_records((run.path() / "pairs.jsonl").string(), auditor.lines());
  write_file(run.path() / "audit.html", report::audit_html("Reward models", auditor.audit()));
  if (!invocation.is_silent) {
    std::printf("%s", invocation.json ? (json_text(json, 1) + "\n").c_str()
                                      : audit::audit_table(auditor.audit()).c_str());
    std::fflush(stdout);  // before the next line of the log
  }
  log_info("audit: {}", (run.path() / "audit.html").string());
  run.finish();
}

}  // namespace plumbline::recipes
