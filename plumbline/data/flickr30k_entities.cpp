#include "plumbline/data/flickr30k_entities.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>

#include "plumbline/base/trimmed.h"

namespace plumbline::data {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

// The elements of an XML text one after the other. No attributes, entities or nesting rules beyond
// what these files have: elements of elements, or of text.
class XmlReader {
 public:
  explicit XmlReader(std::string_view xml) : rest_(xml), all_(xml) {}

  // The name of the next element, behind whose start it stops; nothing at the end of the enclosing
  // element, or of the text.
  std::optional<std::string> open() {
    while (true) {
      skip_prologue();
      if (rest_.empty() || rest_.starts_with("</")) return std::nullopt;
      if (!rest_.starts_with('<')) fail("an element");
      const bool is_empty = rest_.substr(0, rest_.find('>')).ends_with('/');  // <name/>
      std::string name(tag(1));
      if (name.empty()) fail("an element's name");
      if (!is_empty) return name;
    }
  }
  void close(const std::string& name) {
    skip_prologue();
    if (!rest_.starts_with("</") || tag(2) != name) fail("</" + name + ">");
  }
  // The text of an element whose start was read, and its end.
  std::string text(const std::string& name) {
    const size_t end = std::min(rest_.find('<'), rest_.size());
    const std::string result(trimmed(rest_.substr(0, end)));
    rest_.remove_prefix(end);
    close(name);
    return result;
  }
  int64_t number(const std::string& name) {
    const std::string digits = text(name);
    int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    constexpr int64_t kLargest = 1'000'000;
    if (error != std::errc() || end != digits.data() + digits.size() || value > kLargest ||
        value < -kLargest) {
      fail(fmt::format("a whole number in <{}>", name));
    }
    return value;
  }
  // An element that nobody reads, whatever is in it.
  void skip(const std::string& name, int depth = 0) {
    if (depth > 16) fail("fewer nested elements");
    while (true) {
      rest_.remove_prefix(std::min(rest_.find('<'), rest_.size()));
      const auto inner = open();
      if (!inner) break;
      skip(*inner, depth + 1);
    }
    close(name);
  }
  void finish() {
    skip_prologue();
    if (!rest_.empty()) fail("the end of the file");
  }
  [[noreturn]] void fail(const std::string& expected) const {
    const auto read = all_.substr(0, all_.size() - rest_.size());
    throw std::invalid_argument(fmt::format(
        "line {}: expected {}", 1 + std::count(read.begin(), read.end(), '\n'), expected));
  }

 private:
  // Reads up to the tag's end; its name begins after `skipped` characters.
  std::string_view tag(size_t skipped) {
    const size_t end = rest_.find('>');
    if (end == std::string_view::npos) fail("'>' at the end of a tag");
    const std::string_view inner = trimmed(rest_.substr(skipped, end - skipped));
    rest_.remove_prefix(end + 1);
    return inner.substr(0, inner.find_first_of(kSpaces));
  }
  // Space, declarations and comments.
  void skip_prologue() {
    while (true) {
      rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpaces), rest_.size()));
      const char* end = rest_.starts_with("<?")     ? "?>"
                        : rest_.starts_with("<!--") ? "-->"
                                                    : nullptr;
      if (end == nullptr) return;
      const size_t at = rest_.find(end);
      if (at == std::string_view::npos) fail(fmt::format("'{}'", end));
      rest_.remove_prefix(at + std::string_view(end).size());
    }
  }

  std::string_view rest_;
  std::string_view all_;
};

void read_size(XmlReader& xml, EntityBoxes& out) {
  while (const auto name = xml.open()) {
    if (*name == "width") {
      out.width = xml.number(*name);
    } else if (*name == "height") {
      out.height = xml.number(*name);
    } else {
      xml.skip(*name);
    }
  }
  xml.close("size");
  if (out.width <= 0 || out.height <= 0) xml.fail("a width and a height above 0");
}

Box read_box(XmlReader& xml) {
  Box box;
  const std::array<std::pair<const char*, int64_t*>, 4> sides = {
      {{"xmin", &box.left}, {"ymin", &box.top}, {"xmax", &box.right}, {"ymax", &box.bottom}}};
  size_t found = 0;
  while (const auto name = xml.open()) {
    const auto side = std::find_if(sides.begin(), sides.end(),
                                   [&](const auto& one) { return *name == one.first; });
    if (side == sides.end()) xml.fail("xmin, ymin, xmax or ymax");
    *side->second = xml.number(*name);
    ++found;
  }
  xml.close("bndbox");
  if (found != sides.size() || box.left > box.right || box.top > box.bottom) {
    xml.fail("a box of four sides in order");
  }
  return box;
}

void read_object(XmlReader& xml, EntityBoxes& out) {
  std::vector<std::string> entities;
  std::vector<Box> boxes;
  while (const auto name = xml.open()) {
    if (*name == "name") {
      entities.push_back(xml.text(*name));
    } else if (*name == "bndbox") {
      boxes.push_back(read_box(xml));
    } else {
      xml.skip(*name);
    }
  }
  xml.close("object");
  if (entities.empty()) xml.fail("a <name> in <object>");
  for (const auto& entity : entities) {
    if (boxes.empty()) continue;
    auto& all = out.boxes[entity];
    all.insert(all.end(), boxes.begin(), boxes.end());
  }
}

bool hugs_the_word_before(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kWords = {
      ".", ",", ";", ":", "!", "?", "'s", "n't", "'re", "'ve", "'ll", ")"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace

std::vector<Phrase> entity_phrases(std::string_view line) {
  constexpr std::string_view kOpening = "[/EN#";
  std::vector<Phrase> phrases;
  const auto add = [&](std::string_view text, std::string_view entity) {
    if (!trimmed(text).empty()) {
      phrases.push_back({std::string(trimmed(text)), std::string(entity)});
    }
  };
  while (!line.empty()) {
    const size_t begin = line.find(kOpening);
    add(line.substr(0, begin), "");
    if (begin == std::string_view::npos) break;
    const std::string_view inner = line.substr(begin + kOpening.size());
    const size_t end = inner.find(']');
    const size_t slash = inner.find('/');
    const size_t space = inner.find(' ');
    if (end == std::string_view::npos || slash > space || space > end || slash == 0) {
      throw std::invalid_argument("expected phrases like [/EN#1/people Two men], got '" +
                                  std::string(line.substr(begin, 40)) + "'");
    }
    add(inner.substr(space, end - space), inner.substr(0, slash));
    line = inner.substr(end + 1);
  }
  return phrases;
}

std::string written_text(std::string_view spaced) {
  std::string text;
  while (!(spaced = trimmed(spaced)).empty()) {
    const size_t end = std::min(spaced.find_first_of(kSpaces), spaced.size());
    const std::string_view word = spaced.substr(0, end);
    if (!text.empty() && !text.ends_with('(') && !hugs_the_word_before(word)) text += ' ';
    text += word;
    spaced.remove_prefix(end);
  }
  return text;
}

EntityBoxes entity_boxes(std::string_view text) {
  EntityBoxes result;
  XmlReader xml(text);
  if (xml.open() != "annotation") xml.fail("<annotation>");
  while (const auto name = xml.open()) {
    if (*name == "size") {
      read_size(xml, result);
    } else if (*name == "object") {
      read_object(xml, result);
    } else {
      xml.skip(*name);
    }
  }
  xml.close("annotation");
  xml.finish();
  if (result.width == 0) xml.fail("a <size>");
  return result;
}

}  // namespace plumbline::data
