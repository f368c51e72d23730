#include "plumbline/benchmarks/option_letters.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "plumbline/text/python_text.h"
#include "plumbline/text/utf8.h"

namespace plumbline::benchmarks {
namespace {

namespace python = text::python;  // characters as Python sees them

constexpr std::string_view kFailed = "Failed to obtain answer via API";
constexpr std::array<std::string_view, 4> kRefusals = {
    "Sorry, I can't help with images of people yet.", "I can't process this file.",
    "I'm sorry, but without the image provided", "Cannot determine the answer"};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// As str.split() has them.
std::vector<std::string> pieces(std::string_view text) {
  std::vector<std::string> found;
  bool is_gap = true;
  while (!text.empty()) {
    const auto character = python::first_code_point(text);
    if (python::is_space(character.code)) {
      is_gap = true;
    } else {
      if (is_gap) found.emplace_back();
      is_gap = false;
      found.back() += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return found;
}

size_t place_of(const std::vector<std::string>& pieces, std::string_view piece) {
  return static_cast<size_t>(std::find(pieces.begin(), pieces.end(), piece) - pieces.begin());
}

// The one letter that occurs between these marks.
std::optional<char> only_letter(const std::vector<std::string>& pieces, std::string_view letters,
                                const std::string& before, const std::string& behind) {
  std::optional<char> found;
  for (const char letter : letters) {
    if (place_of(pieces, before + letter + behind) == pieces.size()) continue;
    if (found) return std::nullopt;
    found = letter;
  }
  return found;
}

std::optional<char> alone_vlmevalkit(const std::string& answer, std::string_view letters) {
  constexpr size_t kLastPieces = 4;
  for (const auto refusal : kRefusals) {
    if (contains(answer, refusal)) return 'Z';
  }
  std::string plain = answer;
  for (char& c : plain) {
    if (contains(".()[],:;!*#{}", std::string_view(&c, 1))) c = ' ';
  }
  const auto words = pieces(plain);
  const bool has_letter = std::any_of(letters.begin(), letters.end(), [&](char letter) {
    return place_of(words, std::string(1, letter)) < words.size();
  });
  if (!has_letter) {
    return place_of(words, "Z") < words.size() ? std::optional('Z') : std::nullopt;
  }
  const auto found = only_letter(words, letters, "", "");
  if (!found) return std::nullopt;
  const bool is_late = place_of(words, std::string(1, *found)) + kLastPieces >= words.size();
  return is_late ? found : std::nullopt;
}

std::optional<char> alone_lmms(const std::string& answer) {
  constexpr std::string_view kLetters = "ABCDE";
  struct Marks {
    const char *before, *behind;
  };
  constexpr std::array<Marks, 12> kMarks = {{{"", "."},
                                             {"", ","},
                                             {"", ":"},
                                             {"", ")"},
                                             {"", ")."},
                                             {"(", ")"},
                                             {"(", ")."},
                                             {":", ""},
                                             {":", ","},
                                             {":", "."},
                                             {":", ")"},
                                             {":", ")."}}};
  const auto words = pieces(answer);
  const bool may_be_article = words.size() > 3 && place_of(words, "A") < words.size();
  if (const auto found = only_letter(words, kLetters, "", ""); found && !may_be_article) {
    return found;
  }
  for (const Marks& marks : kMarks) {
    if (const auto found = only_letter(words, kLetters, marks.before, marks.behind)) return found;
  }
  return std::nullopt;
}

}  // namespace

char none_letter(LetterRule rule) { return rule == LetterRule::Lmms ? 'E' : 'Z'; }

std::optional<char> letter_alone(const std::string& answer, const std::vector<Option>& options,
                                 LetterRule rule) {
  const std::string text = text::repaired_utf8(answer);
  if (contains(text, kFailed)) return std::nullopt;
  if (rule == LetterRule::Lmms) return alone_lmms(text);
  std::string letters;
  for (const Option& option : options) letters += option.letter;
  return alone_vlmevalkit(text, letters);
}

std::optional<char> letter_by_text(const std::string& answer, const std::vector<Option>& options,
                                   LetterRule rule) {
  const std::string lower = python::lower(text::repaired_utf8(answer));
  int64_t size = 0;
  std::optional<char> found;
  int num_found = 0;
  for (const Option& option : options) {
    const std::string text = text::repaired_utf8(option.text);
    size += python::length(text);
    if (!contains(lower, python::lower(text))) continue;
    found = option.letter;
    ++num_found;
  }
  if (rule == LetterRule::VlmEvalKit && python::length(lower) > 2 * size) return std::nullopt;
  return num_found == 1 ? found : std::nullopt;
}

std::optional<char> option_letter(const std::string& answer, const std::vector<Option>& options,
                                  LetterRule rule) {
  const auto letter = letter_alone(answer, options, rule);
  return letter ? letter : letter_by_text(answer, options, rule);
}

}  // namespace plumbline::benchmarks
