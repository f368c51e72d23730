#include "plumbline/data/records.h"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/data/llava_json.h"
#include "plumbline/data/record_checks.h"
#include "plumbline/formats/json_lines.h"

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

// The turns up to the question: a last answer is what `output_1` and `output_2`, or the policy,
// replace.
std::vector<text::Turn> question_of(const json& value) {
  auto turns = llava_turns(value);
  if (!turns.empty() && !turns.back().is_user) turns.pop_back();
  return turns;
}

json turns_json(const std::vector<text::Turn>& turns) {
  json list = json::array();
  for (const auto& turn : turns) {
    std::string text = turn.text;
    for (int64_t i = 0; i < turn.images_before; ++i) text = text::with_image(text);
    json one{{"from", turn.is_user ? "human" : "gpt"}, {"value", std::move(text)}};
    if (!turn.is_trained) one["weight"] = 0;
    list.push_back(std::move(one));
  }
  return list;
}

// Reads every record with `parse`; what it throws becomes one problem of the list.
template <class T>
std::vector<T> read_all(
    const std::string& path, const std::string& doing, const std::string& image_folder,
    const std::function<T(const json&, const std::string&, RecordChecks&)>& parse) {
  Problems problems(path, doing);
  RecordChecks checks(problems, image_folder);
  std::vector<T> result;
  for (const auto& record : formats::read_records(path)) {
    try {
      result.push_back(parse(record.value, record.where, checks));
    } catch (const json::exception& e) {
      problems.add(record.where, untagged(e));
    } catch (const DataError& e) {
      problems.add(record.where, e.what());
    }
  }
  problems.finish();
  if (result.empty()) {
    throw DataError(Complaint{.component = "data",
                              .doing = doing,
                              .expected = "at least one record",
                              .got = "none",
                              .where = path});
  }
  return result;
}

template <class T>
void write_array(const std::string& path, const std::vector<T>& records,
                 json (*to_json)(const T&)) {
  std::string text = "[\n";
  for (size_t i = 0; i < records.size(); ++i) {
    text += to_json(records[i]).dump(-1, ' ', false, json::error_handler_t::replace) +
            (i + 1 < records.size() ? ",\n" : "\n");
  }
  write_file(path, text + "]\n");
}

json with_image(json value, const std::string& image) {
  if (!image.empty()) value["image"] = image;
  return value;
}

json conversation_json(const Conversation& c) {
  if (c.turns.empty() && !c.text.empty()) return {{"id", c.id}, {"text", c.text}};
  json value{{"id", c.id}, {"conversations", turns_json(c.turns)}};
  if (c.images.size() > 1) value["image"] = c.images;
  return with_image(std::move(value), c.images.size() == 1 ? c.images.front() : "");
}

json comparison_json(const Comparison& c) {
  auto turns = turns_json(c.turns);
  turns.push_back({{"from", "gpt"}, {"value", ""}});  // the slot that the outputs fill
  return with_image({{"id", c.id},
                     {"conversations", std::move(turns)},
                     {"output_1", {{"from", "llava"}, {"value", c.output_1}}},
                     {"output_2", {{"from", "llava"}, {"value", c.output_2}}},
                     {"preference", c.preference},
                     {"hallucination", c.hallucination}},
                    c.image);
}

json prompt_json(const Prompt& p) {
  return with_image({{"id", p.id},
                     {"conversations", turns_json(p.turns)},
                     {"caption_type", static_cast<int>(p.caption_type)},
                     {"length_bonus_multiplier", p.length_bonus_multiplier}},
                    p.image);
}

Comparison parse_comparison(const json& v, const std::string& where, RecordChecks& checks) {
  Comparison c{.id = record_id(v),
               .image = image_of(v),
               .turns = question_of(v),
               .output_1 = {},
               .output_2 = {}};
  c.output_1 = v.at("output_1").at("value").get<std::string>();
  c.output_2 = v.at("output_2").at("value").get<std::string>();
  c.preference = whole_number(v.at("preference"), "preference");
  c.hallucination = v.value("hallucination", false);
  checks.id(where, c.id);
  checks.image(where, c.image);
  checks.turns(where, c.turns, c.image.empty() ? 0 : 1);
  checks.answer(where, "output_1", c.output_1);
  checks.answer(where, "output_2", c.output_2);
  if (c.preference != 1 && c.preference != 2) {
    throw DataError(Complaint{.component = "data",
                              .doing = "reading a comparison",
                              .expected = "\"preference\": 1 or 2",
                              .got = std::to_string(c.preference)});
  }
  return c;
}

Prompt parse_prompt(const json& v, const std::string& where, RecordChecks& checks) {
  Prompt p{.id = record_id(v), .image = image_of(v), .turns = question_of(v)};
  const int type = v.contains("caption_type") ? whole_number(v["caption_type"], "caption_type") : 1;
  if (type < 1 || type > 7) {
    throw DataError(Complaint{.component = "data",
                              .doing = "reading a prompt",
                              .expected = "\"caption_type\" in 1..7",
                              .got = std::to_string(type)});
  }
  p.caption_type = static_cast<CaptionType>(type);
  p.length_bonus_multiplier = v.value("length_bonus_multiplier", 1.0);
  checks.id(where, p.id);
  checks.image(where, p.image);
  checks.turns(where, p.turns, p.image.empty() ? 0 : 1);
  return p;
}

}  // namespace

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

std::vector<Comparison> read_comparisons(const std::string& path, const std::string& image_folder) {
  return read_all<Comparison>(path, "reading comparisons", image_folder, parse_comparison);
}

std::vector<Prompt> read_prompts(const std::string& path, const std::string& image_folder) {
  return read_all<Prompt>(path, "reading prompts", image_folder, parse_prompt);
}

Facts read_facts(const std::string& path) {
  try {
    return parse_json(read_file(path), path).get<Facts>();
  } catch (const json::exception& e) {
    throw DataError(Complaint{.component = "data",
                              .doing = "reading facts",
                              .expected = "a JSON object from image name to a list of captions",
                              .got = untagged(e),
                              .where = path});
  }
}

void write_conversations(const std::string& path, const std::vector<Conversation>& records) {
  write_array(path, records, conversation_json);
}
void write_comparisons(const std::string& path, const std::vector<Comparison>& records) {
  write_array(path, records, comparison_json);
}
void write_prompts(const std::string& path, const std::vector<Prompt>& records) {
  write_array(path, records, prompt_json);
}
void write_facts(const std::string& path, const Facts& facts) {
  write_file(path, json(facts).dump(1) + "\n");
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
    lines += line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  }
  write_file(path, lines);
}

const std::string& better_output(const Comparison& comparison) {
  return comparison.preference == 1 ? comparison.output_1 : comparison.output_2;
}

const std::string& worse_output(const Comparison& comparison) {
  return comparison.preference == 1 ? comparison.output_2 : comparison.output_1;
}

}  // namespace plumbline::data
