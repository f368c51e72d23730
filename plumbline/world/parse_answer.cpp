#include "plumbline/world/parse_answer.h"

#include <cctype>
#include <map>
#include <optional>
#include <string>

// The grammar of answers, by recursive descent over the words of one sentence.
namespace plumbline::world {
namespace {

struct Word {
  std::string text;  // lower case
  size_t begin = 0, end = 0;
  bool is_capital_letter = false;  // one letter, upper case in the answer
};

struct Noun {
  int category = -1;
  bool is_plural = false;
};

std::optional<Noun> noun(const std::string& word) {
  static const std::map<std::string, Noun, std::less<>> nouns = [] {
    std::map<std::string, Noun, std::less<>> all;
    for (size_t i = 0; i < categories().size(); ++i) {
      all[categories()[i]] = {static_cast<int>(i), false};
      all[plural(categories()[i])] = {static_cast<int>(i), true};
    }
    return all;
  }();
  const auto found = nouns.find(word);
  return found == nouns.end() ? std::nullopt : std::optional(found->second);
}

int size_index(const std::string& word) { return word == "small" ? 0 : word == "large" ? 1 : -1; }

int number_value(const std::string& word) {
  return word == "a" ? 1 : word == "two" ? 2 : word == "three" ? 3 : 0;
}

// One reading of a sentence. Every rule returns whether it matched; a rule that fails may leave the
// cursor moved, so alternatives start from a fresh Reader.
class Reader {
 public:
  explicit Reader(const std::vector<Word>& words) : words_(words) {}

  bool at_end() const { return at_ == words_.size(); }
  std::vector<Statement> take() { return std::move(statements_); }

  // "yes", "no", "yes, CLAUSE"
  bool yes_no() {
    const bool is_yes = peek() == "yes";
    if (!is_yes && peek() != "no") return false;
    add({claim(ClaimKind::YesNo, -1, is_yes ? 1 : 0, at_, at_ + 1)});
    ++at_;
    return at_end() || (skip(",") && clause());
  }

  // A letter alone: "B."
  bool letter() {
    if (words_.size() != 1 || !words_[0].is_capital_letter) return false;
    const int index = words_[0].text[0] - 'a';
    if (index < 0 || index > 3) return false;
    add({claim(ClaimKind::Letter, -1, index, 0, 1)});
    ++at_;
    return true;
  }

  bool clause() {
    const size_t start = at_;
    for (const auto rule : {&Reader::place, &Reader::absence, &Reader::presence,
                            &Reader::comparison, &Reader::about_definite}) {
      at_ = start;
      const size_t num_before = statements_.size();
      if ((this->*rule)() && at_end()) return true;
      statements_.resize(num_before);
    }
    return false;
  }

  // Captions: "PHRASE", "PHRASE and PHRASE in a PLACE", "a PLACE with PHRASE", "PHRASE above
  // PHRASE"
  bool caption() {
    if (number_value(peek()) == 1 && environment(at_ + 1) >= 0) {
      add_environment(at_, at_ + 2);
      at_ += 2;
      return skip("with") && phrases() && at_end();
    }
    if (!phrases()) return false;
    if (at_end()) return true;
    if (!skip("in") || !skip("a") || environment(at_) < 0) return false;
    add_environment(at_ - 1, at_ + 1);
    ++at_;
    return at_end();
  }

  bool bare_word() {
    if (words_.size() != 1) return false;
    const std::string& word = peek();
    Claim c = claim(ClaimKind::Color, -1, index_of(colors(), word), 0, 1);
    if (c.value < 0) c = claim(ClaimKind::Size, -1, size_index(word), 0, 1);
    if (c.value < 0 && word != "a") c = claim(ClaimKind::Count, -1, number_value(word) - 1, 0, 1);
    if (c.value >= 0 && c.kind == ClaimKind::Count) ++c.value;
    if (c.value < 0) c = claim(ClaimKind::Environment, -1, environment(0), 0, 1);
    if (c.value < 0) return false;
    add({c}, true);
    ++at_;
    return true;
  }

 private:
  const std::string& peek() const { return word(at_); }
  const std::string& word(size_t i) const {
    static const std::string none;
    return i < words_.size() ? words_[i].text : none;
  }
  bool skip(std::string_view text) {
    if (peek() != text) return false;
    ++at_;
    return true;
  }
  bool skip_all(std::initializer_list<std::string_view> texts) {
    for (const auto text : texts) {
      if (!skip(text)) return false;
    }
    return true;
  }
  int environment(size_t i) const { return index_of(environments(), word(i)); }

  // A claim that covers words [first, last).
  Claim claim(ClaimKind kind, int category, int value, size_t first, size_t last) const {
    return {kind, category, -1, value, words_[first].begin, words_[last - 1].end};
  }
  void add(std::vector<Claim> claims, bool is_bare = false) {
    statements_.push_back({std::move(claims), is_bare});
  }
  void add_environment(size_t first, size_t last) {
    add({claim(ClaimKind::Environment, -1, environment(last - 1), first, last)});
  }

  // this is a PLACE
  bool place() {
    if (!skip_all({"this", "is", "a"}) || environment(at_) < 0) return false;
    add_environment(at_ - 1, at_ + 1);
    ++at_;
    return true;
  }

  // there is no cup | there are no cups
  bool absence() {
    const bool is_plural = word(1 + at_) == "are";
    if (!skip("there") || !(skip("is") || skip("are")) || !skip("no")) return false;
    const auto n = noun(peek());
    if (!n || n->is_plural != is_plural) return false;
    add({claim(ClaimKind::Absent, n->category, 0, at_ - 1, at_ + 1)});
    ++at_;
    return true;
  }

  // there is a small red cup | there are two cups
  bool presence() {
    const bool is_plural = word(1 + at_) == "are";
    if (!skip("there") || !(skip("is") || skip("are"))) return false;
    return (number_value(peek()) != 1) == is_plural && phrase();
  }

  // [number] [size] [color] noun, the noun in the number's form
  bool phrase() {
    const size_t first = at_;
    const int count = number_value(peek());
    if (count == 0) return false;
    std::vector<Claim> parts = {claim(ClaimKind::Count, -1, count, at_, at_ + 1)};
    ++at_;
    if (const int size = size_index(peek()); size >= 0) {
      parts.push_back(claim(ClaimKind::Size, -1, size, at_, at_ + 1));
      ++at_;
    }
    if (const int color = index_of(colors(), peek()); color >= 0) {
      parts.push_back(claim(ClaimKind::Color, -1, color, at_, at_ + 1));
      ++at_;
    }
    const auto n = noun(peek());
    if (!n || n->is_plural != (count > 1)) return false;
    ++at_;
    for (Claim& part : parts) part.category = n->category;
    parts.insert(parts.begin(), claim(ClaimKind::Exists, n->category, 0, first, at_));
    add(std::move(parts));
    return true;
  }

  // PHRASE | PHRASE and PHRASE | PHRASE SIDE PHRASE
  bool phrases() {
    const size_t first = at_;
    if (!phrase()) return false;
    const int category = statements_.back().claims[0].category;
    if (skip("and")) return phrase();
    const auto side = this->side();
    if (!side) return true;
    if (!phrase()) return false;
    Claim c = claim(ClaimKind::Relation, category, static_cast<int>(*side), first, at_);
    c.other = statements_.back().claims[0].category;
    add({c});
    return true;
  }

  std::optional<Side> side() {
    if (skip("above")) return Side::Above;
    if (skip("below")) return Side::Below;
    if (peek() == "left" && word(at_ + 1) == "of") return at_ += 2, Side::Left;
    if (peek() == "right" && word(at_ + 1) == "of") return at_ += 2, Side::Right;
    return std::nullopt;
  }

  // Adds a claim about two things together with the presence of both.
  bool add_pair(ClaimKind kind, int value, int a, size_t a_at, int b, size_t b_at, size_t first) {
    Claim c = claim(kind, a, value, first, at_);
    c.other = b;
    add({claim(ClaimKind::Exists, a, 0, a_at, a_at + 1),
         claim(ClaimKind::Exists, b, 0, b_at, b_at + 1), c});
    return true;
  }

  // there are more cups than lamps | there are as many cups as lamps
  bool comparison() {
    const size_t first = at_;
    if (!skip_all({"there", "are"})) return false;
    const bool is_more = skip("more");
    if (!is_more && !skip_all({"as", "many"})) return false;
    const auto a = noun(peek());
    const size_t a_at = at_++;
    if (!skip(is_more ? "than" : "as")) return false;
    const auto b = noun(peek());
    if (!a || !b || !a->is_plural || !b->is_plural) return false;
    const size_t b_at = at_++;
    return add_pair(is_more ? ClaimKind::MoreThan : ClaimKind::AsMany, 0, a->category, a_at,
                    b->category, b_at, first);
  }

  // the cup is red | the cups are larger than the lamps | the cup is left of the lamp
  bool about_definite() {
    const size_t first = at_;
    if (!skip("the")) return false;
    const auto a = noun(peek());
    if (!a) return false;
    const size_t a_at = at_++;
    if (!skip(a->is_plural ? "are" : "is")) return false;
    if (attribute(a->category, a_at)) return true;
    int value = 0;
    ClaimKind kind = ClaimKind::Relation;
    bool is_swapped = false;
    if (const auto where = side()) {
      value = static_cast<int>(*where);
    } else if (skip("larger") || (is_swapped = skip("smaller"))) {
      kind = ClaimKind::LargerThan;
      if (!skip("than")) return false;
    } else {
      kind = ClaimKind::SameSize;
      if (!skip_all({"as", "large", "as"})) return false;
    }
    if (!skip("the")) return false;
    const auto b = noun(peek());
    if (!b) return false;
    const size_t b_at = at_++;
    return is_swapped ? add_pair(kind, value, b->category, b_at, a->category, a_at, first)
                      : add_pair(kind, value, a->category, a_at, b->category, b_at, first);
  }

  bool attribute(int category, size_t noun_at) {
    if (at_ + 1 != words_.size()) return false;
    const int color = index_of(colors(), peek()), size = size_index(peek());
    if (color < 0 && size < 0) return false;
    add({claim(ClaimKind::Exists, category, 0, noun_at, noun_at + 1),
         color >= 0 ? claim(ClaimKind::Color, category, color, at_, at_ + 1)
                    : claim(ClaimKind::Size, category, size, at_, at_ + 1)});
    ++at_;
    return true;
  }

  const std::vector<Word>& words_;
  size_t at_ = 0;
  std::vector<Statement> statements_;
};

// No sentence of the language is longer; longer ones are not even tried.
constexpr size_t kMaxWords = 20;

std::vector<Statement> parse_sentence(const std::vector<Word>& words) {
  if (words.empty() || words.size() > kMaxWords) return {};
  for (const auto rule :
       {&Reader::letter, &Reader::yes_no, &Reader::clause, &Reader::caption, &Reader::bare_word}) {
    Reader reader(words);
    if ((reader.*rule)() && reader.at_end()) return reader.take();
  }
  return {};
}

// Collects the words of one sentence after the other.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<Sentence> run() {
    for (size_t i = 0; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '.' || c == '!' || c == '?' || c == '\n') {
        is_clean_ = is_clean_ && (c == '.' || c == '\n');
        const bool is_blank_line = c == '\n' && begin_ == end_ && is_clean_;
        if (!is_blank_line) finish(c == '\n' ? i : i + 1);
        begin_ = end_ = i + 1;
      } else if (std::isspace(static_cast<unsigned char>(c))) {
        if (begin_ == end_) begin_ = end_ = i + 1;
        is_in_word_ = false;
      } else {
        add(c, i);
      }
    }
    if (begin_ != end_) finish(end_);
    return std::move(sentences_);
  }

 private:
  void add(char c, size_t i) {
    end_ = i + 1;
    if (c == ',') {
      words_.push_back({",", i, i + 1});
      is_in_word_ = false;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      if (!is_in_word_) words_.push_back({"", i, i});
      Word& word = words_.back();
      word.is_capital_letter = word.text.empty() && c <= 'Z';
      word.text += static_cast<char>(std::tolower(c));
      word.end = i + 1;
      is_in_word_ = true;
    } else {
      is_clean_ = false;
      is_in_word_ = false;
    }
  }
  void finish(size_t end) {
    sentences_.push_back(
        {begin_, end, is_clean_ ? parse_sentence(words_) : std::vector<Statement>{}});
    words_.clear();
    is_clean_ = true;
    is_in_word_ = false;
  }

  std::string_view text_;
  std::vector<Sentence> sentences_;
  std::vector<Word> words_;
  size_t begin_ = 0, end_ = 0;  // of the current sentence's visible characters
  bool is_clean_ = true, is_in_word_ = false;
};

}  // namespace

std::vector<Sentence> parse_answer(std::string_view text) { return Splitter(text).run(); }

}  // namespace plumbline::world
