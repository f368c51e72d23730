// Where English sentences end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline::english {

// The sentences of a text (UTF-8), without the white space between them. One ends at ".", "?" or
// "!" before white space or punctuation; not at the period of a few common abbreviations ("Mr."),
// of a number before a lower-case word ("1. a dog"), of a single letter before a word, or of an
// ellipsis. Closing quotes and brackets stay with the sentence before.
//
// Source: Kiss & Strunk 2006 (Punkt), as NLTK 3.10 applies it with no more training than the
// abbreviations. NLTK's English model knows more of them, and which words often begin sentences:
// the two differ behind rare abbreviations and initials.
std::vector<std::string> sentences(std::string_view given);

}  // namespace plumbline::english
