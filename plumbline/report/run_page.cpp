#include "plumbline/report/run_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/shell_words.h"
#include "plumbline/data/facts.h"
#include "plumbline/formats/metrics_lines.h"
#include "plumbline/report/chart.h"
#include "plumbline/report/examples_section.h"
#include "plumbline/report/html.h"
#include "plumbline/report/policy_section.h"

namespace plumbline::report {
namespace {

using nlohmann::json;

// Reads a JSON file and lets `take` pick from it; what it does not find is the file's fault.
template <class Take>
void with_json(const fs::path& path, Take take) {
  try {
    take(parse_json(read_file(path), path.string()));
  } catch (const json::exception& e) {
    throw DataError(Complaint{.component = "report",
                              .doing = "reading a run folder",
                              .expected = "a file as the stages write it",
                              .got = untagged(e),
                              .where = path.string()});
  }
}

void read_curves(Run& run) {
  for (const auto& [step, metrics] : formats::read_metrics(run.path / "metrics.jsonl")) {
    for (const auto& [name, value] : metrics) run.curves[name].emplace_back(step, value);
  }
}

bool has_curve(const Run& run, const std::string& name) { return run.curves.contains(name); }

using Points = std::vector<std::pair<double, double>>;

// "ppo-facts-seed2" is of "ppo-facts".
std::string without_seed(const std::string& name) {
  const size_t at = name.rfind("-seed");
  const bool is_seed = at != std::string::npos && at + 5 < name.size() &&
                       name.find_first_not_of("0123456789", at + 5) == std::string::npos;
  return is_seed ? name.substr(0, at) : name;
}

// Of the first seed of each method: what all seeds would show at length.
std::vector<const Run*> first_seeds(const std::vector<Run>& runs) {
  std::vector<const Run*> first;
  std::set<std::string> seen;
  for (const Run& run : runs) {
    if (seen.insert(without_seed(run.name)).second) first.push_back(&run);
  }
  return first;
}

// Of several seeds' curves the mean, point by point as far as all go, and the range around it.
Line line_of(const std::string& name, const std::vector<Points>& seeds, int color) {
  if (seeds.size() == 1) return {.name = name, .points = seeds.front(), .color = color};
  Line line{.name = fmt::format("{}, {} seeds", name, seeds.size()), .color = color};
  size_t length = seeds.front().size();
  for (const auto& points : seeds) length = std::min(length, points.size());
  const auto count = static_cast<double>(seeds.size());
  for (size_t i = 0; i < length; ++i) {
    double x = 0, y = 0, low = seeds[0][i].second, high = low;
    for (const auto& points : seeds) {
      x += points[i].first / count;
      y += points[i].second / count;
      low = std::min(low, points[i].second);
      high = std::max(high, points[i].second);
    }
    line.points.emplace_back(x, y);
    line.band.emplace_back(low, high);
  }
  return line;
}

// A line for each method that `points_of` finds something for. What all start from is grey.
template <class PointsOf>
std::vector<Line> lines_of(const std::vector<Run>& runs, const PointsOf& points_of) {
  struct Method {
    std::string name, stage;
    std::vector<Points> seeds = {};
  };
  std::vector<Method> methods;
  for (const auto& run : runs) {
    Points points = points_of(run);
    if (points.empty()) continue;
    const std::string name = without_seed(run.name);
    auto place = std::find_if(methods.begin(), methods.end(),
                              [&](const Method& method) { return method.name == name; });
    if (place == methods.end()) place = methods.insert(place, {name, run.stage});
    place->seeds.push_back(std::move(points));
  }
  std::vector<Line> lines;
  int next = 1;
  for (const auto& method : methods) {
    lines.push_back(line_of(method.name, method.seeds, method.stage == "sft" ? 0 : next++));
    lines.back().has_dots = lines.back().points.size() == 1;  // no line to be seen
  }
  return lines;
}

LineChart curve_chart(const std::vector<Run>& runs, const std::string& metric,
                      const std::string& title) {
  return {.title = title,
          .x_label = "step",
          .y_label = metric,
          .lines = lines_of(runs, [&](const Run& run) {
            const bool is_shown = has_curve(run, metric) && run.stage != "sample";
            return is_shown ? run.curves.at(metric) : Points();
          })};
}

// One point per step at which both are known.
Points proxy_and_gold(const Run& run) {
  if (!has_curve(run, "gold/score") || !has_curve(run, "score/model")) return {};
  const std::map<double, double> proxy(run.curves.at("score/model").begin(),
                                       run.curves.at("score/model").end());
  Points points;
  for (const auto& [step, gold] : run.curves.at("gold/score")) {
    const auto it = proxy.upper_bound(step);  // what those weights answered next
    const double at = it == proxy.end() ? proxy.rbegin()->second : it->second;
    points.emplace_back(at - proxy.begin()->second, gold);
  }
  return points;
}

// How gold moved while the proxy rose.
LineChart proxy_against_gold(const std::vector<Run>& runs) {
  return {.title = "Gold score against proxy reward",
          .x_label = "proxy: mean reward-model score, less its first",
          .y_label = "gold score",
          .lines = lines_of(runs, proxy_and_gold)};
}

BarChart type_chart(const std::vector<Run>& runs, const std::string& title,
                    double eval::TypeFigures::*figure) {
  BarChart chart{.title = title};
  for (const auto& run : runs) {
    if (chart.groups.empty()) {
      for (const auto& type : run.figures->types) chart.groups.push_back(type.type);
    }
    chart.series.push_back(run.name);
    auto& bars = chart.bars.emplace_back(chart.groups.size());
    for (const auto& type : run.figures->types) {
      const auto place = std::find(chart.groups.begin(), chart.groups.end(), type.type);
      if (place == chart.groups.end()) continue;
      bars[static_cast<size_t>(place - chart.groups.begin())] = {type.*figure, 0, 0};
    }
  }
  return chart;
}

std::string heading_of(const Run& run) {
  return run.num_runs == 1 ? run.name : fmt::format("{}, {} seeds", run.name, run.num_runs);
}

// A row for each figure: models are few.
std::string figures_html(const std::vector<Run>& runs) {
  if (runs.empty()) return "";
  std::vector<std::vector<std::string>> rows = {{"figure"}};
  for (const auto& run : runs) rows[0].push_back(escape(heading_of(run)));
  for (const auto& column : eval::figure_columns()) {
    const char* arrow = column.direction > 0 ? " &uarr;" : column.direction < 0 ? " &darr;" : "";
    rows.push_back({column.heading + std::string(arrow)});
    for (const auto& run : runs) {
      const auto& i = (*run.figures).*(column.value);
      rows.back().push_back(std::isnan(i.value) ? "n/a" : interval_html(i.value, i.low, i.high));
    }
  }
  return table(rows);
}

// What runs the same again: by its config alone where that tells everything, else as it was run.
std::string command_of(const Run& run) {
  static const std::set<std::string> by_config = {"world",  "pretrain", "sft", "sample",
                                                  "reward", "ppo",      "eval"};
  if (by_config.contains(run.stage)) {
    return fmt::format("plumbline {} --config {} --out NEW", run.stage,
                       shell_words({(run.path / "config.toml").string()}));
  }
  return shell_words(run.command);
}

std::string cost_html(const std::vector<Run>& runs) {
  std::vector<std::vector<std::string>> rows = {
      {"run", "seconds", "peak memory of the process, GiB", "the same again, in the folder NEW"}};
  for (const auto& run : runs) {
    if (!run.seconds) continue;
    rows.push_back(
        {escape(run.path.filename().string()), fmt::format("{:.1f}", *run.seconds),
         run.peak_memory_bytes ? fmt::format("{:.2f}", *run.peak_memory_bytes / (1LL << 30)) : "",
         "<code>" + escape(command_of(run)) + "</code>"});
  }
  return rows.size() > 1 ? "<h2>Cost and commands</h2>\n" + table(rows) : "";
}

std::string changes_html(const std::vector<Run>& runs) {
  std::string out;
  for (const Run* run : first_seeds(runs)) out += changed_answers_html(*run);
  return out.empty() ? ""
                     : "<h2>Answers to the same prompts, while they were optimised</h2>\n" + out;
}

std::string charts_html(const std::vector<Run>& runs, const std::vector<Run>& methods) {
  std::string out;
  for (const auto& chart :
       {proxy_against_gold(runs), curve_chart(runs, "score/model", "Proxy: reward-model score"),
        curve_chart(runs, "gold/score", "Gold: the judge's score of greedy answers"),
        curve_chart(runs, "kl/k1", "KL from the reference, nats per answer"),
        curve_chart(runs, "response/length", "Tokens per answer"),
        curve_chart(runs, "eval/accuracy", "Reward models: held-out accuracy"),
        curve_chart(runs, "loss", "Training loss")}) {
    out += svg(chart);
  }
  for (const Run* run : first_seeds(runs)) out += svg(reward_terms_chart(*run));
  out += svg(type_chart(methods, "Score by question type", &eval::TypeFigures::score));
  out +=
      svg(type_chart(methods, "Hallucination by question type", &eval::TypeFigures::hallucination));
  return "<h2>Curves and types</h2>\n<div class=\"charts\">" + out + "</div>\n";
}

}  // namespace

Run read_run(const fs::path& folder) {
  if (!fs::exists(folder / "run.json")) {
    throw IoError(Complaint{.component = "report",
                            .doing = "reading a run folder",
                            .expected = "run.json",
                            .got = "none",
                            .where = folder.string(),
                            .hint = "name the folders of stages, such as those in a demo's."});
  }
  Run run{.name = folder.filename().string(), .path = folder};
  if (run.name.empty()) run.name = folder.parent_path().filename().string();
  with_json(folder / "run.json", [&](const json& about) {
    run.stage = about.value("stage", "");
    run.command = about.value("command", std::vector<std::string>());
    if (!about.contains("finished")) return;
    if (about.contains("seconds")) run.seconds = about.at("seconds");
    if (about.contains("peak_memory_bytes")) run.peak_memory_bytes = about.at("peak_memory_bytes");
  });
  read_curves(run);
  if (fs::exists(folder / "figures.json")) {
    with_json(folder / "figures.json", [&](const json& figures) {
      run.figures = eval::figures_from_json(figures.at("figures"));
      run.name = figures.value("model", run.name);
      run.images = figures.value("images", "");
    });
    const fs::path facts = run.images.parent_path() / "facts.json";
    if (!run.images.empty() && fs::exists(facts)) run.facts = data::read_facts(facts.string());
  }
  if (fs::exists(folder / "answers.jsonl"))
    run.answers = eval::read_answers((folder / "answers.jsonl").string());
  return run;
}

std::vector<Run> by_method(const std::vector<Run>& runs) {
  std::vector<Run> methods;
  std::map<std::string, std::vector<eval::WorldFigures>> figures;
  for (const auto& run : runs) {
    if (!run.figures) continue;
    if (!figures.contains(run.name)) methods.push_back(run);
    figures[run.name].push_back(*run.figures);
  }
  for (Run& method : methods) {
    const auto& all = figures[method.name];
    for (const auto& one : all) {
      if (one.types.size() == all.front().types.size()) continue;
      throw DataError(Complaint{.component = "report",
                                .doing = "comparing runs of '" + method.name + "'",
                                .expected = "one benchmark",
                                .got = "other question types",
                                .where = method.path.string(),
                                .hint = "give them other names with eval.model_name."});
    }
    method.num_runs = static_cast<int>(all.size());
    if (all.size() > 1) method.figures = eval::over_runs(all);
  }
  return methods;
}

std::string figures_table(const std::vector<Run>& runs) {
  const auto methods = by_method(runs);
  std::string out = fmt::format("{:<20}", "");
  for (const auto& run : methods) out += fmt::format("  {:^22}", heading_of(run));
  for (const auto& column : eval::figure_columns()) {
    out += fmt::format("\n{:<20}", column.heading);
    for (const auto& run : methods) {
      const auto& i = (*run.figures).*(column.value);
      out += std::isnan(i.value)
                 ? fmt::format("  {:>7}               ", "n/a")
                 : fmt::format("  {:>7.3f} [{:.3f}, {:.3f}]", i.value, i.low, i.high);
    }
  }
  return out + "\n";
}

std::string reward_table(const std::vector<Run>& runs) {
  std::string out;
  for (const auto& run : runs) {
    if (!has_curve(run, "eval/accuracy")) continue;
    out += fmt::format("{:<24}{:.3f} of held-out comparisons ranked right\n", run.name,
                       run.curves.at("eval/accuracy").back().second);
  }
  return out;
}

std::string runs_html(const std::vector<Run>& runs) {
  const std::string rewards = reward_table(runs);
  const auto methods = by_method(runs);
  return "<h2>Figures</h2>\n<p>&uarr; more is better, &darr; less is. With 95 % intervals from "
         "resampling images, unless the run's config "
         "says otherwise; of several seeds the mean and the range.</p>" +
         figures_html(methods) +
         (rewards.empty() ? ""
                          : "<h2>Reward models</h2>\n<p>As measured while they were trained, with "
                            "facts in an order that was drawn.</p><pre>" +
                                escape(rewards) + "</pre>") +
         charts_html(runs, methods) + changes_html(runs) + examples_html(methods) + cost_html(runs);
}

}  // namespace plumbline::report
