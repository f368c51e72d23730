// Learns a byte-level BPE vocabulary from texts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plumbline::text {

// The text of a tokenizer.json with at most `vocab_size` tokens: the special tokens (ids from 0 in
// the order given), the 256 byte symbols, then one token per merge. Merges the most frequent pair
// each time; among equals the one with the smaller ids; never a pair seen only once. The result
// depends on the texts alone. Throws ConfigError when vocab_size has no room for special tokens and
// bytes, or a special token is empty, repeated or a byte symbol. Source: Sennrich et al. 2016
// (arXiv 1508.07909); bytes as in GPT-2.
std::string train_bpe(const std::vector<std::string>& texts, int64_t vocab_size,
                      const std::vector<std::string>& special_tokens);

}  // namespace plumbline::text
