// A study's folder at toy size: two seeds, eight pictures, answers that are right or wrong by
// design.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/study/layout.h"
#include "plumbline/world/benchmark.h"
#include "plumbline/world/splits.h"
#include "tests/support/scratch.h"

namespace plumbline::study {

class ToyStudy {
 public:
  static constexpr int64_t kSeeds = 2;

  ToyStudy() : layout{scratch_ / "study"} {
    const fs::path questions = layout / Layout::questions();
    make_folders(questions.parent_path());
    world::write_split({.split = "benchmark", .num_images = 8}, questions);
    items = world::read_benchmark((questions / "benchmark.jsonl").string());
    for (int64_t seed = 0; seed < kSeeds; ++seed) {
      answer(Layout::answers_of_sft(seed), false);
      answer(Layout::answers_of_sft_plus(seed), true);
      answer(Layout::answers_of_sft_more(seed), false);
      for (const bool has_facts : {false, true}) {
        answer(Layout::answers("default", has_facts, seed), has_facts);
        score("default", has_facts, seed);
      }
    }
    write_pairs();
  }

  // Lines are not in the order of the questions.
  std::vector<nlohmann::json> answer_lines(bool is_right) const {
    std::vector<nlohmann::json> lines;
    for (const auto& item : items) {
      const std::string wrong =
          item.type == "yes_no" ? "yes." : "there is a large red kite. there is a small blue kite.";
      lines.insert(lines.begin(), nlohmann::json{{"id", item.id},
                                                 {"question", item.question},
                                                 {"answer", is_right ? item.reference : wrong}});
    }
    return lines;
  }

  // References, or to every question an answer that is false of any picture: a kind has one colour.
  void answer(const std::string& folder, bool is_right) {
    make_folders(layout / folder);
    formats::write_records((layout / folder / "answers.jsonl").string(), answer_lines(is_right));
  }

  // What a reward model gives the answer to a question, by SFT or by its policy.
  static double reward(size_t place, bool has_facts, int64_t seed, bool is_policys) {
    const auto of_seed = static_cast<double>(seed);
    const double before = static_cast<double>(place % 5) * (has_facts ? 1 : 3) + of_seed;
    return is_policys ? before + 1 + static_cast<double>(place % 3) + 2 * of_seed : before;
  }

  void score(const std::string& variant, bool has_facts, int64_t seed) {
    for (const bool is_policys : {false, true}) {
      std::vector<nlohmann::json> lines;
      for (size_t i = 0; i < items.size(); ++i) {
        lines.insert(lines.begin(),
                     nlohmann::json{{"id", items[i].id},
                                    {"reward", reward(i, has_facts, seed, is_policys)}});
      }
      const std::string folder = is_policys ? Layout::proxy(variant, has_facts, seed)
                                            : Layout::proxy_of_sft(variant, has_facts, seed);
      make_folders(layout / folder);
      formats::write_records((layout / folder / "scores.jsonl").string(), lines);
    }
  }

  // A variant whose policies' answers are all right or all wrong.
  void add_variant(const std::string& name, bool is_right) {
    for (int64_t seed = 0; seed < kSeeds; ++seed) {
      for (const bool has_facts : {false, true}) {
        answer(Layout::answers(name, has_facts, seed), is_right);
        score(name, has_facts, seed);
      }
    }
  }

  // Of two pairs the models with facts rank both right, those without one and a tie of scores.
  void write_pairs() {
    for (int64_t seed = 0; seed < kSeeds; ++seed) {
      std::vector<nlohmann::json> lines;
      for (const bool has_facts : {false, true}) {
        const std::string model = Layout::reward("default", has_facts, seed);
        const double second = has_facts ? -1 : 1;
        lines.push_back(pair(model, "a.png", 1, 3, 2));
        lines.push_back(pair(model, "b.png", 0, second, 1));
        lines.push_back(pair(model, "b.png", 0.5, 9, 1));
      }
      make_folders(layout / Layout::audit(seed));
      formats::write_records((layout / Layout::audit(seed) / "pairs.jsonl").string(), lines);
    }
  }

  static nlohmann::json pair(const std::string& model, const std::string& image, double target,
                             double score_1, double score_2) {
    return {{"model", model},
            {"image", image},
            {"target", target},
            {"score_1", score_1},
            {"score_2", score_2}};
  }

 private:
  support::ScratchFolder scratch_;

 public:
  Layout layout;
  std::vector<world::BenchmarkItem> items;
};

}  // namespace plumbline::study
