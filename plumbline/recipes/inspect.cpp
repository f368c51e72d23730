// What a checkpoint holds, and an example as the model sees it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/gguf_model.h"
#include "plumbline/checkpoint/hf_config.h"
#include "plumbline/checkpoint/sources.h"
#include "plumbline/checkpoint/weight_names.h"
#include "plumbline/data/score_records.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"

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
  std::printf("config: %s\n", d["config"].dump(2).c_str());
  for (const json& t : d["tensors"]) {
    std::printf("  %-72s %-5s %s\n", t["name"].get<std::string>().c_str(),
                t["dtype"].get<std::string>().c_str(), t["shape"].dump().c_str());
  }
  print_list("missing", d["missing"]);
  print_list("unused", d["unused"]);
  if (!d["misshapen"].empty()) print_list("of other shapes than the config's", d["misshapen"]);
}

// One line per token; image rows as one line.
void print_example(const engine::Assistant& assistant, const data::ScoreRecord& record) {
  if (!record.ids) {
    const auto encoded = text::encode(assistant.tokenizer, assistant.format, record.turns);
    std::vector<bool> is_trained(encoded.ids.size());
    for (const auto& [begin, end] : encoded.answers) {
      for (int64_t t = begin; t < end; ++t) is_trained[static_cast<size_t>(t)] = true;
    }
    for (size_t t = 0; t < encoded.ids.size(); ++t) {
      const int64_t id = encoded.ids[t];
      size_t last = t;
      if (assistant.format.image_tokens > 0 && id == assistant.format.image_token) {
        last = t + static_cast<size_t>(assistant.format.image_tokens) - 1;
        std::printf("%6zu-%-6zu image\n", t, last);
        t = last;
        continue;
      }
      std::printf("%6zu %8lld  %-8s %s\n", t, static_cast<long long>(id),
                  is_trained[t]                        ? "trained"
                  : assistant.tokenizer.is_special(id) ? "control"
                                                       : "context",
                  json(assistant.tokenizer.token(id))
                      .dump(-1, ' ', false, json::error_handler_t::replace)
                      .c_str());
    }
    std::printf("%zu rows, %lld image%s\n", encoded.ids.size(),
                static_cast<long long>(encoded.num_images), encoded.num_images == 1 ? "" : "s");
    return;
  }
  for (const int64_t id : *record.ids) {
    std::printf("%8lld %s\n", static_cast<long long>(id), assistant.tokenizer.token(id).c_str());
  }
}

}  // namespace

void inspect(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  if (invocation.in.empty()) {
    const json description = describe(c.model.path);
    if (invocation.json) {
      std::printf("%s\n", description.dump(1, ' ', false, json::error_handler_t::replace).c_str());
    } else {
      print_description(description);
    }
    return;
  }
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  const auto assistant = engine::load_assistant(c.model.path, c.model.conversation,
                                                tensor::choose_dtype(c.run.dtype, device), device);
  const auto records = data::read_score_records(invocation.in);
  if (records.empty()) return;
  print_example(assistant, records.front());
}

}  // namespace plumbline::recipes
