// A report as text and as JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "plumbline/data/data_report.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

struct Kind {
  const char* key;
  const char* title;
  Findings DataReport::*findings;
};

constexpr std::array<Kind, 9> kKinds = {
    Kind{"unreadable", "cannot be read", &DataReport::unreadable},
    Kind{"wrong_turns", "turns that do not fit", &DataReport::wrong_turns},
    Kind{"missing_images", "image files that are missing", &DataReport::missing_images},
    Kind{"broken_images", "images that are broken", &DataReport::broken_images},
    Kind{"duplicate_ids", "ids that are taken", &DataReport::duplicate_ids},
    Kind{"unencodable", "cannot be encoded", &DataReport::unencodable},
    Kind{"duplicates", "the same as an earlier record", &DataReport::duplicates},
    Kind{"over_long", "longer than the model takes", &DataReport::over_long},
    Kind{"without_label", "without anything to train", &DataReport::without_label}};

double answer_share(const DataReport& report) {
  return report.tokens.sum == 0 ? 0
                                : static_cast<double>(report.num_answer_tokens) /
                                      static_cast<double>(report.tokens.sum);
}

std::string source_line(const SourceReport& source) {
  std::vector<std::string> forms;
  for (const auto& [form, count] : source.forms) {
    forms.push_back(fmt::format("{} {}", count, form));
  }
  return fmt::format("  {}: {} records ({}), weight {}, {} bad\n", source.name, source.num_records,
                     forms.empty() ? "none" : fmt::format("{}", fmt::join(forms, ", ")),
                     source.weight, source.num_bad);
}

std::string length_lines(const DataReport& report) {
  constexpr int64_t kBar = 40;
  const LengthSummary& tokens = report.tokens;
  std::string text = fmt::format("tokens: {} in {} examples, {:.1f} % of them trained\n",
                                 tokens.sum, tokens.count, 100 * answer_share(report));
  if (tokens.count == 0) return text;
  text += fmt::format("  shortest {}, median {}, p95 {}, longest {}\n", tokens.min, tokens.median,
                      tokens.p95, tokens.max);
  for (const LengthBucket& bucket : tokens.buckets) {
    const auto bar = static_cast<size_t>((bucket.count * kBar + tokens.count - 1) / tokens.count);
    text += fmt::format("  {:>7} to {:<7} {:>8} {}\n", bucket.from, bucket.to - 1, bucket.count,
                        std::string(bar, '#'));
  }
  return text;
}

std::string findings_lines(const Kind& kind, const Findings& findings) {
  if (findings.count == 0) return "";
  std::string text = fmt::format("{}: {}\n", kind.title, findings.count);
  for (const std::string& line : findings.first) text += "  " + line + "\n";
  const int64_t more = findings.count - std::ssize(findings.first);
  return more > 0 ? text + fmt::format("  ... and {} more\n", more) : text;
}

std::string fate_line(const DataReport& r) {
  if (r.over_long.count == 0) return "";
  return fmt::format("  of these: {} refused, {} skipped, {} cut, {} cut before their answer\n",
                     r.num_refused, r.num_skipped, r.num_truncated, r.num_label_cut);
}

json source_json(const SourceReport& source) {
  return {{"name", source.name},
          {"weight", source.weight},
          {"records", source.num_records},
          {"bad", source.num_bad},
          {"forms", source.forms}};
}

json tokens_json(const DataReport& report) {
  const LengthSummary& tokens = report.tokens;
  json buckets = json::array();
  for (const LengthBucket& bucket : tokens.buckets) {
    buckets.push_back({{"from", bucket.from}, {"to", bucket.to}, {"count", bucket.count}});
  }
  return {{"examples", tokens.count},
          {"sum", tokens.sum},
          {"min", tokens.min},
          {"median", tokens.median},
          {"p95", tokens.p95},
          {"max", tokens.max},
          {"buckets", buckets},
          {"answer_tokens", report.num_answer_tokens},
          {"answer_share", answer_share(report)}};
}

}  // namespace

std::string report_text(const DataReport& report) {
  std::string text = fmt::format("{} records, {} bad; {} images, {} distinct\n", report.num_records,
                                 report.num_bad, report.num_images, report.num_distinct_images);
  for (const SourceReport& source : report.sources) text += source_line(source);
  text += length_lines(report);
  for (const Kind& kind : kKinds) {
    text += findings_lines(kind, report.*kind.findings);
    if (kind.findings == &DataReport::over_long) text += fate_line(report);
  }
  text += fmt::format("would be dropped silently: {}\n", report.would_be_dropped_silently);
  return text;
}

json report_json(const DataReport& report) {
  json value = {{"records", report.num_records},
                {"bad", report.num_bad},
                {"images", report.num_images},
                {"distinct_images", report.num_distinct_images},
                {"sources", json::array()},
                {"tokens", tokens_json(report)},
                {"findings", json::object()},
                {"over_long",
                 {{"refused", report.num_refused},
                  {"skipped", report.num_skipped},
                  {"truncated", report.num_truncated},
                  {"label_cut", report.num_label_cut}}},
                {"would_be_dropped_silently", report.would_be_dropped_silently},
                {"is_clean", is_clean(report)}};
  for (const SourceReport& source : report.sources) value["sources"].push_back(source_json(source));
  for (const Kind& kind : kKinds) {
    const Findings& findings = report.*kind.findings;
    value["findings"][kind.key] = {{"count", findings.count}, {"first", findings.first}};
  }
  return value;
}

}  // namespace plumbline::data
