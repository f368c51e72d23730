#include "plumbline/checkpoint/llava_checkpoint.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <set>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/checkpoint/gguf_model.h"
#include "plumbline/checkpoint/gguf_packed.h"
#include "plumbline/checkpoint/hf_config.h"
#include "plumbline/checkpoint/original_config.h"
#include "plumbline/checkpoint/sources.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/checkpoint/weight_names.h"

namespace plumbline::checkpoint {
namespace {

constexpr const char* kConfig = "config.json";
constexpr const char* kWeights = "model.safetensors";

// Roughly how many numbers a model of this shape has: its large matrices. In double, since a
// hostile config.json may ask for anything.
double approximate_size(const config::LlavaConfig& c) {
  const auto d = [](int64_t value) { return static_cast<double>(value); };
  const double query = d(c.text.num_heads) * d(c.text.head_dim),
               key = d(c.text.num_kv_heads) * d(c.text.head_dim), width = d(c.text.hidden_size);
  const double text_block = width * (2 * query + 2 * key + 3 * d(c.text.intermediate_size));
  const double seen = d(c.vision.hidden_size);
  const double vision_block = seen * (4 * seen + 2 * d(c.vision.intermediate_size));
  const double patches = seen * (3 * d(c.vision.patch_size) * d(c.vision.patch_size) +
                                 (c.takes_images() ? d(c.vision.num_rows()) : 0));
  return patches + d(c.text.vocab_size) * width + d(c.text.num_layers) * text_block +
         d(config::num_tower_blocks(c)) * vision_block + width * (seen + width);
}

double num_values(const std::vector<Source>& sources) {
  double held = 0;
  for (const Source& source : sources) {
    for (const auto& [name, array] : source.file.arrays()) {
      double count = 1;
      for (const int64_t extent : array.shape) count *= static_cast<double>(extent);
      held += count;
    }
  }
  return held;
}

// A config of other sizes than the weights is refused before memory is taken for it.
void check_size(double held, const config::LlavaConfig& config, const std::string& path) {
  const double wanted = approximate_size(config);
  if (wanted <= 2 * held + 1e6) return;
  throw CheckpointError(
      {.component = "checkpoint",
       .doing = "comparing the config with the weights",
       .expected = fmt::format("about {:.0f} numbers, as the config asks for", wanted),
       .got = fmt::format("{:.0f}", held),
       .where = path,
       .hint = "use the config.json that belongs to these weights."});
}

// The arrays of all files under their classic names, without those the model has no use for.
formats::Arrays classic_arrays(const std::vector<Source>& sources,
                               const config::LlavaConfig& config, const nn::Parameters& wanted) {
  formats::Arrays arrays;
  for (const Source& source : sources) {
    for (const auto& [spelling, array] : source.file.arrays()) {
      const std::string name = source.classic(spelling);
      if (name.empty() || (!wanted.contains(name) && is_unused(name, config))) continue;
      if (!arrays.emplace(name, array).second) {
        throw CheckpointError({.component = "checkpoint",
                               .doing = "reading weights",
                               .expected = "each once",
                               .got = fmt::format("'{}' twice, again as '{}'", name, spelling),
                               .where = source.file.path()});
      }
    }
  }
  return arrays;
}

double num_values(const formats::GgufFile& file) {
  double held = 0;
  for (const auto& [name, tensor] : file.tensors()) held += static_cast<double>(tensor.num_values);
  return held;
}

// In bfloat16 on the CPU quantised layers stay as they are: fewer bytes to read for every token.
void restore_gguf(model::Llava& model, const formats::GgufFile& file) {
  std::set<std::string> packed;
  const bool stays_packed = model.dtype() == at::kBFloat16 && model.device().is_cpu();
  if (stays_packed) {
    for (const auto& [name, weight] : read_gguf_packed(file, model.config())) {
      if (model.pack(classic_name(name), weight)) packed.insert(name);
    }
  }
  const nn::Parameters parameters = model.parameters();
  // A packed head's values are wanted as they are, too.
  std::erase_if(packed, [&](const auto& name) { return parameters.contains(classic_name(name)); });
  const WeightFile weights =
      read_gguf_weights(file, model.config(), model.dtype() == at::kBFloat16, packed);
  restore(parameters, classic_arrays({{weights, classic_name}}, model.config(), parameters),
          file.path(), "the metadata belong to another model than the tensors.");
}

std::string type_name(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return "float32";
    case at::kBFloat16:
      return "bfloat16";
    case at::kHalf:
      return "float16";
    case at::kDouble:
      return "float64";
    default:
      throw InternalError(fmt::format("a model of type {}", toString(type)));
  }
}

}  // namespace

model::Llava load_llava(const std::string& path, at::ScalarType dtype, at::Device device) {
  const config::LlavaConfig config = read_config(path);
  if (is_gguf(path)) {
    const formats::GgufFile file(path);
    check_size(num_values(file), config, path);
    model::Llava model = model::Llava::create(config, std::nullopt, dtype, device);
    restore_gguf(model, file);
    return model;
  }
  const std::vector<Source> sources = open_sources(path, config);
  check_size(num_values(sources), config, path);
  model::Llava model = model::Llava::create(config, std::nullopt, dtype, device);
  const nn::Parameters parameters = model.parameters();
  restore(parameters, classic_arrays(sources, config, parameters), path,
          "use the config.json that belongs to these weights; for a vocabulary that was extended, "
          "set vocab_size there to the rows of the embedding.");
  return model;
}

void save_llava(const std::string& folder, model::Llava& model) {
  model.unpack();
  const config::LlavaConfig& config = model.config();
  const std::string dtype = type_name(model.dtype());
  const bool has_tower_folder = layout_of(config) == Layout::Original;
  nn::Parameters weights, tower;
  for (const auto& [name, tensor] : model.parameters()) {
    const bool is_tower = has_tower_folder && name.starts_with("vision_tower.");
    (is_tower ? tower : weights)[written_name(name, config)] = tensor;
  }
  make_folders(folder);
  if (has_tower_folder) {
    const fs::path within = fs::path(folder) / kTowerFolder;
    make_folders(within);
    save_tensors((within / kWeights).string(), tower);
    write_file(within / kConfig, original_tower_text(config, dtype));
  }
  save_tensors((fs::path(folder) / kWeights).string(), weights);
  write_file(fs::path(folder) / kConfig, hf_config_text(config, dtype));
}

void copy_sidecars(const std::string& from, const std::string& to) {
  make_folders(to);
  const std::set<std::string> names = {"tokenizer.json",          "tokenizer.model",
                                       "tokenizer_config.json",   "added_tokens.json",
                                       "special_tokens_map.json", "preprocessor_config.json",
                                       "processor_config.json",   "generation_config.json"};
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(from, code)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || !(names.contains(name) || name.starts_with("chat_template"))) {
      continue;
    }
    write_file(fs::path(to) / name, read_file(entry.path()));
  }
  if (code) {
    throw IoError({.component = "checkpoint",
                   .doing = "looking for files beside the weights",
                   .got = code.message(),
                   .where = from});
  }
}

}  // namespace plumbline::checkpoint
