// English nouns in the singular, by rules.
#pragma once

#include <string>
#include <string_view>

namespace plumbline::english {

// The singular of a noun, found by its ending and lists of irregular words, without a dictionary:
// "benches" gives "bench", "women" "woman". Words that are singular may be damaged ("glass" gives
// "glas", "hour" "hmy"): what reads the result must expect that, as CHAIR does.
//
// Source: the rules of pattern.en's singularize (De Smedt & Daelemans 2012), which CHAIR's
// reference uses and TextBlob ships, after B. Ferrer's inflector. Its oddities are kept: a piece of
// a word that has no plural counts as one ("ice" of "rice"), and "cookies" behind other letters
// gives "cookie" alone.
std::string singular(std::string_view word);

}  // namespace plumbline::english
