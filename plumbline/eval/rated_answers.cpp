#include "plumbline/eval/rated_answers.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::eval {

std::vector<RatedAnswer> rate(const std::vector<world::BenchmarkItem>& items,
                              const std::vector<std::string>& answers) {
  PLUMBLINE_CHECK(items.size() == answers.size(),
                  fmt::format("{} items, {} answers", items.size(), answers.size()));
  std::vector<RatedAnswer> rated;
  for (size_t i = 0; i < items.size(); ++i) {
    rated.push_back({items[i], answers[i], world::judge(items[i], answers[i])});
  }
  return rated;
}

std::vector<world::BenchmarkItem> spread(const std::vector<world::BenchmarkItem>& items,
                                         int64_t n) {
  std::map<std::string, int64_t> totals;
  for (const auto& item : items) ++totals[item.type];
  const int64_t share =
      totals.empty() ? 0 : std::max<int64_t>(1, n / static_cast<int64_t>(totals.size()));
  std::map<std::string, int64_t> taken;
  std::vector<world::BenchmarkItem> result;
  for (const auto& item : items) {
    if (static_cast<int64_t>(result.size()) < n && taken[item.type] < share) {
      ++taken[item.type];
      result.push_back(item);
    }
  }
  return result;
}

void write_answers(const std::string& path, const std::vector<RatedAnswer>& rated) {
  std::vector<nlohmann::json> lines;
  for (const auto& r : rated) {
    lines.push_back({{"id", r.item.id},
                     {"type", r.item.type},
                     {"image", r.item.image},
                     {"question", r.item.question},
                     {"reference", r.item.reference},
                     {"answer", r.answer},
                     {"score", r.verdict.score},
                     {"hallucinated", r.verdict.is_hallucinated},
                     {"claims", r.verdict.num_claims},
                     {"false_claims", r.verdict.num_false},
                     {"unparsed", r.verdict.num_unparsed},
                     {"repeats", r.verdict.num_repeats},
                     {"coverage", r.verdict.coverage},
                     {"false_ranges", r.verdict.false_ranges}});
  }
  formats::write_records(path, lines);
}

std::vector<AnswerLine> read_answers(const std::string& path) {
  std::vector<AnswerLine> result;
  for (const auto& record : formats::read_records(path)) {
    try {
      const auto& v = record.value;
      result.push_back({v.at("id"), v.at("type"), v.at("image"), v.at("question"),
                        v.at("reference"), v.at("answer"), v.at("score"), v.at("hallucinated"),
                        v.at("false_ranges").get<std::vector<std::pair<size_t, size_t>>>()});
    } catch (const nlohmann::json::exception& e) {
      throw DataError(Complaint{.component = "eval",
                                .doing = "reading answers",
                                .expected = "a line of plumbline eval",
                                .got = untagged(e),
                                .where = record.where});
    }
  }
  return result;
}

}  // namespace plumbline::eval
