#include "plumbline/data/facts.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/data/record_file.h"
#include "plumbline/data/record_members.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

std::string checked_fact(const json& value) {
  const bool is_text = value.is_string() && value.get_ref<const std::string&>().find_first_not_of(
                                                " \t\r\n") != std::string::npos;
  if (!is_text)
    throw std::invalid_argument("facts to be texts, none of them empty, got " + shown(value));
  return value.get<std::string>();
}

void add_list(Facts& facts, const std::string& image, const json& list) {
  if (!list.is_array()) throw std::invalid_argument("a list of facts, got " + shown(list));
  auto& known = facts[image];
  for (const json& fact : list) known.push_back(checked_fact(fact));
}

std::string id_text(const json& id) { return id.is_string() ? id.get<std::string>() : id.dump(); }

// Calls `take` for one entry; what is wrong with it becomes a problem.
template <class Take>
void guarded(Problems& problems, const std::string& where, const Take& take) {
  try {
    take();
  } catch (const json::exception& e) {
    problems.add(where, untagged(e));
  } catch (const std::invalid_argument& e) {
    problems.add(where, std::string("expected ") + e.what());
  }
}

// COCO's captions, by image id.
Facts coco_facts(const json& file, const std::string& path, Problems& problems) {
  Facts facts;
  size_t number = 0;
  for (const json& one : file.at("annotations")) {
    guarded(problems, fmt::format("{}, annotation {}", path, ++number),
            [&] { facts[id_text(one.at("image_id"))].push_back(checked_fact(one.at("caption"))); });
  }
  return facts;
}

Facts facts_by_image(const json& file, const std::string& path, Problems& problems) {
  Facts facts;
  for (const auto& [image, list] : file.items()) {
    guarded(problems, fmt::format("{}, image '{}'", path, image),
            [&, &image = image, &list = list] { add_list(facts, image, list); });
  }
  return facts;
}

Facts facts_by_record(const std::string& path) {
  Facts facts;
  for_each_record(
      path, "reading facts", "", config::BadRecords::Refuse,
      [&](const json& value, const std::string&, RecordChecks&) {
        if (!value.is_object() || !value.contains("facts") ||
            (!value.contains("image") && !value.contains("id"))) {
          throw std::invalid_argument("an object with image and facts");
        }
        const json& image = value.contains("image") ? value["image"] : value["id"];
        add_list(facts, id_text(image), value["facts"]);
      },
      [] {});
  return facts;
}

// The image id in a file name as COCO writes it (000000000139, COCO_val2014_000000000139), without
// leading zeros. Other names' numbers are no ids: those of two data sets would mix.
std::string id_in(const std::string& stem) {
  const size_t last_other = stem.find_last_not_of("0123456789");
  const bool is_number = last_other == std::string::npos;
  if (!is_number && !stem.starts_with("COCO_")) return "";
  const std::string digits = stem.substr(is_number ? 0 : last_other + 1);
  const size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? digits.substr(0, 1) : digits.substr(first);
}

}  // namespace

FactKind fact_kind_of(CaptionType type) {
  const bool is_multiple_choice = type >= CaptionType::A && type <= CaptionType::D;
  return is_multiple_choice ? FactKind::Aokvqa : FactKind::Captions;
}

Facts read_facts(const std::string& path) {
  const std::string text = read_file(path);
  // Several lines of objects are no JSON as a whole.
  const json file = try_parse_json(text, path);
  const bool is_records = file.is_discarded() || file.is_array() ||
                          (file.is_object() && file.contains("facts") &&
                           (file.contains("image") || file.contains("id")));
  if (is_records) return facts_by_record(path);
  Problems problems(path, "reading facts");
  Facts facts;
  if (!file.is_object()) {
    problems.add(path, "expected facts by image, COCO's captions or lines with image and facts");
  } else if (file.contains("annotations") && file["annotations"].is_array()) {
    facts = coco_facts(file, path, problems);
  } else {
    facts = facts_by_image(file, path, problems);
  }
  problems.finish();
  return facts;
}

void write_facts(const std::string& path, const Facts& facts) {
  write_file(path, json_text(json(facts), 1) + "\n");
}

std::vector<std::string> facts_of(const Facts& facts, const std::string& image, FactKind kind) {
  const std::string stem = fs::path(image).stem().string();
  const std::string names[] = {image, fs::path(image).filename().string(), stem, id_in(stem)};
  const std::string prefixes[] = {kind == FactKind::Aokvqa ? kAokvqaPrefix : "", ""};
  for (const std::string& prefix : prefixes) {
    for (const std::string& name : names) {
      if (name.empty()) continue;
      if (const auto it = facts.find(prefix + name); it != facts.end()) return it->second;
    }
  }
  return {};
}

std::vector<std::string> shuffled(std::vector<std::string> facts, RandomKey key) {
  Random(key).shuffle(facts);
  return facts;
}

}  // namespace plumbline::data
