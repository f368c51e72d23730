#include "plumbline/english/singular.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "plumbline/text/python_text.h"

namespace plumbline::english {
namespace {

using Words = std::vector<std::string_view>;

// "mothers-in-law": the first part alone is inflected.
const Words kPrepositions = {
    "about",   "above",  "across", "after",   "among",  "around", "at",      "athwart",
    "before",  "behind", "below",  "beneath", "beside", "but",    "besides", "between",
    "betwixt", "beyond", "by",     "during",  "except", "for",    "from",    "in",
    "into",    "near",   "of",     "off",     "on",     "onto",   "out",     "over",
    "since",   "till",   "to",     "under",   "until",  "unto",   "upon",    "with"};

// One form for both numbers, or no plural.
const Words kUnchanged = {
    // animals
    "bison", "bream", "carp", "cod", "eland", "elk", "flounder", "mackerel", "salmon", "swine",
    "trout", "tuna", "whiting", "wildebeest",
    // pairs, clothes and tools
    "breeches", "britches", "clippers", "pincers", "pliers", "scissors", "shears",
    // illnesses
    "diabetes", "herpes", "measles", "mumps", "rabies",
    // others ending in s
    "chassis", "christmas", "contretemps", "corps", "debris", "gallows", "happiness",
    "headquarters", "high-jinks", "innings", "jackanapes", "mathematics", "mews", "news",
    "proceedings", "progress", "series", "species", "swiss",
    // others
    "advice", "bread", "butter", "cheese", "djinn", "electricity", "equipment", "fruit",
    "furniture", "garbage", "georgia", "graffiti", "gravel", "homework", "information", "ketchup",
    "knowledge", "love", "luggage", "mayonnaise", "meat", "mustard", "research", "rice", "sand",
    "software", "understanding", "water"};

// Their plurals stay as they are, in lower case: the reference means to cut the s, but does not.
const Words kPluralsInIes = {
    "alergies", "aunties",   "beanies",   "birdies", "bogies",   "bombies",  "collies",
    "cookies",  "cuties",    "doggies",   "eyries",  "freebies", "goonies",  "groupies",
    "hankies",  "hippies",   "hoagies",   "hotties", "indies",   "junkies",  "laddies",
    "laramies", "lingeries", "meanies",   "newbies", "nighties", "oldies",   "pixies",
    "quickies", "reveries",  "rookies",   "softies", "sorties",  "stoolies", "sweeties",
    "techies",  "toughies",  "valkyries", "veggies", "weenies",  "yuppies",  "zombies"};

using Pair = std::pair<std::string_view, std::string_view>;
const std::vector<Pair> kIrregular = {{"men", "man"},
                                      {"people", "person"},
                                      {"children", "child"},
                                      {"sexes", "sex"},
                                      {"axes", "axe"},
                                      {"moves", "move"},
                                      {"teeth", "tooth"},
                                      {"geese", "goose"},
                                      {"feet", "foot"},
                                      {"zoa", "zoon"},
                                      {"atlantes", "atlas"},
                                      {"atlases", "atlas"},
                                      {"beeves", "beef"},
                                      {"brethren", "brother"},
                                      {"corpora", "corpus"},
                                      {"corpuses", "corpus"},
                                      {"kine", "cow"},
                                      {"ephemerides", "ephemeris"},
                                      {"ganglia", "ganglion"},
                                      {"genii", "genie"},
                                      {"genera", "genus"},
                                      {"helves", "helve"},
                                      {"leaves", "leaf"},
                                      {"loaves", "loaf"},
                                      {"monies", "money"},
                                      {"mongooses", "mongoose"},
                                      {"mythoi", "mythos"},
                                      {"octopodes", "octopus"},
                                      {"opera", "opus"},
                                      {"opuses", "opus"},
                                      {"oxen", "ox"},
                                      {"penes", "penis"},
                                      {"penises", "penis"},
                                      {"soliloquies", "soliloquy"},
                                      {"testes", "testis"},
                                      {"trilbys", "trilby"},
                                      {"turves", "turf"},
                                      {"numena", "numen"},
                                      {"occipita", "occiput"},
                                      {"graffiti", "graffito"},
                                      {"our", "my"}};

// "plural" at a word's end becomes "singular", where one of the endings `behind` stands before it.
struct Ending {
  // Empty: anything; "?": some character; "!xy+z": z behind a character other than x and y;
  // "^z": z at the word's beginning.
  Words behind;
  std::string_view plural, singular;
  bool is_any_case = true;
};

// The first that fits counts.
const std::vector<Ending> kEndings = {
    {{"?"}, "ae", "a"},
    {{"?"}, "itis", "itis"},
    {{"?"}, "eaux", "eau"},
    {{"quiz"}, "zes", ""},
    {{"matr"}, "ices", "ix"},
    {{"ap", "vert", "ind"}, "ices", "ex"},
    {{"alias", "status"}, "es", ""},
    {{"o", "c", "t", "p", "|", "v", "i", "r"}, "i", "us"},
    {{"cris", "ax", "test"}, "es", "is"},
    {{"shoe"}, "s", ""},
    {{"o"}, "es", ""},
    {{"bus"}, "es", ""},
    {{"m", "|", "l"}, "ice", "ouse"},
    {{"x", "ch", "ss", "sh"}, "es", ""},
    {{"m"}, "ovies", "ovie"},
    {{"?"}, "ombies", "ombie"},
    {{"s"}, "eries", "eries"},
    {{"!aeiouy", "qu"}, "ies", "y"},
    {{"al", "el", "ol"}, "ves", "f", false},
    {{"!d+ea"}, "ves", "f", false},
    {{}, "arves", "arf", false},
    {{}, "erves", "erve", false},
    {{"ni", "li", "wi"}, "ves", "fe", false},
    {{"l", "r"}, "ves", "f"},
    {{"a", "e", "o"}, "ves", "ve", false},
    {{"sive", "tive", "hive"}, "s", ""},
    {{"!f"}, "ves", "fe"},
    {{"^analy"}, "ses", "sis"},
    {{"analy"}, "ses", "asis"},  // compounds: "psychoanalyasis"
    {{"ba", "diagno", "parenthe", "progno", "synop", "the"}, "ses", "sis"},
    {{"?"}, "opses", "opsis"},
    {{"?"}, "yses", "ysis"},
    {{"h", "d", "r", "o", "n", "b", "cl", "p"}, "oses", "ose"},
    {{"fruct", "gluc", "galact", "lact", "ket", "malt", "rib", "sacchar", "cellul"}, "ose", "ose"},
    {{"?"}, "oses", "osis"},
    {{"t", "i"}, "a", "um"},
    {{"n"}, "ews", "ews"},
    {{}, "s", ""}};

std::string lower(std::string_view text) { return text::python::lower(text); }

bool ends_with(std::string_view text, std::string_view ending, bool is_any_case) {
  if (text.size() < ending.size()) return false;
  const std::string_view end = text.substr(text.size() - ending.size());
  return is_any_case ? lower(end) == ending : end == ending;
}

// Whether what stands before an ending is as `rule` says.
bool stands_behind(std::string_view stem, std::string_view rule, bool is_any_case) {
  if (rule == "?") return !stem.empty();
  if (rule.starts_with('^')) {
    return stem.size() + 1 == rule.size() && ends_with(stem, rule.substr(1), is_any_case);
  }
  if (!rule.starts_with('!')) return ends_with(stem, rule, is_any_case);
  const size_t plus = std::min(rule.find('+'), rule.size());
  const std::string_view end = rule.substr(std::min(plus + 1, rule.size()));
  if (stem.size() <= end.size() || !ends_with(stem, end, is_any_case)) return false;
  const std::string before(1, stem[stem.size() - end.size() - 1]);
  return rule.substr(1, plus - 1).find(is_any_case ? lower(before) : before) ==
         std::string_view::npos;
}

std::string by_ending(std::string_view word) {
  for (const auto& ending : kEndings) {
    if (!ends_with(word, ending.plural, ending.is_any_case)) continue;
    const std::string_view stem = word.substr(0, word.size() - ending.plural.size());
    const bool fits = std::any_of(
        ending.behind.begin(), ending.behind.end(),
        [&](std::string_view rule) { return stands_behind(stem, rule, ending.is_any_case); });
    if (fits || ending.behind.empty()) return std::string(stem).append(ending.singular);
  }
  return std::string(word);
}

// What the lists say; nothing if no word of theirs fits.
std::optional<std::string> by_list(std::string_view word) {
  const std::string small = lower(word);
  for (const auto unchanged : kUnchanged) {
    if (unchanged.ends_with(small)) return std::string(word);
  }
  for (const auto plural : kPluralsInIes) {
    if (small.ends_with(plural)) return small;
  }
  for (const auto& [plural, single] : kIrregular) {
    if (!small.ends_with(plural)) continue;
    return std::string(word.substr(0, word.size() - plural.size())).append(single);
  }
  return std::nullopt;
}

}  // namespace

std::string singular(std::string_view word) {
  const size_t hyphen = word.find('-');
  if (hyphen != std::string_view::npos) {
    const std::string_view rest = word.substr(hyphen + 1);
    const std::string_view second = rest.substr(0, rest.find('-'));
    if (std::find(kPrepositions.begin(), kPrepositions.end(), second) != kPrepositions.end()) {
      return singular(word.substr(0, hyphen)).append("-").append(rest);
    }
  }
  if (word.ends_with('\'')) return singular(word.substr(0, word.size() - 1)) + "'s";
  if (auto listed = by_list(word)) return *listed;
  return by_ending(word);
}

}  // namespace plumbline::english
