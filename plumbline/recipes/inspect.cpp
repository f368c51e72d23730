// What a checkpoint holds, and an example as the model sees it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/checkpoint/gguf_model.h"
#include "plumbline/checkpoint/hf_config.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/checkpoint/sources.h"
#include "plumbline/checkpoint/weight_names.h"
#include "plumbline/data/comparison.h"
#include "plumbline/data/score_records.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/quantize.h"
#include "plumbline/engine/reward_scorer.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"
#include "plumbline/text/shown_example.h"

namespace plumbline::recipes {
namespace {

using nlohmann::json;

struct Held {
  std::string type;
  std::vector<int64_t> shape;
  size_t bytes = 0;
  std::string name;  // classic; empty when it belongs to no model
};

std::map<std::string, Held> held_tensors(const std::string& path,
                                         const config::LlavaConfig& config) {
  std::map<std::string, Held> out;
  if (checkpoint::is_gguf(path)) {
    const formats::GgufFile file(path);
    for (const auto& [name, tensor] : file.tensors()) {
      out[name] = {std::string(formats::gguf_type_name(static_cast<uint32_t>(tensor.type))),
                   tensor.shape, tensor.size,
                   checkpoint::classic_name(checkpoint::gguf_weight_name(name))};
    }
    return out;
  }
  for (const auto& source : checkpoint::open_sources(path, config)) {
    for (const auto& [name, array] : source.file.arrays()) {
      out[name] = {std::string(formats::dtype_name(array.dtype)), array.shape, array.size,
                   source.classic(name)};
    }
  }
  return out;
}

const char* layout_name(const std::string& path, const config::LlavaConfig& config) {
  if (checkpoint::is_gguf(path)) return "a language model in a GGUF file";
  switch (checkpoint::layout_of(config)) {
    case checkpoint::Layout::Llava:
      return "Hugging Face's LLaVA";
    case checkpoint::Layout::Text:
      return "a language model alone";
    case checkpoint::Layout::Original:
      return "the original LLaVA";
  }
  return "";
}

json describe(const std::string& path) {
  const config::LlavaConfig config = checkpoint::read_config(path);
  const auto tensors = held_tensors(path, config);
  auto missing = model::weight_shapes(config);
  json out = {{"path", path},
              {"layout", layout_name(path, config)},
              {"config", json::parse(checkpoint::hf_config_text(config, "float32"))},
              {"tensors", json::array()},
              {"unused", json::array()},
              {"misshapen", json::array()}};
  out["config"].erase("torch_dtype");
  out["config"].erase("dtype");
  double numbers = 0, bytes = 0;
  std::map<std::string, double> by_type;
  for (const auto& [spelling, held] : tensors) {
    double count = 1;
    for (const int64_t extent : held.shape) count *= static_cast<double>(extent);
    const auto wanted = missing.find(held.name);
    const bool is_used = wanted != missing.end();
    if (!is_used) {
      out["unused"].push_back(spelling);
    } else {
      if (wanted->second != held.shape) {
        out["misshapen"].push_back(fmt::format("{}: expected [{}], got [{}]", spelling,
                                               fmt::join(wanted->second, ", "),
                                               fmt::join(held.shape, ", ")));
      }
      missing.erase(wanted);
    }
    numbers += is_used ? count : 0;
    bytes += static_cast<double>(held.bytes);
    by_type[held.type] += static_cast<double>(held.bytes);
    out["tensors"].push_back(
        {{"name", spelling}, {"dtype", held.type}, {"shape", held.shape}, {"bytes", held.bytes}});
  }
  out["missing"] = json::array();
  for (const auto& [name, shape] : missing) out["missing"].push_back(name);
  out["parameters"] = numbers;
  out["bytes"] = bytes;
  out["bytes_by_dtype"] = by_type;
  return out;
}

void print_list(const char* heading, const json& names) {
  if (names.empty()) return std::printf("%s: none\n", heading), void();
  std::printf("%s: %zu\n", heading, names.size());
  for (const json& name : names) std::printf("  %s\n", name.get<std::string>().c_str());
}

void print_description(const json& d) {
  std::printf("%s: %s\n", d["path"].get<std::string>().c_str(),
              d["layout"].get<std::string>().c_str());
  std::printf("%zu tensors, %.4g million parameters used, %.4g MB\n", d["tensors"].size(),
              d["parameters"].get<double>() / 1e6, d["bytes"].get<double>() / 1e6);
  for (const auto& [type, bytes] : d["bytes_by_dtype"].items()) {
    std::printf("  %-6s %.4g MB\n", type.c_str(), bytes.get<double>() / 1e6);
  }
  std::printf("config: %s\n", json_text(d["config"], 2).c_str());
  for (const json& t : d["tensors"]) {
    std::printf("  %-72s %-5s %s\n", t["name"].get<std::string>().c_str(),
                t["dtype"].get<std::string>().c_str(), t["shape"].dump().c_str());
  }
  print_list("missing", d["missing"]);
  print_list("unused", d["unused"]);
  if (!d["misshapen"].empty()) print_list("of other shapes than the config's", d["misshapen"]);
}

// What model.quantization does to the language model's layers.
void print_quantization(const config::Config& c, bool as_json) {
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  auto model =
      checkpoint::load_llava(c.model.path, tensor::choose_dtype(c.run.dtype, device), device);
  const int64_t before = model.base_bytes();
  const auto weights = engine::quantize(model, c.model.quantization);
  double worst = 0, squares = 0, values = 0;
  json list = json::array();
  for (const auto& weight : weights) {
    const auto count = static_cast<double>(weight.num_values);
    worst = std::max(worst, weight.error);
    squares += weight.error * weight.error * count;
    values += count;
    list.push_back({{"name", weight.name}, {"error", weight.error}, {"bytes", weight.bytes}});
  }
  const double mean = values > 0 ? std::sqrt(squares / values) : 0;
  if (as_json) {
    const json out = {{"bytes_before", before},
                      {"bytes", model.base_bytes()},
                      {"error", mean},
                      {"worst_error", worst},
                      {"weights", list}};
    std::printf("%s\n", json_text(out, 1).c_str());
    return;
  }
  for (const auto& weight : weights) {
    std::printf("  %-72s error %.4f, %.2f bits\n", weight.name.c_str(), weight.error,
                8.0 * static_cast<double>(weight.bytes) / static_cast<double>(weight.num_values));
  }
  std::printf(
      "%zu layers quantised: %.4g MB of %.4g MB are left; relative error %.4f, worst %.4f\n",
      weights.size(), static_cast<double>(model.base_bytes()) / 1e6,
      static_cast<double>(before) / 1e6, mean, worst);
}

bool is_comparison(const json& record) {
  return record.is_object() && (record.contains("output_1") || record.contains("chosen"));
}

void print_judged(const engine::ModelInput& input, const engine::RewardInput& reward,
                  const std::vector<text::Turn>& turns, const std::string& answer,
                  const std::vector<std::string>& facts) {
  const auto encoded = reward.encode(input.tokenizer, input.format, turns, answer, facts);
  std::printf("%s\n", text::marked_text(input.tokenizer, input.format, encoded).c_str());
  std::printf("\n%s", text::token_table(input.tokenizer, input.format, encoded).c_str());
  std::printf("the score is read at row %zd\n\n", std::ssize(encoded.ids) - 1);
}

// What the reward model reads of a file's first record: both answers of a comparison, or an answer
// as `score` takes it; with the facts, whose order the seed draws.
void print_reward_prompt(const engine::ModelInput& input, const config::Config& c,
                         const std::string& file) {
  auto reward = engine::load_reward_input(c);
  const auto records = formats::read_records(file);
  const RandomKey key = random_key(c.run.seed, "inspect");
  const auto facts_of = [&](const engine::FactRequest& request) {
    reward.read_facts(c.data.facts, {request}, c.data.missing_facts);
    reward.check_budget(input.tokenizer, {request});
    return reward.shown_facts(input.tokenizer, request, key);
  };
  if (!records.empty() && is_comparison(records.front().value)) {
    const auto comparison = data::read_comparisons(file, "").front();
    const auto facts = facts_of(engine::fact_request(comparison));
    for (const std::string& answer : {comparison.output_1, comparison.output_2}) {
      print_judged(input, reward, comparison.turns, answer, facts);
    }
    return;
  }
  for (const data::ScoreRecord& record : data::read_score_records(file)) {
    if (record.ids) continue;  // shown as they are without a reward model
    const auto facts =
        facts_of({.images = record.images, .kind = record.fact_kind, .own = record.facts});
    return print_judged(input, reward, record.question(), record.all_answers().front(), facts);
  }
}

}  // namespace

void inspect(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  if (c.model.quantization != config::Quantization::None) {
    return print_quantization(c, invocation.json);
  }
  if (invocation.in.empty()) {
    const json description = describe(c.model.path);
    if (invocation.json) {
      std::printf("%s\n", json_text(description, 1).c_str());
    } else {
      print_description(description);
    }
    return;
  }
  const auto input = engine::load_model_input(c.model.path, c.model.conversation);
  if (!c.model.reward_adapter.empty() || !c.reward.template_file.empty()) {
    return print_reward_prompt(input, c, invocation.in);
  }
  const auto records = data::read_score_records(invocation.in);
  if (records.empty()) return;
  const data::ScoreRecord& record = records.front();
  text::EncodedConversation encoded;
  if (record.ids) {
    encoded.ids = *record.ids;  // one token stands for each image
    text::PromptFormat as_written = input.format;
    as_written.image_tokens = 1;
    std::printf("%s", text::token_table(input.tokenizer, as_written, encoded).c_str());
  } else {
    encoded = text::encode(input.tokenizer, input.format, record.turns);
    std::printf("%s", text::token_table(input.tokenizer, input.format, encoded).c_str());
  }
}

}  // namespace plumbline::recipes
