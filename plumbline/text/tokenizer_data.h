// What a loaded tokenizer holds; shared by its loaders and its methods.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "plumbline/text/added_tokens.h"
#include "plumbline/text/decoding.h"
#include "plumbline/text/normalizer.h"
#include "plumbline/text/splitter.h"
#include "plumbline/text/tokenizer.h"
#include "plumbline/text/word_model.h"

namespace plumbline::text {

// Cuts text by a regular expression, and drops the matches or the gaps between them where asked.
struct SplitStep {
  Splitter splitter;
  bool keeps_matches = true;
  bool keeps_gaps = true;
};

// Puts a blank before a text.
struct PrefixStep {
  enum class Where {
    Never,
    First,   // before the first text of a sequence
    Always,  // and behind control and added tokens
  };
  Where where = Where::Never;
  std::string blank = " ";
  bool doubles = false;  // even where the text begins with one
};

// SentencePiece's way with blanks: a visible mark stands for each.
struct MarkStep {
  std::string mark;
  PrefixStep prefix;
  bool drops_extra = false;  // blanks at both ends, and of several in a row all but one
  bool splits = false;       // a word begins at every mark
};

// One step on the way from normalised text to words; exactly one member is set.
struct WordStep {
  std::optional<SplitStep> split = {};
  std::optional<PrefixStep> prefix = {};
  std::optional<MarkStep> mark = {};
};

struct Tokenizer::Data {
  struct Token {
    TokenText text;
    bool is_special = false;
    bool is_used = false;  // ids may have holes
  };

  std::vector<Token> tokens;                     // by id
  std::unordered_map<std::string, int64_t> ids;  // by spelling in the file
  AddedTokenFinder raw_added;                    // found before normalisation
  AddedTokenFinder normalized_added;             // and after it
  AddedTokenFinder special;                      // special tokens as they are spelt
  std::vector<NormalStep> normalizer;
  std::vector<WordStep> word_steps;
  std::shared_ptr<const WordModel> model;
  DecodingRules decoding;
  TokenIds begin_ids, end_ids;
};

// Reads the text of a tokenizer.json; `path` is for messages only. Throws DataError.
std::shared_ptr<const Tokenizer::Data> parse_tokenizer(const std::string& json,
                                                       const std::string& path);

}  // namespace plumbline::text
