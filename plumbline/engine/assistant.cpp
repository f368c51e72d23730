#include "plumbline/engine/assistant.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/checkpoint/gguf_model.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/checkpoint/sources.h"
#include "plumbline/engine/preprocess_files.h"
#include "plumbline/engine/quantize.h"
#include "plumbline/tensor/device.h"
#include "plumbline/text/own_template.h"
#include "plumbline/text/tokenizer_files.h"
#include "plumbline/text/tokenizer_gguf.h"

namespace plumbline::engine {
namespace {

void check_fits(const text::Tokenizer& tokenizer, const image::Preprocess& preprocess,
                const config::LlavaConfig& config, const std::string& directory) {
  if (config.takes_images() && preprocess.size != config.vision.image_size) {
    throw CheckpointError(
        Complaint{.component = "model",
                  .doing = "pairing preprocessor_config.json and weights",
                  .expected = fmt::format("pictures of {} pixels a side", config.vision.image_size),
                  .got = std::to_string(preprocess.size),
                  .where = directory});
  }
  if (tokenizer.vocab_size() > config.text.vocab_size) {
    throw CheckpointError(
        Complaint{.component = "model",
                  .doing = "pairing tokenizer and weights",
                  .expected = fmt::format("at most {} tokens", config.text.vocab_size),
                  .got = fmt::format("{} in the tokenizer", tokenizer.vocab_size()),
                  .where = directory,
                  .hint = "use the tokenizer that belongs to this checkpoint."});
  }
  const bool has_image_token =
      config.takes_images() && config.image_token != config::kSplicedImageToken;
  if (has_image_token && !tokenizer.is_special(config.image_token)) {
    throw CheckpointError(Complaint{
        .component = "model",
        .doing = "pairing tokenizer and weights",
        .expected =
            fmt::format("id {} (image_token_index) to be a special token", config.image_token),
        .got = fmt::format("'{}'", tokenizer.token(config.image_token)),
        .where = directory});
  }
}

text::Tokenizer tokenizer_of(const formats::GgufFile& file) {
  return text::tokenizer_from_gguf(checkpoint::read_gguf_vocabulary(file), file.path());
}

// The checkpoint's own template, where the user leaves the style to it and there is one.
std::shared_ptr<const text::OwnTemplate> own_template(const std::string& path,
                                                      const std::optional<formats::GgufFile>& file,
                                                      const std::string& conversation,
                                                      const text::Tokenizer& tokenizer,
                                                      const config::LlavaConfig& config) {
  if (conversation != "auto" && conversation != "template") return nullptr;
  std::optional<text::OwnTemplate> own;
  if (file) {
    const std::string source = checkpoint::read_gguf_chat_template(*file);
    const auto spelling = [&](int64_t id) {
      return id < 0 ? std::nullopt : std::optional(tokenizer.token(id));
    };
    if (!source.empty()) {
      own = {.chat = text::ChatTemplate(source, path),
             .begin_text = spelling(config.text.begin_token),
             .end_text = spelling(config.text.end_token)};
    }
  } else {
    own = text::load_own_template(path, config.takes_images());
  }
  if (own) return std::make_shared<const text::OwnTemplate>(*std::move(own));
  if (conversation == "auto") return nullptr;
  throw ConfigError(Complaint{.component = "model",
                              .doing = "looking for the checkpoint's chat template",
                              .expected = "chat_template.jinja, or chat_template in "
                                          "tokenizer_config.json",
                              .got = "none",
                              .where = path,
                              .hint = "set model.conversation to a style by name."});
}

// What `auto` means without one: the style that the model was most likely trained with.
std::string usual_conversation(const text::Tokenizer& tokenizer,
                               const config::LlavaConfig& config) {
  return !config.takes_images() && tokenizer.id("<|im_start|>") >= 0 ? "chatml" : "vicuna_v1";
}

// The tokenizer's own; where it says nothing, as the world's, the config's.
int64_t begin_token(const text::Tokenizer& tokenizer, const config::LlavaConfig& config) {
  if (!tokenizer.begin_ids().empty()) return tokenizer.begin_ids().front();
  return config.takes_images() ? config.text.begin_token : -1;
}

std::vector<int64_t> never_drawn(const Assistant& assistant) {
  std::vector<int64_t> ids;
  const int64_t known = assistant.tokenizer.vocab_size();
  for (int64_t id = 0; id < assistant.model.config().text.vocab_size; ++id) {
    if (id == assistant.format.end_token) continue;
    if (id >= known || assistant.tokenizer.is_special(id)) ids.push_back(id);
  }
  return ids;
}

}  // namespace

ModelInput load_model_input(const std::string& path, const std::string& conversation) {
  std::optional<formats::GgufFile> file;
  if (checkpoint::is_gguf(path)) file.emplace(path);
  const fs::path folder = path;
  const auto config = file ? checkpoint::read_gguf_config(*file) : checkpoint::read_config(path);
  auto tokenizer = file ? tokenizer_of(*file) : text::load_tokenizer(path);
  const auto preprocess =
      config.takes_images() ? find_preprocess(folder, config) : image::Preprocess();
  check_fits(tokenizer, preprocess, config, path);
  const auto own = own_template(path, file, conversation, tokenizer, config);
  const auto turns = own ? text::ConversationTemplate{.name = "template"}
                         : text::conversation_template(conversation == "auto"
                                                           ? usual_conversation(tokenizer, config)
                                                           : conversation);
  text::PromptFormat format{
      .conversation = turns,
      .image_token = config.image_token,
      .image_tokens = config.image_rows(),
      .end_token = text::end_token_of(tokenizer, turns, config.text.end_token),
      // A language model's own template writes its beginning itself: transformers adds none. A
      // LLaVA's text is tokenised once more with the tokenizer's.
      .begin_token = own && !config.takes_images() ? -1 : begin_token(tokenizer, config),
      .image_restarts_text = config.image_token == config::kSplicedImageToken,
      .own_template = own};
  return {config, std::move(tokenizer), std::move(format), preprocess};
}

Assistant load_assistant(const std::string& path, const std::string& conversation,
                         at::ScalarType dtype, at::Device device) {
  ModelInput input = load_model_input(path, conversation);
  return {checkpoint::load_llava(path, dtype, device), std::move(input.tokenizer),
          std::move(input.format), input.preprocess};
}

Assistant load_assistant(const config::Config& c, at::Device device) {
  Assistant assistant = load_assistant(c.model.path, c.model.conversation,
                                       tensor::choose_dtype(c.run.dtype, device), device);
  quantize(assistant.model, c.model.quantization);
  assistant.model.set_activation_checkpointing(c.run.activation_checkpointing);
  return assistant;
}

void save_assistant(const fs::path& folder, Assistant& assistant, const std::string& from) {
  checkpoint::save_llava(folder.string(), assistant.model);
  checkpoint::copy_sidecars(from, folder.string());
  // An original checkpoint may have it in its tower's folder, or nowhere.
  const fs::path preprocess = folder / "preprocessor_config.json";
  const bool is_told = fs::exists(preprocess) || fs::exists(folder / "processor_config.json");
  if (assistant.model.config().takes_images() && !is_told) {
    image::save_preprocess(preprocess, assistant.preprocess);
  }
}

void check_length(const Assistant& assistant, int64_t num_rows, const std::string& what,
                  const std::string& where) {
  const int64_t most = config::longest_sequence(assistant.model.config().text);
  if (num_rows <= most) return;
  throw DataError(Complaint{
      .component = "data",
      .doing = "measuring " + what,
      .expected = fmt::format("at most {} tokens, the model's max_position_embeddings", most),
      .got = std::to_string(num_rows),
      .where = where,
      .hint = "shorten or leave out the record, or lower generation.max_tokens where it counts."});
}

generate::SamplingOptions sampling_options(const config::GenerationConfig& config,
                                           const Assistant& assistant) {
  text::TokenIds forbidden = never_drawn(assistant);
  for (const std::string& stop : config.stop) std::erase(forbidden, assistant.tokenizer.id(stop));
  return {.temperature = config.temperature,
          .top_p = config.top_p,
          .top_k = config.top_k,
          .max_tokens = config.max_tokens,
          .min_tokens = config.min_tokens,
          .end_token = assistant.format.end_token,
          .forbidden = std::move(forbidden)};
}

generate::SamplingOptions greedy_options(int64_t max_tokens, const Assistant& assistant) {
  return {.temperature = 0,
          .max_tokens = max_tokens,
          .end_token = assistant.format.end_token,
          .forbidden = never_drawn(assistant)};
}

void require_own_weights(const config::ModelConfig& config, const std::string& stage,
                         const std::string& train) {
  const auto refuse = [&](const std::string& got, const std::string& hint) {
    throw ConfigError(Complaint{.component = stage,
                                .doing = "choosing what to train",
                                .expected = stage + ".train = \"lora\" with " + got,
                                .got = "\"" + train + "\"",
                                .hint = hint});
  };
  if (checkpoint::is_gguf(config.path)) {
    refuse("the GGUF file " + config.path, "train the folder that the file was made from.");
  }
  if (config.quantization != config::Quantization::None) {
    refuse("model.quantization", "quantised weights are frozen.");
  }
  if (!config.adapter.empty()) {
    refuse("model.adapter", "\"lora\" trains the adapter on; or leave model.adapter empty.");
  }
}

}  // namespace plumbline::engine
