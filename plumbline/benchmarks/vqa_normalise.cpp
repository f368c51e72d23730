#include "plumbline/benchmarks/vqa_normalise.h"

#include <unordered_map>

#include "plumbline/text/python_text.h"
#include "plumbline/text/unicode_class.h"

namespace plumbline::benchmarks {
namespace {

namespace python = text::python;

constexpr std::string_view kMarks = ";/[]\"{}()=+\\_-><@`,?!";
constexpr int kMostPeriods = 32;

using Words = std::unordered_map<std::string_view, std::string_view>;

const Words kNumbers = {{"none", "0"},  {"zero", "0"},  {"one", "1"},  {"two", "2"},
                        {"three", "3"}, {"four", "4"},  {"five", "5"}, {"six", "6"},
                        {"seven", "7"}, {"eight", "8"}, {"nine", "9"}, {"ten", "10"}};

// The script's list as it is, odd entries too ("somebody'd" loses its apostrophe). Its "Im", "Ive",
// "Id've" and "I'dve" are left out, for words are in lower case here, and what stays as it is.
const Words kContractions = {{"aint", "ain't"},
                             {"arent", "aren't"},
                             {"cant", "can't"},
                             {"couldve", "could've"},
                             {"couldnt", "couldn't"},
                             {"couldn'tve", "couldn't've"},
                             {"couldnt've", "couldn't've"},
                             {"didnt", "didn't"},
                             {"doesnt", "doesn't"},
                             {"dont", "don't"},
                             {"hadnt", "hadn't"},
                             {"hadnt've", "hadn't've"},
                             {"hadn'tve", "hadn't've"},
                             {"hasnt", "hasn't"},
                             {"havent", "haven't"},
                             {"hed", "he'd"},
                             {"hed've", "he'd've"},
                             {"he'dve", "he'd've"},
                             {"hes", "he's"},
                             {"howd", "how'd"},
                             {"howll", "how'll"},
                             {"hows", "how's"},
                             {"isnt", "isn't"},
                             {"itd", "it'd"},
                             {"itd've", "it'd've"},
                             {"it'dve", "it'd've"},
                             {"itll", "it'll"},
                             {"maam", "ma'am"},
                             {"mightnt", "mightn't"},
                             {"mightnt've", "mightn't've"},
                             {"mightn'tve", "mightn't've"},
                             {"mightve", "might've"},
                             {"mustnt", "mustn't"},
                             {"mustve", "must've"},
                             {"neednt", "needn't"},
                             {"notve", "not've"},
                             {"oclock", "o'clock"},
                             {"oughtnt", "oughtn't"},
                             {"ow's'at", "'ow's'at"},
                             {"'ows'at", "'ow's'at"},
                             {"'ow'sat", "'ow's'at"},
                             {"shant", "shan't"},
                             {"shed've", "she'd've"},
                             {"she'dve", "she'd've"},
                             {"shouldve", "should've"},
                             {"shouldnt", "shouldn't"},
                             {"shouldnt've", "shouldn't've"},
                             {"shouldn'tve", "shouldn't've"},
                             {"somebody'd", "somebodyd"},
                             {"somebodyd've", "somebody'd've"},
                             {"somebody'dve", "somebody'd've"},
                             {"somebodyll", "somebody'll"},
                             {"somebodys", "somebody's"},
                             {"someoned", "someone'd"},
                             {"someoned've", "someone'd've"},
                             {"someone'dve", "someone'd've"},
                             {"someonell", "someone'll"},
                             {"someones", "someone's"},
                             {"somethingd", "something'd"},
                             {"somethingd've", "something'd've"},
                             {"something'dve", "something'd've"},
                             {"somethingll", "something'll"},
                             {"thats", "that's"},
                             {"thered", "there'd"},
                             {"thered've", "there'd've"},
                             {"there'dve", "there'd've"},
                             {"therere", "there're"},
                             {"theres", "there's"},
                             {"theyd", "they'd"},
                             {"theyd've", "they'd've"},
                             {"they'dve", "they'd've"},
                             {"theyll", "they'll"},
                             {"theyre", "they're"},
                             {"theyve", "they've"},
                             {"twas", "'twas"},
                             {"wasnt", "wasn't"},
                             {"wed've", "we'd've"},
                             {"we'dve", "we'd've"},
                             {"weve", "we've"},
                             {"werent", "weren't"},
                             {"whatll", "what'll"},
                             {"whatre", "what're"},
                             {"whats", "what's"},
                             {"whatve", "what've"},
                             {"whens", "when's"},
                             {"whered", "where'd"},
                             {"wheres", "where's"},
                             {"whereve", "where've"},
                             {"whod", "who'd"},
                             {"whod've", "who'd've"},
                             {"who'dve", "who'd've"},
                             {"wholl", "who'll"},
                             {"whos", "who's"},
                             {"whove", "who've"},
                             {"whyll", "why'll"},
                             {"whyre", "why're"},
                             {"whys", "why's"},
                             {"wont", "won't"},
                             {"wouldve", "would've"},
                             {"wouldnt", "wouldn't"},
                             {"wouldnt've", "wouldn't've"},
                             {"wouldn'tve", "wouldn't've"},
                             {"yall", "y'all"},
                             {"yall'll", "y'all'll"},
                             {"y'allll", "y'all'll"},
                             {"yall'd've", "y'all'd've"},
                             {"y'alld've", "y'all'd've"},
                             {"y'all'dve", "y'all'd've"},
                             {"youd", "you'd"},
                             {"youd've", "you'd've"},
                             {"you'dve", "you'd've"},
                             {"youll", "you'll"},
                             {"youre", "you're"},
                             {"youve", "you've"}};

std::string_view mapped(const Words& words, std::string_view word) {
  const auto found = words.find(word);
  return found == words.end() ? word : found->second;
}

bool begins_with_digit(std::string_view text) {
  return !text.empty() && text::is_digit(python::first_code_point(text).code);
}

bool has_comma_between_digits(std::string_view text) {
  for (size_t i = text.find(','); i != std::string_view::npos; i = text.find(',', i + 1)) {
    if (i > 0 && text::is_digit(python::last_code_point(text.substr(0, i)).code) &&
        begins_with_digit(text.substr(i + 1))) {
      return true;
    }
  }
  return false;
}

bool is_beside_blank(std::string_view text, char mark) {
  for (size_t i = text.find(mark); i != std::string_view::npos; i = text.find(mark, i + 1)) {
    if ((i > 0 && text[i - 1] == ' ') || (i + 1 < text.size() && text[i + 1] == ' ')) return true;
  }
  return false;
}

std::string without_periods(const std::string& text) {
  std::string result;
  int num_gone = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool goes = text[i] == '.' && num_gone < kMostPeriods &&
                      !begins_with_digit(std::string_view(text).substr(i + 1));
    if (goes) {
      ++num_gone;
    } else {
      result += text[i];
    }
  }
  return result;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t i = text.find(what); i != std::string::npos; i = text.find(what, i + by.size())) {
    text.replace(i, what.size(), by);
  }
}

}  // namespace

std::string vqa_stripped(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return std::string(python::stripped(result));
}

std::string vqa_without_punctuation(std::string_view text) {
  const bool has_number = has_comma_between_digits(text);
  std::string result;
  for (const char c : text) {
    if (kMarks.find(c) == std::string_view::npos) {
      result += c;
    } else if (!has_number && !is_beside_blank(text, c)) {
      result += ' ';
    }
  }
  return without_periods(result);
}

std::string vqa_words(std::string_view text) {
  const std::string lower = python::lower(text);
  std::string result;
  for (std::string_view rest = python::stripped(lower); !rest.empty();
       rest = python::stripped(rest)) {
    size_t end = 0;
    while (end < rest.size()) {
      const auto next = python::first_code_point(rest.substr(end));
      if (python::is_space(next.code)) break;
      end += next.bytes;
    }
    const std::string_view word = mapped(kNumbers, rest.substr(0, end));
    rest.remove_prefix(end);
    if (word == "a" || word == "an" || word == "the") continue;
    if (!result.empty()) result += ' ';
    result += mapped(kContractions, word);
  }
  return result;
}

std::string vqa_normalised(std::string_view text, VqaRule rule) {
  if (rule == VqaRule::VqaEval) return vqa_words(vqa_without_punctuation(vqa_stripped(text)));
  std::string lower = python::lower(text);
  std::erase_if(lower, [](char c) { return c == ',' || c == '?'; });
  replace_all(lower, "'s", " 's");
  return vqa_words(vqa_without_punctuation(vqa_stripped(python::stripped(lower))));
}

}  // namespace plumbline::benchmarks
