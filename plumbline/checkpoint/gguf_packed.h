// Quantised weights of a GGUF file, kept as they are.
#pragma once

#include <map>
#include <string>

#include "plumbline/config/llava_config.h"
#include "plumbline/formats/gguf.h"
#include "plumbline/nn/packed_weight.h"

namespace plumbline::checkpoint {

// The matrices of types Q4_0, Q4_1 and Q8_0 with finite scales, under Hugging Face's names and in
// its order of rows, in memory of their own: the same values as read_gguf_weights gives.
std::map<std::string, nn::PackedWeight> read_gguf_packed(const formats::GgufFile& file,
                                                         const config::LlavaConfig& config);

}  // namespace plumbline::checkpoint
