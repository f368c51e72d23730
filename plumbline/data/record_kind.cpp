#include "plumbline/data/record_kind.h"

#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::data {
namespace {

bool ends_with_question(const nlohmann::json& record) {
  const auto turns = record.find("conversations");
  if (turns == record.end() || !turns->is_array() || turns->empty()) return false;
  const nlohmann::json& last = turns->back();
  return last.is_object() && last.contains("from") && last["from"] == "human";
}

}  // namespace

RecordKind record_kind(const std::string& path) {
  if (fs::is_directory(path) || path.ends_with(".toml")) return RecordKind::Conversations;
  const auto records = formats::read_records(path, [](const auto&, const auto&) {});
  if (records.empty() || !records.front().value.is_object()) return RecordKind::Conversations;
  const nlohmann::json& first = records.front().value;
  if (first.contains("output_1") || first.contains("chosen")) return RecordKind::Comparisons;
  return ends_with_question(first) ? RecordKind::Prompts : RecordKind::Conversations;
}

}  // namespace plumbline::data
