#include "plumbline/report/run_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "plumbline/base/shell_words.h"
#include "plumbline/report/html.h"

namespace plumbline::report {
namespace {

// What none of the methods has, as in a folder of an earlier version, is left out.
std::vector<eval::FigureColumn> shown_columns(const std::vector<Run>& methods) {
  std::vector<eval::FigureColumn> columns = eval::figure_columns();
  std::erase_if(columns, [&](const eval::FigureColumn& column) {
    return std::all_of(methods.begin(), methods.end(), [&](const Run& method) {
      return std::isnan(method.figures->at(column.name).value);
    });
  });
  return columns;
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

}  // namespace

std::string figures_table(const std::vector<Run>& runs) {
  const auto methods = by_method(runs);
  std::string out = fmt::format("{:<20}", "");
  for (const auto& run : methods) out += fmt::format("  {:^22}", heading_of(run));
  for (const auto& column : shown_columns(methods)) {
    out += fmt::format("\n{:<20}", column.heading);
    for (const auto& run : methods) {
      const eval::Interval i = run.figures->at(column.name);
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
    const Points& accuracy = run.curve("eval/accuracy");
    if (accuracy.empty()) continue;
    out += fmt::format("{:<24}{:.3f} of held-out comparisons ranked right\n", run.name,
                       accuracy.back().second);
  }
  return out;
}

std::string figures_html(const std::vector<Run>& methods) {
  if (methods.empty()) return "";
  std::vector<std::vector<std::string>> rows = {{"figure"}};
  for (const auto& run : methods) rows[0].push_back(escape(heading_of(run)));
  for (const auto& column : shown_columns(methods)) {
    const char* arrow = column.direction > 0 ? " &uarr;" : column.direction < 0 ? " &darr;" : "";
    rows.push_back({column.heading + arrow});
    for (const auto& run : methods) {
      const eval::Interval i = run.figures->at(column.name);
      rows.back().push_back(std::isnan(i.value) ? "n/a" : interval_html(i.value, i.low, i.high));
    }
  }
  return table(rows);
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

}  // namespace plumbline::report
