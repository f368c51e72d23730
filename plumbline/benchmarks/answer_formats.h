// What is put behind a question so that the answer can be read, as LLaVA words it.
#pragma once

namespace plumbline::benchmarks {

inline constexpr const char* kShortAnswerPrompt =
    "\nAnswer the question using a single word or phrase.";
inline constexpr const char* kOptionLetterPrompt =
    "\nAnswer with the option's letter from the given choices directly.";
// So many tokens are enough for such answers.
inline constexpr int kShortAnswerTokens = 64;

}  // namespace plumbline::benchmarks
