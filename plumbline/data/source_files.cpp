#include "plumbline/data/source_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/base/trimmed.h"
#include "plumbline/text/conversation.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

// How kinds are told apart: by the name of their list and a member of its entries.
struct Shape {
  SourceKind kind;
  const char* name;
  const char* list;  // "" for a file that is a list itself
  const char* member;
};

constexpr std::array<Shape, 5> kShapes = {{
    {SourceKind::VqaQuestions, "VQA-v2 questions", "questions", "question_id"},
    {SourceKind::VqaAnnotations, "VQA-v2 annotations", "annotations", "multiple_choice_answer"},
    {SourceKind::AokvqaQuestions, "A-OKVQA questions with answers", "", "choices"},
    {SourceKind::CocoCaptions, "COCO captions", "annotations", "caption"},
    {SourceKind::CaptionSplit, "images with sentences (dataset_*.json)", "images", "sentences"},
}};

const Shape& shape_of(SourceKind kind) {
  return *std::find_if(kShapes.begin(), kShapes.end(),
                       [&](const Shape& shape) { return shape.kind == kind; });
}

const json* list_of(const json& file, const std::string& name) {
  if (name.empty()) return file.is_array() ? &file : nullptr;
  if (!file.is_object()) return nullptr;
  const auto it = file.find(name);
  return it != file.end() && it->is_array() ? &*it : nullptr;
}

bool has_shape(const json& file, const Shape& shape) {
  const json* list = list_of(file, shape.list);
  return list != nullptr && std::any_of(list->begin(), list->end(), [&](const json& entry) {
           return entry.is_object() && entry.contains(shape.member);
         });
}

std::string keys_of(const json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) {
    if (keys.size() < 5) keys.push_back(item.key());
  }
  return fmt::format("{}", fmt::join(keys, ", "));
}

std::string description(const json& file) {
  for (const Shape& shape : kShapes) {
    if (has_shape(file, shape)) return shape.name;
  }
  if (file.is_object()) return fmt::format("an object with the members {}", keys_of(file));
  if (!file.is_array()) return fmt::format("a single {}", file.type_name());
  if (file.empty()) return "an empty list";
  return file[0].is_object()
             ? fmt::format("a list of objects with the members {}", keys_of(file[0]))
             : fmt::format("a list of {}s", file[0].type_name());
}

json parsed(const std::string& path, const Shape& shape) {
  const std::string bytes = read_file(path);
  try {
    return shape.kind == SourceKind::VqaAnnotations ? parse_json_without("answers", bytes, path)
                                                    : parse_json(bytes, path);
  } catch (const json::exception& e) {
    throw DataError({.component = "data",
                     .doing = fmt::format("reading {}", shape.name),
                     .expected = "a JSON file",
                     .got = untagged(e),
                     .where = path});
  }
}

const json& member(const json& entry, const std::string& key) {
  const auto it = entry.find(key);
  if (it == entry.end()) throw std::invalid_argument(fmt::format("expected \"{}\", got none", key));
  return *it;
}

constexpr const char* kMissingImages = "images that are not there";

std::invalid_argument unlike(const std::string& key, const std::string& expected, const json& got) {
  return std::invalid_argument(
      fmt::format("expected \"{}\" to be {}, got {}", key, expected, json_text(got).substr(0, 60)));
}

}  // namespace

AnnotationFile read_source(const std::string& path, SourceKind kind) {
  const Shape& shape = shape_of(kind);
  json file = parsed(path, shape);
  if (!has_shape(file, shape)) {
    throw DataError({.component = "data",
                     .doing = fmt::format("reading {}", shape.name),
                     .expected = *shape.list == '\0'
                                     ? fmt::format("a list whose entries have \"{}\"", shape.member)
                                     : fmt::format("an object whose \"{}\" have \"{}\"", shape.list,
                                                   shape.member),
                     .got = description(file),
                     .where = path});
  }
  if (*shape.list == '\0') return {.path = path, .header = {}, .entries = std::move(file)};
  json entries = std::move(file[shape.list]);
  file.erase(shape.list);
  return {.path = path, .header = std::move(file), .entries = std::move(entries)};
}

std::string header_text(const AnnotationFile& source, const std::string& key) {
  if (!source.header.is_object()) return "";
  const auto it = source.header.find(key);
  return it != source.header.end() && it->is_string() ? it->get<std::string>() : "";
}

void for_each_entry(const json& entries, const std::string& path, const std::string& noun,
                    Problems& problems,
                    const std::function<void(const json&, const std::string&)>& take) {
  size_t number = 0;
  for (const json& entry : entries) {
    const std::string where = fmt::format("{}, {} {}", path, noun, ++number);
    try {
      if (!entry.is_object()) {
        throw std::invalid_argument(fmt::format("expected an object, got {}", entry.type_name()));
      }
      take(entry, where);
    } catch (const std::invalid_argument& e) {
      problems.add(where, e.what());
    } catch (const json::exception& e) {
      problems.add(where, untagged(e));
    }
  }
}

int64_t id_member(const json& entry, const std::string& key) {
  const json& value = member(entry, key);
  constexpr int64_t kLargest = int64_t{1} << 53;
  if (!value.is_number_integer() || value < 0 || value > kLargest) {
    throw unlike(key, "a whole number", value);
  }
  return value.get<int64_t>();
}

std::string text_member(const json& entry, const std::string& key) {
  const json& value = member(entry, key);
  if (!value.is_string()) throw unlike(key, "text", value);
  return checked_text(value.get<std::string>(), "\"" + key + "\"");
}

std::string full_text_member(const json& entry, const std::string& key) {
  std::string text = text_member(entry, key);
  if (text.empty()) {
    throw std::invalid_argument(fmt::format("expected text in \"{}\", got none", key));
  }
  return text;
}

std::string checked_text(const std::string& text, const std::string& name) {
  if (text.find(text::kImagePlaceholder) != std::string::npos) {
    throw std::invalid_argument(
        fmt::format("expected no {} in {}, got one", text::kImagePlaceholder, name));
  }
  return std::string(trimmed(text));
}

void LeftOut::add(const std::string& reason, const std::string& example, bool is_allowed) {
  Reason& known = reasons_[reason];
  if (known.count++ == 0) known.example = example;
  known.is_allowed = is_allowed;
}

void LeftOut::refuse(Problems& problems) const {
  for (const auto& [name, reason] : reasons_) {
    if (reason.is_allowed) continue;
    problems.add(name, fmt::format("expected none, got {}, such as {}; --allow {} leaves them "
                                   "out",
                                   reason.count, reason.example,
                                   name == kMissingImages ? "missing" : "unmatched"));
  }
}

std::map<std::string, int64_t> LeftOut::counts() const {
  std::map<std::string, int64_t> result;
  for (const auto& [name, reason] : reasons_) {
    if (reason.is_allowed) result[name] = reason.count;
  }
  return result;
}

bool ImageCheck::has(const std::string& image) {
  if (tolerance_.image_folder.empty()) return true;
  const auto [it, is_new] = known_.try_emplace(image, false);
  if (is_new) {
    std::error_code error;
    const fs::path path = fs::path(tolerance_.image_folder) / image;
    it->second = fs::is_regular_file(path, error);
    if (!it->second) {
      left_out_.add(kMissingImages, path.string(), tolerance_.skip_missing_images);
    }
  }
  return it->second;
}

}  // namespace plumbline::data
