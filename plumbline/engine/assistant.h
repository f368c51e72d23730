// A model directory as one thing: weights, tokenizer, prompt format, image preprocessing.
#pragma once

#include <string>

#include "plumbline/base/files.h"
#include "plumbline/config/config.h"
#include "plumbline/generate/sampler.h"
#include "plumbline/image/preprocess.h"
#include "plumbline/model/llava.h"
#include "plumbline/text/conversation.h"
#include "plumbline/text/tokenizer.h"

namespace plumbline::engine {

// What stands before a model: how conversations and pictures become its input.
struct ModelInput {
  config::LlavaConfig config;
  text::Tokenizer tokenizer;
  text::PromptFormat format;
  image::Preprocess preprocess;
};

// The same files as load_assistant reads but the weights.
ModelInput load_model_input(const std::string& path, const std::string& conversation);

struct Assistant {
  model::Llava model;
  text::Tokenizer tokenizer;
  text::PromptFormat format;
  image::Preprocess preprocess;

  at::Device device() const { return model.device(); }
};

// Loads what load_llava and load_tokenizer read of a folder or a GGUF file,
// preprocessor_config.json where the model takes images, and the chat template. `conversation`
// names a style, "template", or "auto". Throws IoError, DataError, CheckpointError or ConfigError,
// also when tokenizer and model do not belong together.
Assistant load_assistant(const std::string& path, const std::string& conversation,
                         at::ScalarType dtype, at::Device device);

// The model of a config: model.path in run.dtype, its layers quantised as model.quantization says,
// with run.activation_checkpointing.
Assistant load_assistant(const config::Config& config, at::Device device);

// Writes a whole model's folder: the weights, and all that lies beside them in `from`. Throws
// IoError.
void save_assistant(const fs::path& folder, Assistant& assistant, const std::string& from);

// Throws DataError when a sequence of `num_rows` tokens and image rows has more than the model has
// positions for. `what` names it, `where` is its file. Called for all input before long work
// starts.
void check_length(const Assistant& assistant, int64_t num_rows, const std::string& what,
                  const std::string& where);

// Sampling as configured; control tokens but those of generation.stop, and ids the tokenizer does
// not know, are never drawn.
generate::SamplingOptions sampling_options(const config::GenerationConfig& config,
                                           const Assistant& assistant);
// The most likely answer.
generate::SamplingOptions greedy_options(int64_t max_tokens, const Assistant& assistant);

// For stages that train a model's own weights. Throws ConfigError for a GGUF file and quantised
// layers, whose weights are frozen, and where model.adapter is set: leaving it out silently would
// train a model that the user did not mean.
void require_own_weights(const config::ModelConfig& config, const std::string& stage,
                         const std::string& train);

}  // namespace plumbline::engine
