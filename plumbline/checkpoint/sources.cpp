#include "plumbline/checkpoint/sources.h"

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/gguf_model.h"
#include "plumbline/checkpoint/hf_config.h"
#include "plumbline/checkpoint/json_fields.h"
#include "plumbline/checkpoint/original_config.h"
#include "plumbline/checkpoint/weight_names.h"

namespace plumbline::checkpoint {
namespace {

constexpr const char* kConfig = "config.json";

bool holds(const std::vector<Source>& sources, const std::string& classic_start) {
  for (const Source& source : sources) {
    for (const auto& [spelling, array] : source.file.arrays()) {
      if (source.classic(spelling).starts_with(classic_start)) return true;
    }
  }
  return false;
}

void add(std::vector<Source>& sources, const std::vector<WeightFile>& files,
         std::string (*classic)(const std::string&)) {
  for (const WeightFile& file : files) sources.push_back({file, classic});
}

}  // namespace

config::LlavaConfig read_config(const std::string& path) {
  if (is_gguf(path)) return read_gguf_config(formats::GgufFile(path));
  const fs::path folder = path;
  if (fs::exists(folder / "adapter_config.json") && !fs::exists(folder / kConfig)) {
    throw ConfigError(Complaint{.component = "model",
                                .doing = "opening a model",
                                .expected = "a folder with config.json and weights",
                                .got = "an adapter",
                                .where = path,
                                .hint = "name its base here, and the adapter as --adapter or "
                                        "model.adapter."});
  }
  if (!fs::exists(folder / kConfig)) {
    throw IoError(Complaint{.component = "model",
                            .doing = "opening a model",
                            .expected = "a folder with config.json and weights, or a .gguf file",
                            .got = fs::is_directory(folder) ? "a folder without config.json"
                                   : fs::exists(folder)     ? "another file"
                                   : path.empty()           ? "no path"
                                                            : "none",
                            .where = path});
  }
  return read_hf_config((folder / kConfig).string());
}

std::vector<Source> open_sources(const fs::path& folder, const config::LlavaConfig& config) {
  std::vector<Source> sources;
  add(sources, open_weights(folder), classic_name);
  if (layout_of(config) != Layout::Original) return sources;
  if (!holds(sources, "multi_modal_projector.")) {
    add(sources, open_if_present(folder, "mm_projector"), classic_name);
  }
  if (!holds(sources, "vision_tower.")) {
    const fs::path tower = tower_folder(JsonFields::read((folder / kConfig).string()), folder);
    if (!tower.empty()) add(sources, open_weights(tower), classic_tower_name);
  }
  return sources;
}

}  // namespace plumbline::checkpoint
