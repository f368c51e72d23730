#include "plumbline/world/benchmark.h"

#include <algorithm>
#include <set>

#include "plumbline/world/json_fields.h"
#include "plumbline/world/questions.h"

namespace plumbline::world {
namespace {

using nlohmann::json;

const std::vector<std::string>& size_names() {
  static const std::vector<std::string> names = {size_name(Size::Small), size_name(Size::Large)};
  return names;
}

std::string name_or_empty(int category) {
  return category < 0 ? "" : categories()[static_cast<size_t>(category)];
}

json to_json(const Scene& scene) {
  json kinds = json::array();
  for (const Kind& kind : scene.kinds) {
    kinds.push_back({{"category", categories()[static_cast<size_t>(kind.category)]},
                     {"color", colors()[static_cast<size_t>(kind.color)]},
                     {"size", size_name(kind.size)},
                     {"is_faint", kind.is_faint},
                     {"cells", kind.cells}});
  }
  return {{"environment", environments()[static_cast<size_t>(scene.environment)]},
          {"kinds", kinds}};
}

std::vector<int> read_cells_of_kind(const json& value, std::set<int>& taken,
                                    const std::string& where) {
  const json& cells = field(value, "cells", where);
  std::vector<int> result;
  const bool has_size = cells.is_array() && !cells.empty() && cells.size() <= kMaxCount;
  if (!has_size) fail_record(where, "\"cells\" with 1 to 3 cells", cells.dump());
  for (const json& cell : cells) {
    const bool is_free = cell.is_number_integer() && cell >= 0 && cell < kNumCells &&
                         taken.insert(cell.get<int>()).second;
    if (!is_free) fail_record(where, "distinct cells from 0 to 15", cells.dump());
    result.push_back(cell.get<int>());
  }
  std::sort(result.begin(), result.end());
  return result;
}

Scene scene_from(const json& value, const std::string& where) {
  Scene scene;
  scene.environment = name_field(value, "environment", environments(), false, where);
  const json& kinds = field(value, "kinds", where);
  if (!kinds.is_array() || kinds.empty())
    fail_record(where, "\"kinds\" with an object", kinds.dump());
  std::set<int> taken;
  for (const json& entry : kinds) {
    Kind kind;
    kind.category = name_field(entry, "category", categories(), false, where);
    if (find_kind(scene, kind.category) != nullptr) {
      fail_record(where, "distinct categories", entry.at("category").dump() + " again");
    }
    kind.color = name_field(entry, "color", colors(), false, where);
    kind.size = static_cast<Size>(name_field(entry, "size", size_names(), false, where));
    const json& is_faint = field(entry, "is_faint", where);
    if (!is_faint.is_boolean()) fail_record(where, "\"is_faint\" true or false", is_faint.dump());
    kind.is_faint = is_faint.get<bool>();
    kind.cells = read_cells_of_kind(entry, taken, where);
    scene.kinds.push_back(kind);
  }
  sort_kinds(scene);
  return scene;
}

// What the judge relies on, per type of question.
void check(const BenchmarkItem& item, const std::string& where) {
  const bool has_no_subject = item.type == "environment" || item.type == "description";
  if ((item.subject < 0) != has_no_subject) {
    fail_record(where, has_no_subject ? "no \"subject\"" : "a \"subject\"",
                "'" + name_or_empty(item.subject) + "' for type " + item.type);
  }
  const bool needs_other = item.type == "comparison" || item.type == "relation";
  if ((item.other >= 0) != needs_other) {
    fail_record(where, needs_other ? "a second object in \"other\"" : "no \"other\"",
                "'" + name_or_empty(item.other) + "' for type " + item.type);
  }
  if (item.type == "yes_no" && item.expected != "yes" && item.expected != "no") {
    fail_record(where, "\"expected\" yes or no", "'" + item.expected + "'");
  }
  const bool is_letter =
      item.expected.size() == 1 && item.expected[0] >= 'A' && item.expected[0] <= 'D';
  if (item.type == "other" && !is_letter) {
    fail_record(where, "\"expected\" from A to D", "'" + item.expected + "'");
  }
}

}  // namespace

std::vector<BenchmarkItem> read_benchmark(const std::string& path) {
  std::vector<BenchmarkItem> items;
  for (const auto& [value, where] : formats::read_records(path)) {
    BenchmarkItem item;
    item.id = text_field(value, "id", where);
    item.image = text_field(value, "image", where);
    item.type = question_types()[static_cast<size_t>(
        name_field(value, "type", question_types(), false, where))];
    item.question = text_field(value, "question", where);
    item.reference = text_field(value, "reference", where);
    item.expected = text_field(value, "expected", where);
    item.subject = name_field(value, "subject", categories(), true, where);
    item.other = name_field(value, "other", categories(), true, where);
    item.sampling = text_field(value, "sampling", where);
    item.scene = scene_from(field(value, "scene", where), where);
    check(item, where);
    items.push_back(std::move(item));
  }
  if (items.empty()) fail_record(path, "at least one question", "an empty file");
  return items;
}

std::unordered_map<std::string, BenchmarkItem> read_benchmark_by_id(const std::string& path) {
  std::unordered_map<std::string, BenchmarkItem> items;
  for (auto& item : read_benchmark(path)) items.emplace(item.id, std::move(item));
  return items;
}

void write_benchmark(const std::string& path, const std::vector<BenchmarkItem>& items) {
  std::vector<json> lines;
  for (const BenchmarkItem& item : items) {
    lines.push_back({{"id", item.id},
                     {"image", item.image},
                     {"type", item.type},
                     {"question", item.question},
                     {"reference", item.reference},
                     {"expected", item.expected},
                     {"subject", name_or_empty(item.subject)},
                     {"other", name_or_empty(item.other)},
                     {"sampling", item.sampling},
                     {"scene", to_json(item.scene)}});
  }
  formats::write_records(path, lines);
}

}  // namespace plumbline::world
