#include "plumbline/data/records.h"

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/data/llava_json.h"
#include "plumbline/data/record_checks.h"
#include "plumbline/data/record_file.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

// 1.5, true and numbers beyond an int are no choice among a few.
int whole_number(const json& value, const std::string& key) {
  const bool is_small = value.is_number_integer() && value >= 0 && value < 1000;
  if (is_small) return value.get<int>();
  throw DataError(Complaint{.component = "data",
                            .doing = "reading a record",
                            .expected = "\"" + key + "\" to be a small whole number",
                            .got = value.dump().substr(0, 100)});
}

std::string image_of(const json& value) {
  const auto it = value.find("image");
  return it == value.end() || it->is_null() ? "" : it->get<std::string>();
}

template <class T>
void write_all(const std::string& path, const std::vector<T>& records, json (*to_json)(const T&)) {
  std::vector<json> values;
  values.reserve(records.size());
  for (const T& record : records) values.push_back(to_json(record));
  write_array(path, values);
}

json with_image(json value, const std::string& image) {
  if (!image.empty()) value["image"] = image;
  return value;
}

json conversation_json(const Conversation& c) {
  if (c.turns.empty() && !c.text.empty()) return {{"id", c.id}, {"text", c.text}};
  json value{{"id", c.id}, {"conversations", llava_turns_json(c.turns)}};
  if (c.images.size() > 1) value["image"] = c.images;
  return with_image(std::move(value), c.images.size() == 1 ? c.images.front() : "");
}

json prompt_json(const Prompt& p) {
  return with_image({{"id", p.id},
                     {"conversations", llava_turns_json(p.turns)},
                     {"caption_type", static_cast<int>(p.caption_type)},
                     {"length_bonus_multiplier", p.length_bonus_multiplier}},
                    p.image);
}

Prompt parse_prompt(const json& v, const std::string& where, RecordChecks& checks) {
  Prompt p{.id = record_id(v), .image = image_of(v), .turns = llava_question(v)};
  p.caption_type = caption_type_of(v);
  p.length_bonus_multiplier = v.value("length_bonus_multiplier", 1.0);
  checks.id(where, p.id);
  checks.image(where, p.image);
  checks.turns(where, p.turns, p.image.empty() ? 0 : 1);
  return p;
}

}  // namespace

CaptionType caption_type_of(const json& record) {
  const auto found = record.find("caption_type");
  const int type = found == record.end() ? 1 : whole_number(*found, "caption_type");
  if (type >= 1 && type <= 7) return static_cast<CaptionType>(type);
  throw DataError(Complaint{.component = "data",
                            .doing = "reading a prompt",
                            .expected = "\"caption_type\" in 1..7",
                            .got = std::to_string(type)});
}

std::vector<Conversation> read_conversations(const std::string& path,
                                             const std::string& image_folder) {
  return read_all<Conversation>(path, "reading conversations", image_folder,
                                [](const json& v, const std::string& where, RecordChecks& checks) {
                                  Conversation c = llava_conversation(v);
                                  checks.id(where, c.id);
                                  for (const std::string& image : c.images)
                                    checks.image(where, image);
                                  checks.turns(where, c.turns, c.images.size());
                                  checks.ends_with_answer(where, c.turns);
                                  return c;
                                });
}

std::vector<Prompt> read_prompts(const std::string& path, const std::string& image_folder) {
  return read_all<Prompt>(path, "reading prompts", image_folder, parse_prompt);
}

void write_conversations(const std::string& path, const std::vector<Conversation>& records) {
  write_all(path, records, conversation_json);
}
void write_prompts(const std::string& path, const std::vector<Prompt>& records) {
  write_all(path, records, prompt_json);
}

std::vector<SampledAnswers> read_samples(const std::string& path) {
  return read_all<SampledAnswers>(
      path, "reading sampled answers", "",
      [](const json& v, const std::string& where, RecordChecks& checks) {
        return SampledAnswers{parse_prompt(v, where, checks),
                              v.at("answers").get<std::vector<std::string>>()};
      });
}

void write_samples(const std::string& path, const std::vector<SampledAnswers>& samples) {
  std::string lines;
  for (const auto& sample : samples) {
    json line = prompt_json(sample.prompt);
    line["answers"] = sample.answers;
    lines += json_text(line) + "\n";
  }
  write_file(path, lines);
}

}  // namespace plumbline::data
