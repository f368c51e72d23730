#include "plumbline/checkpoint/weight_names.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "plumbline/base/pattern.h"
#include "plumbline/checkpoint/hf_config.h"

namespace plumbline::checkpoint {
namespace {

constexpr std::string_view kTower = "vision_tower.vision_model.";
constexpr std::string_view kTowerAlone = "vision_model.";

struct Rule {
  Pattern spelling;
  const char* classic;
};

// The first rule that matches renames. "model." means the decoder in the original layout and the
// whole model in memory; what follows it tells the two apart.
const std::vector<Rule>& rules() {
  static const std::vector<Rule> table = {
      // A language model alone, and the original LLaVA.
      {Pattern(R"(^model\.(layers|embed_tokens|norm)\.)"), "language_model.model.$1."},
      {Pattern(R"(^model\.vision_tower\.vision_tower\.(vision_model\.)?)"),
       "vision_tower.vision_model."},
      {Pattern(R"(^model\.mm_projector\.0\.)"), "multi_modal_projector.linear_1."},
      {Pattern(R"(^model\.mm_projector\.2\.)"), "multi_modal_projector.linear_2."},
      {Pattern(R"(^model\.mm_projector\.(weight|bias)$)"), "multi_modal_projector.linear_1.$1"},
      // Transformers' names in memory from 4.52.
      {Pattern(R"(^model\.language_model\.)"), "language_model.model."},
      {Pattern(R"(^model\.vision_tower\.(vision_model\.)?)"), "vision_tower.vision_model."},
      {Pattern(R"(^model\.multi_modal_projector\.)"), "multi_modal_projector."},
      // Both.
      {Pattern(R"(^lm_head\.)"), "language_model.lm_head."},
      // Classic, where version 5 leaves out "vision_model.", and a CLIP file of its own.
      {Pattern(R"(^vision_tower\.(vision_model\.)?)"), "vision_tower.vision_model."},
      {Pattern(R"(^vision_model\.)"), "vision_tower.vision_model."},
  };
  return table;
}

}  // namespace

std::string classic_name(const std::string& name) {
  for (const Rule& rule : rules()) {
    if (rule.spelling.found_in(name)) return rule.spelling.replace(name, rule.classic);
  }
  return name;
}

std::string classic_tower_name(const std::string& name) {
  static const Pattern other_half(
      R"(^(text_model|text_projection|visual_projection|logit_scale|logit_bias)(\.|$))");
  static const Pattern own(
      R"(^(vision_model\.)?(embeddings|pre_layrnorm|encoder|post_layernorm|head)\.)");
  if (other_half.found_in(name)) return "";
  if (!own.found_in(name)) return name;
  return std::string(kTower) +
         (name.starts_with(kTowerAlone) ? name.substr(kTowerAlone.size()) : name);
}

std::string written_name(const std::string& name, const config::LlavaConfig& config) {
  if (layout_of(config) == Layout::Llava) return name;
  const bool is_linear = config.projector == config::ProjectorKind::Linear;
  const std::pair<std::string_view, std::string_view> rules[] = {
      {"language_model.model.", "model."},
      {"language_model.lm_head", "lm_head"},
      {kTower, kTowerAlone},
      {"multi_modal_projector.linear_1.",
       is_linear ? "model.mm_projector." : "model.mm_projector.0."},
      {"multi_modal_projector.linear_2.", "model.mm_projector.2."}};
  for (const auto& [classic, written] : rules) {
    if (name.starts_with(classic)) return std::string(written) + name.substr(classic.size());
  }
  return name;
}

bool is_unused(const std::string& name, const config::LlavaConfig& config) {
  constexpr std::string_view kBlocks = "vision_tower.vision_model.encoder.layers.";
  if (name.ends_with(".rotary_emb.inv_freq")) return true;
  if (name == "language_model.lm_head.weight") return config.text.tie_embeddings;
  if (name.starts_with(kBlocks)) {
    return std::atoll(name.c_str() + kBlocks.size()) >= config::num_tower_blocks(config);
  }
  const std::string_view part = std::string_view(name).substr(std::min(name.size(), kTower.size()));
  return name.starts_with(kTower) &&
         (part == "embeddings.position_ids" || part.starts_with("post_layernorm.") ||
          part.starts_with("head."));
}

}  // namespace plumbline::checkpoint
