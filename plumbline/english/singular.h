// English nouns in the singular, by rules.
#pragma once

#include <string>
#include <string_view>

namespace plumbline::english {

// The singular of a noun, found by its ending and lists of irregular words, without a dictionary:
// "benches" gives "bench", "women" "woman". Words that are singular may be damaged ("glass" gives
// "glas", "hour" "hmy"): what reads the result must expect that, as CHAIR does.
//
// Source: pattern.en's singularize (De Smedt & Daelemans 2012, version 2.6), which CHAIR's
// reference uses, after B. Ferrer's inflector. Its oddities are kept: the end of a word that has no
// plural counts as one ("ice" of "rice"), and a list of plurals ("doggies") stays plural.
// TextBlob's copy of the rules has repaired the latter and knows more words.
std::string singular(std::string_view word);

}  // namespace plumbline::english
