#include "plumbline/checkpoint/adapter.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/pattern.h"
#include "plumbline/checkpoint/adapter_config.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/checkpoint/weight_files.h"
#include "plumbline/checkpoint/weight_names.h"

namespace plumbline::checkpoint {
namespace {

constexpr const char* kConfig = "adapter_config.json";
constexpr const char* kTensors = "adapter_model.safetensors";
constexpr const char* kHead = "reward_head.safetensors";
constexpr const char* kReleasedHead = "reward_head";  // a pickled state dict
constexpr const char* kPrefix = "base_model.model.";
constexpr std::string_view kDecoder = "language_model.model.";

// One tensor of a file: what the model calls it, and the path of its layer as the file spells it.
struct Named {
  std::string name;    // "base_model.model.language_model.model.layers.0.mlp.up_proj.lora_A.weight"
  std::string layer;   // "layers.0.mlp.up_proj", empty for a module saved whole
  std::string module;  // "model.layers.0.mlp.up_proj", or AdapterSpec's name of one saved whole
};

CheckpointError bad_tensors(const std::string& got, const std::string& where) {
  return CheckpointError({.component = "checkpoint",
                          .doing = "reading an adapter",
                          .expected = "LoRA tensors of the language model's linear layers, and "
                                      "embed_tokens, lm_head and multi_modal_projector whole",
                          .got = got,
                          .where = where});
}

// Which of AdapterSpec's saved modules a weight belongs to, or "".
std::string saved_module(const std::string& classic) {
  if (classic == "language_model.lm_head.weight") return "lm_head";
  if (classic == "language_model.model.embed_tokens.weight") return "embed_tokens";
  return classic.starts_with("multi_modal_projector.linear_") ? "multi_modal_projector" : "";
}

Named named(const std::string& spelling, const std::string& where) {
  static const Pattern part(R"(base_model\.model\.(.+)\.(lora_[AB])(\.[^.]+)?\.weight)");
  static const Pattern magnitude(
      R"(base_model\.model\.(.+)\.(lora_magnitude_vector)(\.[^.]+)?(\.weight)?)");
  static const Pattern whole(R"(base_model\.model\.(.+))");
  static const Pattern copies(R"(\.modules_to_save(\.(?!weight|bias|linear_|[0-9])[^.]+)?)");
  auto match = part.match(spelling);
  const bool is_magnitude = !match;
  if (!match) match = magnitude.match(spelling);
  if (match) {
    const std::string& module = match->at(1);
    const std::string path = classic_name(module);
    if (path.starts_with(kDecoder)) {
      return {.name = fmt::format("{}{}.{}{}", kPrefix, path, match->at(2),
                                  is_magnitude ? "" : ".weight"),
              .layer = path.substr(kDecoder.size()),
              .module = module};
    }
  } else if (const auto saved = whole.match(spelling)) {
    const std::string path = classic_name(copies.replace(saved->at(1), ""));
    if (!saved_module(path).empty()) {
      return {.name = kPrefix + path, .layer = "", .module = saved_module(path)};
    }
  }
  throw bad_tensors(fmt::format("'{}'", spelling), where);
}

// An adapter's file in the model's names.
struct Contents {
  formats::Arrays arrays;
  std::map<std::string, std::string> layers;  // path -> as the file spells it
  std::set<std::string> saved;                // modules saved whole
};

Contents contents_of(const WeightFile& file) {
  Contents contents;
  for (const auto& [spelling, array] : file.arrays()) {
    const Named found = named(spelling, file.path());
    if (found.layer.empty()) {
      contents.saved.insert(found.module);
    } else {
      contents.layers[found.layer] = found.module;
    }
    if (!contents.arrays.emplace(found.name, array).second) {
      throw CheckpointError({.component = "checkpoint",
                             .doing = "reading an adapter",
                             .expected = "the tensors of one adapter",
                             .got = fmt::format("'{}' twice", found.name),
                             .where = file.path()});
    }
  }
  return contents;
}

std::string last_part(const std::string& path) { return path.substr(path.find_last_of('.') + 1); }

// "q_proj" where every block has such a part, and the paths of the layers where only some have. In
// the config's order where that names the same ones.
std::vector<std::string> targets_of(const Contents& contents, const nn::AdapterSpec& spec,
                                    int64_t num_blocks) {
  std::map<std::string, std::vector<std::string>> paths_by_name;
  for (const auto& [path, spelled] : contents.layers)
    paths_by_name[last_part(path)].push_back(path);
  std::set<std::string> targets;
  for (const auto& [name, paths] : paths_by_name) {
    if (static_cast<int64_t>(paths.size()) == num_blocks) {
      targets.insert(name);
    } else {
      targets.insert(paths.begin(), paths.end());
    }
  }
  const std::vector<std::string>& configured = spec.targets;
  const bool agrees = targets == std::set<std::string>(configured.begin(), configured.end()) &&
                      targets.size() == configured.size();
  return agrees ? configured : std::vector<std::string>(targets.begin(), targets.end());
}

// The whole of an adapter: what its config says, applied to the layers that its tensors show.
nn::AdapterSpec spec_of(const AdapterConfig& config, const Contents& contents, int64_t num_blocks) {
  nn::AdapterSpec spec = config.spec;
  spec.targets = targets_of(contents, spec, num_blocks);
  for (const auto& [path, module] : contents.layers) {
    if (const int64_t i = first_match(config.ranks, module); i >= 0) {
      spec.rank_pattern[path] = config.ranks[static_cast<size_t>(i)].second;
    }
    if (const int64_t i = first_match(config.alphas, module); i >= 0) {
      spec.alpha_pattern[path] = config.alphas[static_cast<size_t>(i)].second;
    }
  }
  for (const std::string& module : contents.saved) {
    auto& saved = spec.saved_modules;
    if (std::find(saved.begin(), saved.end(), module) == saved.end()) saved.push_back(module);
  }
  return spec;
}

// Where the adapter of a folder lies: in itself, or where peft and LLaVA-RLHF put one with a name.
std::vector<fs::path> possible_folders(const fs::path& folder) {
  const fs::path model = folder / "adapter_model";
  return {folder, folder / "lora_default", model, model / "lora_default"};
}

fs::path folder_within(const fs::path& folder) {
  for (const fs::path& within : possible_folders(folder)) {
    if (!open_if_present(within, "adapter_model").empty()) return within;
  }
  throw IoError({.component = "checkpoint",
                 .doing = "looking for an adapter",
                 .expected = kTensors,
                 .got = "none",
                 .where = folder.string(),
                 .hint = "it may also be adapter_model.bin, or in a folder adapter_model or "
                         "lora_default within."});
}

// The head beside the adapter, or nothing. LLaVA-RLHF saves it above the adapter's own folder.
std::vector<WeightFile> open_head(const fs::path& folder, const fs::path& within) {
  const auto levels =
      std::distance(within.begin(), within.end()) - std::distance(folder.begin(), folder.end());
  fs::path place = within;
  for (std::ptrdiff_t level = 0; level <= levels; ++level, place = place.parent_path()) {
    for (const char* name : {kHead, kReleasedHead}) {
      if (fs::is_regular_file(place / name)) return {WeightFile::open(place / name)};
    }
  }
  return {};
}

// The name under which peft looks for a tensor. It translates a LLaVA's classic names of LoRA
// parts, but wants those of modules saved whole as they are in memory.
std::string peft_name(const std::string& classic, const config::LlavaConfig& config) {
  const bool is_part = classic.find(".lora_") != std::string::npos;
  if (layout_of(config) != Layout::Llava || is_part) return written_name(classic, config);
  if (classic.starts_with("multi_modal_projector.")) return "model." + classic;
  const bool is_head = !classic.starts_with(kDecoder);
  return is_head ? "lm_head.weight" : "model.language_model." + classic.substr(kDecoder.size());
}

nn::Parameters written_parameters(model::Llava& model, const std::string& adapter) {
  nn::Parameters written;
  const std::string prefix = kPrefix;
  for (const auto& [name, tensor] : model.adapter_parameters(adapter)) {
    written[prefix + peft_name(name.substr(prefix.size()), model.config())] = tensor;
  }
  return written;
}

}  // namespace

void save_adapter(const std::string& folder, model::Llava& model, const std::string& name,
                  const std::string& base) {
  const nn::AdapterSpec spec = model.adapter_spec(name);
  write_folder(folder, [&](const fs::path& aside) {
    save_tensors((aside / kTensors).string(), written_parameters(model, name));
    if (model.has_head(name)) save_tensors((aside / kHead).string(), model.head_parameters(name));
    write_file(aside / kConfig, adapter_config_text(spec, base, layout_of(model.config())));
  });
}

void load_adapter(const std::string& folder, model::Llava& model, const std::string& name) {
  // "adapter/" is "adapter": its parts are counted.
  const fs::path given = folder;
  const fs::path root = given.has_filename() ? given : given.parent_path();
  const fs::path within = folder_within(root);
  const WeightFile file = open_if_present(within, "adapter_model").front();
  const AdapterConfig config = read_adapter_config((within / kConfig).string());
  const Contents contents = contents_of(file);
  if (contents.layers.empty()) throw bad_tensors("none", file.path());
  const nn::AdapterSpec spec = spec_of(config, contents, model.config().text.num_layers);
  const RandomKey init = random_key(0, "checkpoint.load_adapter");
  if (!model.has_adapter(name)) {
    try {
      model.add_adapter(name, spec, init);
    } catch (const ConfigError& e) {  // of this folder's doing
      throw CheckpointError({.component = "checkpoint",
                             .doing = "reading an adapter",
                             .got = e.what(),
                             .where = file.path()});
    }
  } else {
    model.add_adapter(name, spec, init);  // refuses the name
  }
  try {
    restore(model.adapter_parameters(name), contents.arrays, file.path(),
            "the adapter was made for a model of another shape, or its tensors do not agree with "
            "adapter_config.json.");
    for (const WeightFile& head : open_head(root, within)) {
      model.add_head(name, init, true);
      restore(model.head_parameters(name), head.arrays(), head.path(),
              "the head belongs to a model of another width.");
    }
  } catch (...) {
    model.remove_adapter(name);
    throw;
  }
}

void save_head(const std::string& folder, model::Llava& model, const std::string& name) {
  save_tensors((fs::path(folder) / kHead).string(), model.head_parameters(name));
}

void load_head(const std::string& folder, model::Llava& model, const std::string& name) {
  const auto found = open_head(folder, folder);
  if (found.empty()) {
    throw CheckpointError({.component = "checkpoint",
                           .doing = "looking for a reward model's head",
                           .expected = kHead,
                           .got = "none",
                           .where = folder,
                           .hint = "a model without it answers, but judges nothing."});
  }
  model.add_head(name, random_key(0, "checkpoint.load_head"), true);
  restore(model.head_parameters(name), found.front().arrays(), found.front().path(),
          "the head belongs to a model of another width.");
}

}  // namespace plumbline::checkpoint
