// A run of PPO and one of an evaluation, as stages leave them.
#pragma once

#include <nlohmann/json.hpp>

#include "plumbline/eval/world_figures.h"
#include "tests/support/scratch.h"

namespace plumbline::report {

class RunFolders : public support::Scratch {
 protected:
  void SetUp() override {
    make_folders(folder_ / "ppo");
    make_folders(folder_ / "eval");
    write_file(folder_ / "ppo/run.json", R"({"finished": "today", "seconds": 12.5})");
    write_file(folder_ / "ppo/metrics.jsonl",
               "{\"step\":1,\"score/model\":0.5,\"gold/score\":3}\n{\"step\":2,\"score/"
               "model\":0.9,\"gold/score\":4}\n{\"st");
    eval::RatedAnswer rated;
    rated.item.id = "1";
    rated.item.type = "attribute";
    rated.item.question = "what <colour>?";
    rated.answer = "it is red.";
    rated.verdict.false_ranges = {{6, 9}};
    write_file(folder_ / "eval/run.json", "{}");
    eval::write_answers((folder_ / "eval/answers.jsonl").string(), {rated});
    write_file(folder_ / "eval/figures.json",
               nlohmann::json{{"model", "Mine"},
                              {"figures", eval::to_json(eval::world_figures({rated}, {}))}}
                   .dump());
  }
};

}  // namespace plumbline::report
