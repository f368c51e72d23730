// A tokenizer from SentencePiece's vocabulary: LLaMA, Vicuna, LLaVA-1.5, Mistral.
#pragma once

#include <string>
#include <vector>

#include "plumbline/text/added_tokens.h"
#include "plumbline/text/sentencepiece.h"
#include "plumbline/text/tokenizer.h"

namespace plumbline::text {

struct PieceOptions {
  // True: text behind a control token gets a blank before it as the first text does. LLaMA 1 and 2,
  // Vicuna and LLaVA-1.5 were trained so.
  bool legacy = true;
  bool adds_begin = true;  // begin_ids() holds the control piece <s>
  bool adds_end = false;   // end_ids() holds </s>
  // Tokens beyond the pieces, or with pieces' ids and other ways of being found. Control and
  // unknown pieces are special tokens without being named here.
  std::vector<AddedToken> added = {};
};

// Throws DataError with `where` for a vocabulary that is not whole. Source: transformers 4.31 to
// 4.57, the slow LlamaTokenizer.
Tokenizer tokenizer_from_pieces(const PieceVocabulary& vocabulary, const PieceOptions& options,
                                const std::string& where);

}  // namespace plumbline::text
