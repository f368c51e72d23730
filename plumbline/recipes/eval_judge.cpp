// A judge's replies about answers to a benchmark.
#include <ATen/ATen.h>

#include <fmt/format.h>

#include <cstdio>
#include <optional>

#include "plumbline/base/error.h"
#include "plumbline/base/log.h"
#include "plumbline/benchmarks/command_files.h"
#include "plumbline/engine/local_judge.h"
#include "plumbline/judge/judge_spec.h"
#include "plumbline/judge/judging.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"

namespace plumbline::recipes {
namespace {

// All flags that are missing, together.
void check_flags(const eval::Benchmark& benchmark, const EvalFlags& flags) {
  std::string missing;
  const auto require = [&](bool is_given, const char* flag) {
    if (!is_given) missing += std::string(missing.empty() ? "" : ", ") + flag;
  };
  require(!flags.questions.empty(), "--questions FILE");
  require(flags.answers.size() == 1, "--answers FILE");
  require(!flags.judge.empty(), "--judge JUDGE");
  require(!flags.out.empty(), "--out FILE");
  if (!missing.empty()) {
    throw ConfigError(
        Complaint{.component = "eval",
                  .doing = "checking what judging needs",
                  .expected = "one each of " + missing,
                  .got = "none or several",
                  .hint = "docs/guide/benchmarks/judges.md tells who can be a judge."});
  }
  if (!benchmark.judge_requests) {
    throw ConfigError(Complaint{.component = "eval",
                                .doing = "judging answers to " + benchmark.name,
                                .expected = "a benchmark that needs a judge",
                                .got = "one that is scored by rule",
                                .hint = "go on with eval score " + benchmark.name + "."});
  }
}

// Who is asked, with the model behind it where that is one of ours.
struct Asked {
  std::optional<engine::Assistant> assistant = {};
  std::unique_ptr<api::Judge> judge = {};
};

void load_local(Asked& asked, const judge::JudgeSpec& spec, config::Config c) {
  c.model = {};
  c.model.path = spec.path;
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  asked.assistant = engine::load_assistant(c, device);
  asked.judge = std::make_unique<engine::LocalJudge>(
      *asked.assistant, spec.name.empty() ? "local:" + spec.path : spec.name,
      static_cast<int64_t>(spec.group_size), random_key(c.run.seed, "eval.judge"));
}

// What asking would cost.
void print_plan(const judge::JudgingPlan& plan) {
  std::printf("%s\n",
              fmt::format("{} requests: {} answered in the file, {} equal to another one, {} "
                          "to ask, with {:.1f} KB of text",
                          plan.num_requests, plan.num_kept, plan.num_repeated, plan.num_to_ask,
                          static_cast<double>(plan.num_message_bytes) / 1000)
                  .c_str());
}

}  // namespace

void judge_answers(const Invocation& invocation) {
  const EvalFlags& flags = invocation.eval;
  const auto& benchmark = benchmarks::benchmark(invocation.inputs.front());
  check_flags(benchmark, flags);
  const auto request = benchmarks::make_request(benchmark,
                                                {.questions = flags.questions,
                                                 .answers = flags.answers.front(),
                                                 .others = flags.files,
                                                 .variants = flags.variants,
                                                 .join = flags.join},
                                                "judge", {"questions", "answers"});
  const auto spec = judge::parse_judge(flags.judge);
  const auto requests = judge::with_settings(benchmark.judge_requests(request), spec);
  Asked asked;
  if (spec.kind == judge::JudgeKind::Local) {
    load_local(asked, spec, invocation.loaded.config);
  } else {
    asked.judge = judge::make_judge(spec);
  }
  judge::JudgingOptions options{.file = flags.out,
                                .group_size = spec.group_size,
                                .allows_mixed_judges = flags.may_mix_judges};
  if (invocation.dry_run) return print_plan(judge::plan_judging(requests, *asked.judge, options));
  const auto plan = judge::judge_requests(requests, *asked.judge, options);
  log_info("eval: {} replies are in {}; {} were asked now{}", plan.num_requests, flags.out,
           plan.num_to_ask, asked.judge->spent().empty() ? "" : " (" + asked.judge->spent() + ")");
}

}  // namespace plumbline::recipes
