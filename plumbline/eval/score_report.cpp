#include "plumbline/eval/score_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "plumbline/base/content_hash.h"
#include "plumbline/base/files.h"
#include "plumbline/eval/interval_json.h"
#include "plumbline/text/utf8.h"

namespace plumbline::eval {
namespace {

using nlohmann::json;
using Row = std::vector<std::string>;

std::string with_interval(const Interval& interval, const Format& format) {
  if (std::isnan(interval.value) || interval.low == interval.high) {
    return printed(interval.value, format);
  }
  return fmt::format("{} [{}, {}]", printed(interval.value, format), printed(interval.low, format),
                     printed(interval.high, format));
}

std::string signed_interval(const Interval& interval, const Format& format) {
  const std::string text = with_interval(interval, format);
  return interval.value > 0 ? "+" + text : text;
}

std::vector<Row> rows_of(const ScoreReport& report) {
  Row head = {report.benchmark->name};
  for (const auto& system : report.systems) head.push_back(system.name);
  const bool is_comparison = !report.differences.empty();
  if (is_comparison) head.insert(head.end(), {"difference", "p"});
  std::vector<Row> rows = {head};
  const auto& specs = report.systems.front().scoring.figures;
  for (size_t f = 0; f < specs.size(); ++f) {
    Row row = {specs[f].name};
    for (const auto& system : report.systems) {
      row.push_back(with_interval(system.figures[f], specs[f].format));
    }
    if (is_comparison) {
      const auto& difference = report.differences[f];
      row.push_back(signed_interval(difference.difference, specs[f].format) +
                    (matters(difference) ? " *" : ""));
      row.push_back(printed(difference.p_value, {.digits = 4}));
    }
    rows.push_back(row);
  }
  return rows;
}

size_t width_of(const std::string& text) {
  size_t width = 0;
  for (std::string_view rest = text; !rest.empty(); ++width) {
    rest.remove_prefix(text::first_character(rest).length);
  }
  return width;
}

std::string text_table(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width_of(row[c]));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t c = 0; c < row.size(); ++c) {
      line += row[c] + std::string(widths[c] - width_of(row[c]) + 2, ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string markdown_table(const std::vector<Row>& rows) {
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    text += "|";
    for (std::string cell : rows[r]) {
      for (size_t bar = cell.find('|'); bar != std::string::npos; bar = cell.find('|', bar + 2)) {
        cell.insert(bar, "\\");
      }
      text += " " + cell + " |";
    }
    text += "\n";
    if (r > 0) continue;
    text += "|";
    for (size_t c = 0; c < rows[r].size(); ++c) text += "---|";
    text += "\n";
  }
  return text;
}

// What stands below the table.
std::vector<std::string> remarks(const ScoreReport& report) {
  std::vector<std::string> lines;
  const auto& first = report.systems.front();
  std::vector<std::string> variants;
  for (const auto& [name, value] : first.request.variants) {
    if (!value.empty()) variants.push_back(name + "=" + value);
  }
  if (!variants.empty()) lines.push_back(fmt::format("Rules: {}.", fmt::join(variants, ", ")));
  for (const auto& system : report.systems) {
    std::string line = fmt::format("{}: {} answers", system.name, system.scoring.answers.size());
    line += system.scoring.num_malformed == 0
                ? ", all readable"
                : fmt::format(", {} malformed (counted as {})", system.scoring.num_malformed,
                              system.scoring.malformed_as);
    if (!system.scoring.judge.empty()) line += ", judged by " + system.scoring.judge;
    lines.push_back(line + ".");
    for (const auto& note : system.scoring.notes) lines.push_back(system.name + ": " + note);
  }
  for (const auto& [name, values] : first.scoring.baselines) {
    std::vector<std::string> parts;
    for (size_t f = 0; f < values.size(); ++f) {
      const auto& spec = first.scoring.figures[f];
      if (spec.is_main) parts.push_back(spec.name + " " + printed(values[f], spec.format));
    }
    lines.push_back(fmt::format("Giving {} would get: {}.", name, fmt::join(parts, ", ")));
  }
  lines.push_back(fmt::format("Brackets: {:g} % bootstrap intervals over {}.{}",
                              report.confidence * 100, first.scoring.unit,
                              report.differences.empty()
                                  ? ""
                                  : " *: the interval of the difference leaves 0 out and p < 0.05 "
                                    "(permutation)."));
  return lines;
}

// Of a folder: of the names and contents of its text files, for there may be pictures beside them.
std::string hash_of(const std::string& path) {
  if (!fs::is_directory(path)) return content_hash(path);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file() && entry.path().extension() == ".txt") files.push_back(entry);
  }
  std::sort(files.begin(), files.end());
  ContentHash hash;
  for (const auto& file : files) {
    hash.add(file.lexically_relative(path).string());
    hash.add(read_file(file));
  }
  return hash.hex();
}

json system_json(const ScoredSystem& system) {
  json inputs = json::object();
  for (const auto& [name, path] : system.request.files) {
    if (!path.empty()) inputs[name] = {{"path", path}, {"hash", hash_of(path)}};
  }
  json figures = json::object(), baselines = json::object();
  for (size_t f = 0; f < system.figures.size(); ++f) {
    const auto& spec = system.scoring.figures[f];
    json figure = interval_to_json(system.figures[f]);
    figure["printed"] = printed(system.figures[f].value, spec.format);
    figure["direction"] = spec.direction;
    figures[spec.name] = figure;
    for (const auto& [name, values] : system.scoring.baselines) {
      baselines[name][spec.name] = values[f];
    }
  }
  return {{"name", system.name},
          {"inputs", inputs},
          {"join", system.request.join == Join::Id ? "id" : "position"},
          {"judge", system.scoring.judge.empty() ? json() : json(system.scoring.judge)},
          {"figures", figures},
          {"answers", system.scoring.answers.size()},
          {"malformed", system.scoring.num_malformed},
          {"malformed_as", system.scoring.malformed_as},
          {"baselines", baselines},
          {"notes", system.scoring.notes}};
}

}  // namespace

std::string table(const ScoreReport& report, TableStyle style) {
  const auto rows = rows_of(report);
  const bool is_text = style == TableStyle::Text;
  std::string text = is_text ? text_table(rows) : markdown_table(rows);
  for (const auto& line : remarks(report)) text += (is_text ? "" : "\n") + line + "\n";
  return text;
}

json to_json(const ScoreReport& report) {
  json systems = json::array(), differences = json::object();
  for (const auto& system : report.systems) systems.push_back(system_json(system));
  for (size_t f = 0; f < report.differences.size(); ++f) {
    const auto& d = report.differences[f];
    json value = interval_to_json(d.difference);
    value["p_value"] = d.p_value;
    value["matters"] = matters(d);
    differences[report.systems.front().scoring.figures[f].name] = value;
  }
  return {{"benchmark", report.benchmark->name},
          {"variants", report.systems.front().request.variants},
          {"systems", systems},
          {"differences", report.differences.empty() ? json() : differences}};
}

}  // namespace plumbline::eval
