#include "plumbline/checkpoint/llava_checkpoint.h"

#include <fmt/format.h>
#include <torch/types.h>

#include <set>
#include <utility>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/checkpoint/hf_config.h"
#include "plumbline/checkpoint/json_fields.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/checkpoint/weight_names.h"
#include "plumbline/formats/safetensors.h"

namespace plumbline::checkpoint {
namespace {

constexpr const char* kWeights = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";

CheckpointError bad_index(const fs::path& index, const std::string& got) {
  return CheckpointError({.component = "checkpoint",
                          .doing = "reading the index of weights",
                          .expected = "a weight_map from names to files beside it",
                          .got = got,
                          .where = index.string()});
}

// The shards of an index, each holding what the index says it does.
std::vector<formats::SafetensorsFile> open_shards(const fs::path& index) {
  const JsonFields fields = JsonFields::read(index.string());
  if (!fields.has("weight_map")) throw bad_index(index, "none");
  const JsonFields weight_map = fields.object("weight_map");
  std::map<std::string, std::set<std::string>> names_by_file;
  for (const auto& [name, value] : weight_map.raw().items()) {
    names_by_file[weight_map.text(name, "")].insert(name);
  }
  std::vector<formats::SafetensorsFile> shards;
  for (const auto& [file, names] : names_by_file) {
    if (file.empty() || fs::path(file).filename() != file) {
      throw bad_index(index, fmt::format("the file name '{}'", file));
    }
    shards.emplace_back((index.parent_path() / file).string());
    for (const std::string& name : names) {
      if (!shards.back().arrays().contains(name)) {
        throw bad_index(index, fmt::format("'{}', which {} does not hold", name, file));
      }
    }
  }
  return shards;
}

std::vector<formats::SafetensorsFile> open_weights(const fs::path& folder) {
  if (fs::exists(folder / kWeights)) {
    return {formats::SafetensorsFile((folder / kWeights).string())};
  }
  if (fs::exists(folder / kIndex)) return open_shards(folder / kIndex);
  throw IoError({.component = "checkpoint",
                 .doing = "looking for weights",
                 .expected = fmt::format("{} or {}", kWeights, kIndex),
                 .got = "neither",
                 .where = folder.string(),
                 .hint = "save other formats as safetensors with transformers first."});
}

// Roughly how many numbers a model of this shape has: its large matrices. In double, since a
// hostile config.json may ask for anything.
double approximate_size(const config::LlavaConfig& c) {
  const auto d = [](int64_t value) { return static_cast<double>(value); };
  const double query = d(c.text.num_heads) * d(c.text.head_dim),
               key = d(c.text.num_kv_heads) * d(c.text.head_dim), width = d(c.text.hidden_size);
  const double text_block = width * (2 * query + 2 * key + 3 * d(c.text.intermediate_size));
  const double seen = d(c.vision.hidden_size);
  const double vision_block = seen * (4 * seen + 2 * d(c.vision.intermediate_size));
  return d(c.text.vocab_size) * width + d(c.text.num_layers) * text_block +
         d(config::num_tower_blocks(c)) * vision_block + width * (seen + width);
}

// A config.json of other sizes than the weights is refused before memory is taken for it.
void check_size(const std::vector<formats::SafetensorsFile>& files,
                const config::LlavaConfig& config, const std::string& folder) {
  double held = 0;
  for (const auto& file : files) {
    for (const auto& [name, array] : file.arrays()) {
      double count = 1;
      for (const int64_t extent : array.shape) count *= static_cast<double>(extent);
      held += count;
    }
  }
  const double wanted = approximate_size(config);
  if (wanted <= 2 * held + 1e6) return;
  throw CheckpointError(
      {.component = "checkpoint",
       .doing = "comparing config.json with the weights",
       .expected = fmt::format("about {:.0f} numbers, as config.json asks for", wanted),
       .got = fmt::format("{:.0f}", held),
       .where = folder,
       .hint = "use the config.json that belongs to these weights."});
}

// The arrays of all files under their classic names, without those the model has no use for.
formats::Arrays classic_arrays(const std::vector<formats::SafetensorsFile>& files,
                               const config::LlavaConfig& config, const nn::Parameters& wanted) {
  formats::Arrays arrays;
  for (const formats::SafetensorsFile& file : files) {
    for (const auto& [spelling, array] : file.arrays()) {
      const std::string name = classic_name(spelling);
      if (!wanted.contains(name) && is_unused(name, config)) continue;
      if (!arrays.emplace(name, array).second) {
        throw CheckpointError({.component = "checkpoint",
                               .doing = "reading weights",
                               .expected = "each once",
                               .got = fmt::format("'{}' twice, again as '{}'", name, spelling),
                               .where = file.path()});
      }
    }
  }
  return arrays;
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

model::Llava load_llava(const std::string& folder, at::ScalarType dtype, at::Device device) {
  const config::LlavaConfig config = read_hf_config((fs::path(folder) / "config.json").string());
  const std::vector<formats::SafetensorsFile> files = open_weights(folder);
  check_size(files, config, folder);
  model::Llava model =
      model::Llava::create(config, random_key(0, "checkpoint.load_llava"), dtype, device);
  const nn::Parameters parameters = model.parameters();
  restore(parameters, classic_arrays(files, config, parameters), folder,
          "use the config.json that belongs to these weights; for a vocabulary that was extended, "
          "set text_config.vocab_size to the rows of the embedding.");
  return model;
}

void save_llava(const std::string& folder, model::Llava& model) {
  make_folders(folder);
  save_tensors((fs::path(folder) / kWeights).string(), model.parameters());
  write_file(fs::path(folder) / "config.json",
             hf_config_text(model.config(), type_name(model.dtype())));
}

void copy_sidecars(const std::string& from, const std::string& to) {
  make_folders(to);
  const std::set<std::string> names = {"tokenizer.json", "tokenizer_config.json",
                                       "special_tokens_map.json", "preprocessor_config.json",
                                       "generation_config.json"};
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
