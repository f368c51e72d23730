// Figures of answers to a benchmark, made by this or another system.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/benchmarks/command_files.h"
#include "plumbline/eval/score_report.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/report/score_page.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {
namespace {

ConfigError refused(const std::string& expected, const std::string& got) {
  return ConfigError(Complaint{
      .component = "eval", .doing = "reading what to score", .expected = expected, .got = got});
}

// A file of answers is called after itself, or, in a run's folder, after that.
std::string name_of(const std::string& answers) {
  const fs::path path = fs::path(answers).lexically_normal();
  const std::string stem = path.stem().string();
  return stem == "answers" && path.has_parent_path() ? path.parent_path().filename().string()
                                                     : stem;
}

void check_flags(const eval::Benchmark& benchmark, const EvalFlags& flags) {
  if (flags.answers.size() > 2) {
    throw refused("answers of one system, or of two to compare",
                  std::to_string(flags.answers.size()));
  }
  if (!flags.replies.empty() && flags.replies.size() != flags.answers.size()) {
    throw refused("as many --replies as --answers", std::to_string(flags.replies.size()) + " and " +
                                                        std::to_string(flags.answers.size()));
  }
  if (!flags.names.empty() && flags.names.size() != flags.answers.size()) {
    throw refused("as many --name as --answers", std::to_string(flags.names.size()) + " and " +
                                                     std::to_string(flags.answers.size()));
  }
  if (flags.answers.empty()) {  // the usual error, with everything that is missing
    benchmarks::make_request(benchmark, {.questions = flags.questions}, "score",
                             benchmarks::all_inputs(benchmark));
  }
}

std::vector<eval::ScoredSystem> score_all(const eval::Benchmark& benchmark, const EvalFlags& flags,
                                          const eval::BootstrapOptions& options) {
  std::vector<eval::ScoredSystem> systems;
  for (size_t i = 0; i < flags.answers.size(); ++i) {
    systems.push_back({.name = flags.names.empty() ? name_of(flags.answers[i]) : flags.names[i],
                       .request = benchmarks::make_request(
                           benchmark,
                           {.questions = flags.questions,
                            .answers = flags.answers[i],
                            .replies = flags.replies.empty() ? "" : flags.replies[i],
                            .others = flags.files,
                            .variants = flags.variants,
                            .join = flags.join},
                           "score", benchmarks::all_inputs(benchmark))});
  }
  for (auto& system : systems) {
    system.scoring = benchmark.score(system.request);
    system.figures = eval::figures_of(system.scoring, options);
  }
  return systems;
}

// Judges differ more than systems do.
void check_same_judge(const std::vector<eval::ScoredSystem>& systems) {
  if (systems.size() < 2 || systems[0].scoring.judge == systems[1].scoring.judge) return;
  const auto& variants = systems[0].request.variants;
  const auto allowed = variants.find("judges");
  if (allowed != variants.end() && allowed->second == "several") return;
  throw DataError(Complaint{
      .component = "eval",
      .doing = "comparing two systems",
      .expected = "replies of one judge",
      .got = "of '" + systems[0].scoring.judge + "' and '" + systems[1].scoring.judge + "'",
      .hint = "--variant judges=several compares them all the same."});
}

void write_answers(const fs::path& path, const eval::ScoredSystem& system) {
  std::vector<nlohmann::json> lines;
  for (const auto& a : system.scoring.answers) {
    lines.push_back({{"id", a.id},
                     {"type", a.type},
                     {"image", a.image},
                     {"question", a.question},
                     {"reference", a.reference},
                     {"answer", a.answer},
                     {"verdict", a.verdict},
                     {"score", a.score},
                     {"malformed", a.is_malformed}});
  }
  formats::write_records(path.string(), lines);
}

void write_folder(const Invocation& invocation, const eval::ScoreReport& report) {
  auto run = train::RunFolder::open("eval score", invocation.loaded,
                                    {invocation.resume, invocation.force, invocation.files()},
                                    invocation.command);
  write_file(run.path() / "scores.json", json_text(eval::to_json(report), 1) + "\n");
  write_file(run.path() / "scores.md", eval::table(report, eval::TableStyle::Markdown));
  for (size_t i = 0; i < report.systems.size(); ++i) {
    const std::string name = i == 0 ? "scored.jsonl" : "scored-2.jsonl";
    write_answers(run.path() / name, report.systems[i]);
  }
  write_file(run.path() / "report.html", report::score_html(report));
  run.finish();
}

}  // namespace

void list_benchmarks(const Invocation&) { std::fputs(benchmarks::list_text().c_str(), stdout); }

void score_answers(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto& benchmark = benchmarks::benchmark(invocation.inputs.front());
  check_flags(benchmark, invocation.eval);
  const eval::BootstrapOptions options{.samples = c.eval.bootstrap_samples,
                                       .confidence = c.eval.confidence,
                                       .key = random_key(c.run.seed, "eval.bootstrap")};
  eval::ScoreReport report{.benchmark = &benchmark,
                           .systems = score_all(benchmark, invocation.eval, options),
                           .differences = {},
                           .confidence = c.eval.confidence};
  check_same_judge(report.systems);
  if (report.systems.size() == 2) {
    report.differences = eval::compare(report.systems[0].scoring, report.systems[1].scoring,
                                       report.systems[0].name, report.systems[1].name, options);
  }
  if (!c.run.out.empty()) write_folder(invocation, report);
  const auto style =
      invocation.eval.is_markdown ? eval::TableStyle::Markdown : eval::TableStyle::Text;
  const std::string text =
      invocation.json ? json_text(eval::to_json(report)) + "\n" : eval::table(report, style);
  std::fputs(text.c_str(), stdout);
}

}  // namespace plumbline::recipes
