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
      for (const bool has_facts : {false, true}) {
        answer(Layout::answers("default", has_facts, seed), has_facts);
        // The reward model likes everything: 2 more than SFT's, whose scores are 0 and 2 in turn.
        rewards(Layout::proxy_of_sft("default", has_facts, seed), 0);
        rewards(Layout::proxy("default", has_facts, seed), 2);
      }
    }
    write_pairs();
  }

  // References, or to every question an answer that is false of any picture: a kind has one colour.
  void answer(const std::string& folder, bool is_right) {
    std::vector<nlohmann::json> lines;
    for (const auto& item : items) {
      const std::string wrong =
          item.type == "yes_no" ? "yes." : "there is a large red kite. there is a small blue kite.";
      lines.push_back({{"id", item.id}, {"answer", is_right ? item.reference : wrong}});
    }
    make_folders(layout / folder);
    formats::write_records((layout / folder / "answers.jsonl").string(), lines);
  }

  void rewards(const std::string& folder, double more) {
    std::vector<nlohmann::json> lines;
    double next = 0;
    for (const auto& item : items) {
      lines.push_back({{"id", item.id}, {"reward", next + more}});
      next = 2 - next;
    }
    make_folders(layout / folder);
    formats::write_records((layout / folder / "scores.jsonl").string(), lines);
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
