#include "plumbline/text/bpe_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <queue>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/text/byte_level.h"
#include "plumbline/text/splitter.h"

namespace plumbline::text {
namespace {

using Pair = std::pair<int64_t, int64_t>;

struct Word {
  std::vector<int64_t> ids;
  int64_t count;
};

// A pair's count when it was queued; the queue puts the most frequent first, then the smallest ids.
struct Candidate {
  int64_t count;
  Pair pair;
  bool operator<(const Candidate& other) const {
    return std::tie(count, other.pair) < std::tie(other.count, pair);
  }
};

class Trainer {
 public:
  Trainer(const std::vector<std::string>& special_tokens, int64_t vocab_size)
      : num_special_(special_tokens.size()), vocab_size_(vocab_size) {
    for (const auto& token : special_tokens) add_token(token);
    std::vector<std::string> symbols(byte_symbols().begin(), byte_symbols().end());
    std::sort(symbols.begin(), symbols.end());  // UTF-8 sorts as its code points do
    for (const auto& symbol : symbols) add_token(symbol);
    for (size_t byte = 0; byte < 256; ++byte) byte_ids_[byte] = ids_.at(byte_symbols()[byte]);
  }

  void count_words(const std::vector<std::string>& texts) {
    const Splitter splitter(kWordPattern);
    std::map<std::string, int64_t, std::less<>> counts;  // sorted: the order of words is fixed
    for (const auto& text : texts) {
      for (const Piece& piece : splitter.split(text)) {
        const auto found = counts.find(piece.text);
        if (found != counts.end()) {
          ++found->second;
        } else {
          counts.emplace(piece.text, 1);
        }
      }
    }
    for (const auto& [text, count] : counts) {
      Word word{{}, count};
      for (const char c : text) word.ids.push_back(byte_ids_[static_cast<uint8_t>(c)]);
      words_.push_back(std::move(word));
    }
    for (size_t i = 0; i < words_.size(); ++i) count_pairs(i, +1);
    for (const auto& [pair, count] : counts_) queue_.push({count, pair});
  }

  void merge_all() {
    while (static_cast<int64_t>(tokens_.size()) < vocab_size_ && !queue_.empty()) {
      const Candidate best = queue_.top();
      queue_.pop();
      const int64_t count = counts_[best.pair];
      if (count != best.count) {  // merged away in part since it was queued
        if (count > 0) queue_.push({count, best.pair});
        continue;
      }
      if (count < 2) break;
      merge(best.pair);
    }
  }

  nlohmann::ordered_json json() const;

 private:
  int64_t add_token(const std::string& token) {
    const auto [known, is_new] = ids_.emplace(token, static_cast<int64_t>(tokens_.size()));
    if (is_new) tokens_.push_back(token);
    return known->second;
  }

  // Adds or takes back what a word contributes to the counts.
  void count_pairs(size_t index, int64_t sign) {
    const Word& word = words_[index];
    for (size_t i = 0; i + 1 < word.ids.size(); ++i) {
      const Pair pair{word.ids[i], word.ids[i + 1]};
      counts_[pair] += sign * word.count;
      if (sign > 0) {
        words_of_[pair].insert(index);
        touched_.insert(pair);
      }
    }
  }

  void merge(Pair pair) {
    const std::string spelling = token(pair.first) + token(pair.second);
    const auto known = ids_.find(spelling);
    // Ordinary characters must not add up to a control token.
    if (known != ids_.end() && known->second < static_cast<int64_t>(num_special_)) return;
    const int64_t merged = add_token(spelling);
    merges_.push_back(token(pair.first) + " " + token(pair.second));
    touched_.clear();
    for (const size_t index : std::exchange(words_of_[pair], {})) {
      count_pairs(index, -1);
      merge_in(words_[index].ids, pair, merged);
      count_pairs(index, +1);
    }
    for (const Pair& changed : touched_) queue_.push({counts_[changed], changed});
  }

  static void merge_in(std::vector<int64_t>& ids, Pair pair, int64_t merged) {
    size_t kept = 0;
    for (size_t i = 0; i < ids.size(); ++i, ++kept) {
      const bool is_pair = i + 1 < ids.size() && ids[i] == pair.first && ids[i + 1] == pair.second;
      ids[kept] = is_pair ? merged : ids[i];
      if (is_pair) ++i;
    }
    ids.resize(kept);
  }

  const std::string& token(int64_t id) const { return tokens_[static_cast<size_t>(id)]; }

  size_t num_special_;
  int64_t vocab_size_;
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, int64_t> ids_;
  std::array<int64_t, 256> byte_ids_{};
  std::vector<Word> words_;
  std::map<Pair, int64_t> counts_;
  std::map<Pair, std::set<size_t>> words_of_;  // may name words that lost the pair
  std::set<Pair> touched_;                     // pairs whose count grew in the current merge
  std::priority_queue<Candidate> queue_;
  std::vector<std::string> merges_;
};

nlohmann::ordered_json Trainer::json() const {
  using Json = nlohmann::ordered_json;
  Json added = Json::array();
  for (size_t id = 0; id < num_special_; ++id) {
    added.push_back({{"id", id},
                     {"content", tokens_[id]},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  }
  Json vocab = Json::object();
  for (size_t id = 0; id < tokens_.size(); ++id) vocab.push_back({tokens_[id], id});
  const Json byte_level = {{"type", "ByteLevel"},
                           {"add_prefix_space", false},
                           {"trim_offsets", true},
                           {"use_regex", true}};
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", added},
          {"normalizer", nullptr},
          {"pre_tokenizer", byte_level},
          {"post_processor", nullptr},
          {"decoder", byte_level},
          {"model",
           {{"type", "BPE"},
            {"dropout", nullptr},
            {"unk_token", nullptr},
            {"continuing_subword_prefix", nullptr},
            {"end_of_word_suffix", nullptr},
            {"fuse_unk", false},
            {"byte_fallback", false},
            {"ignore_merges", false},
            {"vocab", vocab},
            {"merges", merges_}}}};
}

void check_request(int64_t vocab_size, const std::vector<std::string>& special_tokens) {
  const auto least = static_cast<int64_t>(special_tokens.size()) + 256;
  if (vocab_size < least) {
    throw ConfigError(
        {.component = "tokenizer",
         .doing = "training",
         .expected = fmt::format("room for {} special tokens and 256 bytes", special_tokens.size()),
         .got = fmt::format("vocab_size = {}", vocab_size)});
  }
  std::set<std::string> taken(byte_symbols().begin(), byte_symbols().end());
  taken.insert("");
  for (const auto& token : special_tokens) {
    if (taken.insert(token).second) continue;
    throw ConfigError(
        {.component = "tokenizer",
         .doing = "training",
         .expected = "special tokens that differ from each other and from byte symbols",
         .got = fmt::format("'{}'", token)});
  }
}

}  // namespace

std::string train_bpe(const std::vector<std::string>& texts, int64_t vocab_size,
                      const std::vector<std::string>& special_tokens) {
  check_request(vocab_size, special_tokens);
  Trainer trainer(special_tokens, vocab_size);
  trainer.count_words(texts);
  trainer.merge_all();
  return trainer.json().dump(1) + "\n";
}

}  // namespace plumbline::text
