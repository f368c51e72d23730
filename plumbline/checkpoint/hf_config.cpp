#include "plumbline/checkpoint/hf_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/checkpoint/json_fields.h"
#include "plumbline/checkpoint/original_config.h"
#include "plumbline/checkpoint/text_config.h"
#include "plumbline/checkpoint/vision_config.h"

namespace plumbline::checkpoint {
namespace {

using nlohmann::json;

bool skips_first_row(const JsonFields& fields) {
  const std::string name = fields.text("vision_feature_select_strategy", "default");
  if (name != "default" && name != "full") {
    fields.fail("vision_feature_select_strategy", "default or full");
  }
  return name == "default";
}

config::LlavaConfig read_llava(const JsonFields& fields) {
  fields.require_text("projector_hidden_act", "gelu");
  const JsonFields text = fields.object("text_config");
  config::LlavaConfig c;
  c.text = read_text_config(text, text.text("model_type", "llama"));
  c.vision = fields.has("vision_config") ? read_vision_config(fields.object("vision_config"))
                                         : usual_tower();
  c.projector_bias = fields.flag("multimodal_projector_bias", true);
  // Versions differ in where they keep this; whichever says so ties.
  c.text.tie_embeddings |= fields.flag("tie_word_embeddings", false);
  c.image_token = fields.integer("image_token_index", fields.integer("image_token_id", 32000));
  c.select_layer = fields.integer("vision_feature_layer", -2);
  c.skip_first_row = skips_first_row(fields);
  return c;
}

config::LlavaConfig read(const JsonFields& fields, const fs::path& folder) {
  const std::string model_type = fields.text("model_type", "");
  if (fields.has("quantization_config")) fields.fail("quantization_config", "full weights");
  if (is_language_model(model_type)) {
    return {.text = read_text_config(fields, model_type),
            .vision = {},
            .image_token = config::kNoImageToken};
  }
  if (is_original(fields)) return read_original_config(fields, folder);
  if (model_type != "llava") {
    fields.fail("model_type", fmt::format("one of llava, llava_llama, {}",
                                          fmt::join(language_model_types(), ", ")));
  }
  return read_llava(fields);
}

json llava_json(const config::LlavaConfig& c, const std::string& dtype) {
  return {{"model_type", "llava"},
          {"architectures", {"LlavaForConditionalGeneration"}},
          {"text_config", text_config_json(c.text, dtype)},
          {"vision_config", vision_config_json(c.vision, dtype)},
          {"projector_hidden_act", "gelu"},
          {"multimodal_projector_bias", c.projector_bias},
          {"vision_feature_layer", c.select_layer},
          {"vision_feature_select_strategy", c.skip_first_row ? "default" : "full"},
          {"image_token_index", c.image_token},
          {"image_seq_length", c.image_rows()},
          {"tie_word_embeddings", c.text.tie_embeddings},
          {"bos_token_id", c.text.begin_token},
          {"eos_token_id", c.text.end_token},
          {"torch_dtype", dtype}};
}

}  // namespace

Layout layout_of(const config::LlavaConfig& config) {
  if (!config.takes_images()) return Layout::Text;
  return config.image_token == config::kSplicedImageToken ? Layout::Original : Layout::Llava;
}

config::LlavaConfig read_hf_config(const std::string& file) {
  const config::LlavaConfig c = read(JsonFields::read(file), fs::path(file).parent_path());
  if (const std::string problem = config::problem(c); !problem.empty()) {
    throw CheckpointError({.component = "checkpoint",
                           .doing = "reading the model's config",
                           .got = problem,
                           .where = file});
  }
  return c;
}

std::string hf_config_text(const config::LlavaConfig& config, const std::string& dtype) {
  switch (layout_of(config)) {
    case Layout::Text:
      return text_config_json(config.text, dtype).dump(2) + "\n";
    case Layout::Original:
      return original_config_text(config, dtype);
    case Layout::Llava:
      break;
  }
  return llava_json(config, dtype).dump(2) + "\n";
}

}  // namespace plumbline::checkpoint
