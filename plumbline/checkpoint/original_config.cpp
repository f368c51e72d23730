#include "plumbline/checkpoint/original_config.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/text_config.h"
#include "plumbline/checkpoint/vision_config.h"

namespace plumbline::checkpoint {
namespace {

using config::ProjectorKind;
using nlohmann::json;

// "mm_vision_tower", or what the first releases called it.
std::string tower_name(const JsonFields& fields) {
  const std::string name = fields.text("mm_vision_tower", fields.text("vision_tower", ""));
  if (name.empty()) fields.fail("mm_vision_tower", "the name of a CLIP or SigLIP tower");
  return name;
}

config::VisionConfig read_tower(const JsonFields& fields, const fs::path& model_folder) {
  const fs::path folder = tower_folder(fields, model_folder);
  if (!folder.empty()) {
    return read_tower_config(JsonFields::read((folder / "config.json").string()));
  }
  const std::string name = tower_name(fields);
  if (const config::VisionConfig* published = published_tower(name)) return *published;
  throw CheckpointError(
      {.component = "checkpoint",
       .doing = "looking for the vision tower",
       .expected = fmt::format("a folder '{}' in the model's folder or beside it",
                               fs::path(name).filename().string()),
       .got = "none",
       .where = fields.where(),
       .hint = "put the tower there that mm_vision_tower names, with its config.json."});
}

ProjectorKind read_projector(const JsonFields& fields) {
  const std::string name = fields.text("mm_projector_type", "linear");
  if (name == "linear") return ProjectorKind::Linear;
  if (name == "mlp2x_gelu") return ProjectorKind::TwoLayers;
  fields.fail("mm_projector_type", "linear or mlp2x_gelu");
}

// SigLIP has no class token, so its patches are all its rows.
bool skips_first_row(const JsonFields& fields, const config::VisionConfig& tower) {
  const std::string name = fields.text("mm_vision_select_feature", "patch");
  if (name != "patch" && name != "cls_patch") {
    fields.fail("mm_vision_select_feature", "patch or cls_patch");
  }
  return name == "patch" && tower.kind == config::TowerKind::Clip;
}

void check_kind(const JsonFields& fields) {
  // These change what a picture or a prompt becomes before the model sees it.
  fields.require_flag("mm_use_im_start_end", false);
  fields.require_text("mm_patch_merge_type", "flat");
  if (fields.has("mm_resampler_type")) fields.fail("mm_resampler_type", "null");
  if (fields.text("image_aspect_ratio", "pad").starts_with("anyres")) {
    fields.fail("image_aspect_ratio", "pad or square");
  }
}

}  // namespace

bool is_original(const JsonFields& fields) {
  const std::string model_type = fields.text("model_type", "");
  return model_type == "llava_llama" || (model_type == "llava" && !fields.has("text_config"));
}

fs::path tower_folder(const JsonFields& fields, const fs::path& model_folder) {
  const fs::path named = tower_name(fields);
  const fs::path last = named.filename();
  const fs::path within = model_folder / last;
  const fs::path beside = fs::absolute(model_folder).lexically_normal().parent_path() / last;
  for (const fs::path& folder : {named, within, beside}) {
    if (fs::exists(folder / "config.json")) return folder;
  }
  return {};
}

config::LlavaConfig read_original_config(const JsonFields& fields, const fs::path& model_folder) {
  check_kind(fields);
  config::LlavaConfig c;
  c.text = read_text_config(fields, "llama");
  c.vision = read_tower(fields, model_folder);
  c.projector = read_projector(fields);
  c.image_token = config::kSplicedImageToken;
  c.select_layer = fields.integer("mm_vision_select_layer", -2);
  c.skip_first_row = skips_first_row(fields, c.vision);
  if (fields.integer("mm_hidden_size", c.vision.hidden_size) != c.vision.hidden_size) {
    fields.fail("mm_hidden_size", fmt::format("{}, the tower's width", c.vision.hidden_size));
  }
  return c;
}

std::string original_config_text(const config::LlavaConfig& c, const std::string& dtype) {
  json text = text_config_json(c.text, dtype);
  const bool is_linear = c.projector == ProjectorKind::Linear;
  const bool is_patch = c.skip_first_row || c.vision.kind == config::TowerKind::Siglip;
  text.update({{"model_type", "llava_llama"},
               {"architectures", {"LlavaLlamaForCausalLM"}},
               {"mm_vision_tower", kTowerFolder},
               {"mm_hidden_size", c.vision.hidden_size},
               {"mm_projector_type", is_linear ? "linear" : "mlp2x_gelu"},
               {"mm_vision_select_layer", c.select_layer},
               {"mm_vision_select_feature", is_patch ? "patch" : "cls_patch"},
               {"mm_use_im_start_end", false},
               {"mm_use_im_patch_token", false},
               {"use_mm_proj", true}});
  return text.dump(2) + "\n";
}

std::string original_tower_text(const config::LlavaConfig& c, const std::string& dtype) {
  return vision_config_json(c.vision, dtype).dump(2) + "\n";
}

}  // namespace plumbline::checkpoint
