// Joins tokens to text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plumbline::text {

// What a token adds to a text.
struct TokenText {
  std::string bytes;     // may be a part of a character; an added token's own spelling
  bool is_byte = false;  // a fallback token that stands for one byte
};

// How the bytes of several tokens become characters.
struct DecodingRules {
  enum class Broken {
    PerPiece,  // every broken piece of a character becomes one U+FFFD (byte-level BPE)
    PerByte,   // every byte that is in no character does (SentencePiece)
    PerRun,    // all bytes of a run of byte tokens do, if any is in no character (tokenizers)
  };
  Broken broken = Broken::PerPiece;
  int64_t blanks_cut = 0;      // at most so many blanks are cut from the beginning of a text
  bool first_is_bare = false;  // the first token loses all its blanks (the decoder "Metaspace")
};

// Collects tokens of one text. What it gives out is always valid UTF-8.
class TextJoiner {
 public:
  explicit TextJoiner(const DecodingRules& rules) : rules_(rules) {}

  void add(const TokenText& token);
  // The text of all tokens so far that later ones cannot change, without what was taken before.
  // Never ends within a character. Bytes that make whole characters are given out as they are,
  // although a byte to come may break their run (Broken::PerRun).
  std::string take();
  // The rest.
  std::string finish();

 private:
  void settle();
  void put(std::string_view text);
  void stop_cutting_before_bytes();

  DecodingRules rules_;
  std::string pending_;          // bytes that may become characters
  bool pending_is_run_ = false;  // they are of byte tokens
  std::string ready_;
  int64_t blanks_cut_ = 0;
  bool is_first_ = true;
};

}  // namespace plumbline::text
