// A tokenizer from the vocabulary that a GGUF file carries.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/text/tokenizer.h"

namespace plumbline::text {

// The keys tokenizer.ggml.* of the file; absent lists are empty.
struct GgufVocabulary {
  std::string model = {};  // "llama" (SentencePiece) or "gpt2" (byte-level BPE)
  std::string pre = {};    // gpt2: how text is cut: "gpt-2", "llama-bpe", "qwen2", "smollm"
  std::vector<std::string> tokens = {};
  std::vector<double> scores = {};
  std::vector<int64_t> types = {};  // numbers of PieceType
  std::vector<std::string> merges = {};
  bool add_space_prefix = true;
  bool add_begin = false;
  bool add_end = false;
  int64_t begin_token = -1;
  int64_t end_token = -1;
};

// Throws DataError with `where` for another model or pre, named, and for lists that do not fit
// together. Source: llama.cpp's gguf-py constants; the ways to cut are those of the checkpoints'
// own tokenizer.json.
Tokenizer tokenizer_from_gguf(const GgufVocabulary& vocabulary, const std::string& where);

}  // namespace plumbline::text
