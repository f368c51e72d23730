#include "plumbline/benchmarks/llava_bench_files.h"

#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/benchmarks/judge_prompt.h"
#include "plumbline/eval/python_number.h"
#include "plumbline/eval/unfit.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

constexpr double kTemperature = 0.2;

constexpr eval::Unfit unfit{"reading LLaVA-Bench"};

// What is known about a picture.
struct Context {
  std::string text;
  bool is_wild = false;  // captions only
};

const json* member(const json& record, const char* name) {
  const auto found = record.find(name);
  return found == record.end() || found->is_null() ? nullptr : &*found;
}

// One per line. In the wild set a caption may be a text (the reference would put a line break
// between its characters).
std::string captions_of(const json& record, const std::string& where) {
  const json* captions = member(record, "captions");
  if (captions == nullptr) captions = member(record, "caption");
  if (captions == nullptr) throw unfit("'captions' or 'caption'", "neither", where);
  if (captions->is_string()) return captions->get<std::string>();
  if (!captions->is_array()) throw unfit("a list of captions", captions->type_name(), where);
  std::string lines;
  for (const json& caption : *captions) {
    if (!caption.is_string()) throw unfit("captions as texts", caption.type_name(), where);
    lines += (lines.empty() ? "" : "\n") + caption.get<std::string>();
  }
  return lines;
}

// As Python prints a list of numbers.
std::string box_text(const json& box, const std::string& where) {
  if (!box.is_array()) throw unfit("a bbox of numbers", box.type_name(), where);
  std::string text;
  for (const json& number : box) {
    if (!number.is_number()) throw unfit("a bbox of numbers", number.type_name(), where);
    text += (text.empty() ? "" : ", ") +
            (number.is_number_float() ? eval::python_repr(number.get<double>()) : number.dump());
  }
  return "[" + text + "]";
}

std::string boxes_of(const json& instances, const std::string& where) {
  if (!instances.is_array()) throw unfit("instances as a list", instances.type_name(), where);
  std::string lines;
  for (const json& instance : instances) {
    const std::string category = eval::required_text(instance, {"category"}, where);
    const json* box = member(instance, "bbox");
    if (box == nullptr) throw unfit("a bbox", "none", where);
    lines += (lines.empty() ? "" : "\n") + category + ": " + box_text(*box, where);
  }
  return lines;
}

std::unordered_map<std::string, Context> read_contexts(const std::string& path) {
  std::unordered_map<std::string, Context> contexts;
  formats::for_each_record(path, [&](const formats::Record& record) {
    const std::string image = eval::required_text(record.value, {"image"}, record.where);
    const json* instances = member(record.value, "instances");
    Context context{.text = captions_of(record.value, record.where),
                    .is_wild = instances == nullptr};
    if (instances != nullptr) context.text += "\n\n" + boxes_of(*instances, record.where);
    contexts[image] = std::move(context);
  });
  return contexts;
}

struct ReviewRule {
  std::string role, text;
};

std::map<std::string, ReviewRule> read_rules(const std::string& path) {
  std::map<std::string, ReviewRule> rules;
  if (path.empty()) return rules;
  json file;
  try {
    file = parse_json(read_file(path), path);
  } catch (const json::exception& e) {
    throw unfit("JSON", untagged(e), path);
  }
  if (!file.is_object()) throw unfit("an object of rules", file.type_name(), path);
  for (const auto& [name, rule] : file.items()) {
    const std::string where = path + ", " + name;
    rules[name] = {eval::required_text(rule, {"role"}, where),
                   eval::required_text(rule, {"prompt"}, where)};
  }
  return rules;
}

// Ours where there is no file of rules.
ReviewRule rule_for(const std::string& category, bool is_wild,
                    const std::map<std::string, ReviewRule>& rules, const std::string& path) {
  if (path.empty()) return {"Assistant", review_rule()};
  const std::string name = (is_wild ? "llava_bench_" : "") + category;
  const auto found = rules.find(name);
  if (found == rules.end()) throw unfit("a rule called '" + name + "'", "none", path);
  return found->second;
}

std::vector<eval::Asked> asked_of(const std::vector<ReviewQuestion>& questions) {
  std::vector<eval::Asked> asked;
  for (const auto& question : questions) asked.push_back(question.asked);
  return asked;
}

const std::string& needed(const eval::EvalRequest& request, const std::string& name) {
  const std::string& path = request.file(name);
  if (!path.empty()) return path;
  throw ConfigError(Complaint{.component = "eval",
                              .doing = "asking a judge about llava-bench",
                              .expected = "--file " + name + "=FILE",
                              .got = "none"});
}

}  // namespace

std::vector<ReviewQuestion> read_review_questions(const eval::EvalRequest& request) {
  constexpr std::string_view kWild = "llava_bench_";  // what reviews put before categories
  std::vector<ReviewQuestion> questions;
  formats::for_each_record(request.file("questions"), [&](const formats::Record& record) {
    const auto& where = record.where;
    std::string category = eval::required_text(record.value, {"category"}, where);
    if (category.starts_with(kWild)) category.erase(0, kWild.size());
    if (category.empty() || category == "all") {
      throw unfit("a category, not 'all'", "'" + category + "'", where);
    }
    questions.push_back(
        {.asked = {.id = eval::required_text(record.value, {"question_id", "id"}, where),
                   .question = eval::required_text(record.value, {"text", "question"}, where),
                   .image = eval::required_text(record.value, {"image"}, where),
                   .where = where},
         .category = category});
  });
  if (questions.empty()) throw unfit("questions", "an empty file", request.file("questions"));
  return questions;
}

std::vector<eval::Answer> read_reviewed_answers(const eval::EvalRequest& request,
                                                const std::vector<ReviewQuestion>& questions) {
  return eval::join(asked_of(questions), eval::read_answer_file(request.file("answers")),
                    request.join, {request.file("questions"), request.file("answers")});
}

std::vector<api::JudgeRequest> review_requests(const eval::EvalRequest& request) {
  const auto questions = read_review_questions(request);
  const auto answers = read_reviewed_answers(request, questions);
  const std::string& reference_path = needed(request, "reference");
  const auto references = eval::join(asked_of(questions), eval::read_answer_file(reference_path),
                                     request.join, {request.file("questions"), reference_path});
  const std::string& context_path = needed(request, "context");
  const auto contexts = read_contexts(context_path);
  const std::string& rules_path = request.file("rules");
  const auto rules = read_rules(rules_path);
  const std::string& prompt_path = request.file("prompt");
  const std::string prompt = prompt_of(prompt_path, review_prompt());
  const std::string system = prompt_of(request.file("system"), "");
  std::vector<api::JudgeRequest> requests;
  for (size_t i = 0; i < questions.size(); ++i) {
    const auto& asked = questions[i].asked;
    const auto context = contexts.find(asked.image);
    if (context == contexts.end()) {
      throw unfit("a context of " + asked.image + " in " + context_path, "none", asked.where);
    }
    const auto rule = rule_for(questions[i].category, context->second.is_wild, rules, rules_path);
    api::JudgeRequest one{.id = asked.id, .messages = {}, .temperature = kTemperature};
    if (!system.empty()) one.messages.push_back({"system", system});
    one.messages.push_back({"user", filled(prompt,
                                           {{"context", context->second.text},
                                            {"question", asked.question},
                                            {"role", rule.role},
                                            {"reference", references[i].text},
                                            {"answer", answers[i].text},
                                            {"rule", rule.text}},
                                           prompt_path.empty() ? kShippedPrompt : prompt_path)});
    one.about = answers[i].text;
    requests.push_back(std::move(one));
  }
  return requests;
}

}  // namespace plumbline::benchmarks
