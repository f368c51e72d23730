// The alphabet of byte-level BPE: each byte has a printable character that stands for it in
// vocabularies.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace plumbline::text {

// Symbol of each byte, in UTF-8: printable Latin-1 stands for itself, the rest for U+0100 onwards.
// Source: Radford et al. 2019 (GPT-2), bytes_to_unicode.
const std::array<std::string, 256>& byte_symbols();

// The bytes that a token's symbols stand for; nothing when a character is not such a symbol.
std::optional<std::string> bytes_of_symbols(std::string_view symbols);

// GPT-2's split into words: contractions, letters, digits, other marks, blanks.
inline constexpr const char* kWordPattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

// Llama 3's and Qwen2's: contractions in any case, marks that stick to letters, digits in threes
// (Qwen2: one by one), line breaks apart from blanks.
inline constexpr const char* kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
inline constexpr const char* kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

}  // namespace plumbline::text
