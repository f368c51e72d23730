// A language model in a GGUF file: its config, vocabulary and weights. Torch-free.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "plumbline/checkpoint/weight_files.h"
#include "plumbline/config/llava_config.h"
#include "plumbline/formats/gguf.h"
#include "plumbline/text/tokenizer_gguf.h"

namespace plumbline::checkpoint {

// Whether a model path names such a file rather than a folder.
bool is_gguf(const std::string& path);

// Reads the architectures llama (LLaMA, Mistral, SmolLM2) and qwen2. Throws CheckpointError naming
// the key that is missing, of another type, or that Plumbline cannot compute (other architectures,
// other rotary scaling, rotary factors kept as a tensor). Source: gguf 0.19, constants.py.
config::LlavaConfig read_gguf_config(const formats::GgufFile& file);

// What text::tokenizer_from_gguf needs. Throws CheckpointError for keys of another type.
text::GgufVocabulary read_gguf_vocabulary(const formats::GgufFile& file);

// tokenizer.chat_template, or nothing.
std::string read_gguf_chat_template(const formats::GgufFile& file);

// Hugging Face's name of one of the file's tensors; empty for what no language model has.
std::string gguf_weight_name(const std::string& name);

// The weights under Hugging Face's names, but for those named in `without`, dequantised, as
// bfloat16 or float32, in memory of their own. Rows of q_proj and k_proj, which llama files keep in
// pairs of neighbours, are put back into Hugging Face's order of halves. Throws CheckpointError for
// a tensor of no known name.
WeightFile read_gguf_weights(const formats::GgufFile& file, const config::LlavaConfig& config,
                             bool as_bfloat16, const std::set<std::string>& without = {});

// Hugging Face's order: the row of the file's tensor that belongs into each row of the weight
// `name`. Empty where they are in that order.
std::vector<int64_t> gguf_row_order(const std::string& name, int64_t num_rows,
                                    const config::LlavaConfig& config);

}  // namespace plumbline::checkpoint
