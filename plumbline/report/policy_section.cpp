#include "plumbline/report/policy_section.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/report/html.h"

namespace plumbline::report {
namespace {

struct Sample {
  std::string prompt, answer;
};

std::vector<Sample> greedy_samples(const fs::path& file) {
  std::vector<Sample> samples;
  for (const auto& record : formats::read_records(file.string())) {
    try {
      if (record.value.value("kind", "") != "greedy") continue;
      samples.push_back({record.value.at("prompt"), record.value.at("answer")});
    } catch (const nlohmann::json::exception& e) {
      throw DataError(Complaint{.component = "report",
                                .doing = "reading samples",
                                .expected = "prompt and answer",
                                .got = untagged(e),
                                .where = record.where});
    }
  }
  return samples;
}

}  // namespace

LineChart reward_terms_chart(const Run& run) {
  LineChart chart{
      .title = "Reward terms: " + run.name, .x_label = "step", .y_label = "mean per answer"};
  int color = 0;
  for (const auto& [name, points] : run.curves) {
    const bool is_term = name.starts_with("reward/") && !name.ends_with("_std") &&
                         !name.ends_with("_share") && name != "reward/total";
    const bool is_used = std::any_of(points.begin(), points.end(),
                                     [](const auto& point) { return point.second != 0; });
    if (!is_term || !is_used) continue;
    chart.lines.push_back({.name = name.substr(7), .points = points, .color = color++});
  }
  return chart;
}

std::string changed_answers_html(const Run& run) {
  std::vector<fs::path> files;
  if (!fs::exists(run.path / "samples")) return "";
  for (const auto& entry : fs::directory_iterator(run.path / "samples")) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  }
  if (files.size() < 2) return "";
  std::sort(files.begin(), files.end());
  const auto before = greedy_samples(files.front()), after = greedy_samples(files.back());
  std::vector<std::vector<std::string>> rows = {
      {"prompt", escape(files.front().stem().string()), escape(files.back().stem().string())}};
  for (size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    rows.push_back({escape(before[i].prompt), escape(before[i].answer), escape(after[i].answer)});
  }
  if (rows.size() == 1) return "";
  return "<h3>" + escape(run.name) + "</h3>\n<div class=\"text\">" + table(rows) + "</div>\n";
}

}  // namespace plumbline::report
