#include "plumbline/app/runners.h"

#include <map>

#include "plumbline/app/stage_list.h"
#include "plumbline/base/error.h"

namespace plumbline::app {

Runner runner_of(const std::string& stage) {
  static const std::map<std::string, Runner> runners = {
      {"demo", recipes::demo},
      {"world", recipes::make_world},
      {"pretrain", recipes::pretrain},
      {"convert", recipes::convert},
      {"data", recipes::check_data},
      {"sft", recipes::sft},
      {"sample", recipes::sample},
      {"annotate", recipes::annotate},
      {"reward", recipes::reward},
      {"audit", recipes::audit},
      {"ppo", recipes::ppo},
      {"eval", recipes::evaluate},
      {"eval list", recipes::list_benchmarks},
      {"eval answer", recipes::answer_benchmark},
      {"eval judge", recipes::judge_answers},
      {"eval score", recipes::score_answers},
      {"chat", recipes::chat},
      {"score", recipes::score},
      {"inspect", recipes::inspect},
      {"report", recipes::report},
  };
  for (const Stage& one : stages()) PLUMBLINE_CHECK(runners.contains(one.name), one.name);
  const auto found = runners.find(stage);
  PLUMBLINE_CHECK(found != runners.end(), stage);
  return found->second;
}

}  // namespace plumbline::app
