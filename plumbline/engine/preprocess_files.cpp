#include "plumbline/engine/preprocess_files.h"

#include <optional>
#include <string>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/hf_config.h"
#include "plumbline/checkpoint/original_config.h"

namespace plumbline::engine {
namespace {

constexpr const char* kPreprocessor = "preprocessor_config.json";

std::optional<image::Preprocess> load_first(const std::vector<fs::path>& files) {
  for (const fs::path& file : files) {
    if (fs::exists(file)) return image::load_preprocess(file);
  }
  return std::nullopt;
}

// The original LLaVA names its towers and relies on their hub's files: CLIP's as
// CLIPImageProcessor prepares pictures by default, SigLIP's squeezed to a square.
image::Preprocess published(const config::VisionConfig& tower) {
  image::Preprocess p;
  p.size = p.shortest_edge = tower.image_size;
  if (tower.kind == config::TowerKind::Clip) return p;
  p.use_center_crop = p.keeps_aspect = false;
  p.mean = p.std = {0.5, 0.5, 0.5};
  return p;
}

image::Preprocess original(const fs::path& folder, const config::LlavaConfig& config) {
  const auto fields = checkpoint::JsonFields::read((folder / "config.json").string());
  const fs::path tower = checkpoint::tower_folder(fields, folder);
  const auto found = load_first({folder / kPreprocessor, tower / kPreprocessor});
  image::Preprocess p = found.value_or(published(config.vision));
  if (!fields.has("image_aspect_ratio")) return p;
  const std::string aspect = fields.text("image_aspect_ratio", "");
  if (aspect != "pad" && aspect != "square") fields.fail("image_aspect_ratio", "pad or square");
  p.pad_to_square = aspect == "pad";
  return p;
}

}  // namespace

image::Preprocess find_preprocess(const fs::path& folder, const config::LlavaConfig& config) {
  if (checkpoint::layout_of(config) == checkpoint::Layout::Original) {
    return original(folder, config);
  }
  if (const auto found = load_first({folder / kPreprocessor, folder / "processor_config.json"})) {
    return *found;
  }
  throw IoError(Complaint{.component = "image",
                          .doing = "looking for how pictures are prepared",
                          .expected = "preprocessor_config.json or processor_config.json",
                          .got = "neither",
                          .where = folder.string()});
}

}  // namespace plumbline::engine
