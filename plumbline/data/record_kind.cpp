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
  const auto first = formats::first_record(path);
  if (!first || !first->value.is_object()) return RecordKind::Conversations;
  const nlohmann::json& value = first->value;
  if (value.contains("output_1") || value.contains("chosen")) return RecordKind::Comparisons;
  return ends_with_question(value) ? RecordKind::Prompts : RecordKind::Conversations;
}

}  // namespace plumbline::data
