#include "plumbline/data/record_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::data {
namespace {

constexpr size_t kProblemsShown = 10;

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

size_t count_placeholders(const std::string& text) {
  size_t count = 0;
  for (size_t at = text.find(text::kImagePlaceholder); at != std::string::npos;
       at = text.find(text::kImagePlaceholder, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

void Problems::add(const std::string& where, const std::string& text) {
  if (first_.size() < kProblemsShown) first_.push_back(where + ": " + text);
  ++count_;
}

void Problems::finish() const {
  if (count_ == 0) return;
  const std::string more =
      count_ > first_.size() ? fmt::format("\n  ... and {} more", count_ - first_.size()) : "";
  throw DataError(
      Complaint{.component = "data",
                .doing = doing_,
                .expected = "well-formed records",
                .got = fmt::format("{} problem{}\n  {}{}\n", count_, count_ == 1 ? "" : "s",
                                   fmt::join(first_, "\n  "), more),
                .where = path_});
}

void RecordChecks::id(const std::string& where, const std::string& id) {
  if (id.empty()) {
    problems_.add(where, "expected an \"id\", got none");
  } else if (!ids_.insert(id).second) {
    problems_.add(where, fmt::format("expected unique ids, got '{}' again", id));
  }
}

void RecordChecks::image(const std::string& where, const std::string& image) {
  if (image.empty() || image_folder_.empty() || known_images_.contains(image)) return;
  const fs::path path = fs::path(image_folder_) / image;
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    known_images_.insert(image);
  } else {
    problems_.add(where, fmt::format("expected the image file '{}', got none", path.string()));
  }
}

void RecordChecks::turns(const std::string& where, const std::vector<text::Turn>& turns,
                         bool has_image) {
  if (turns.empty()) problems_.add(where, "expected at least one turn, got an empty conversation");
  size_t placeholders = 0;
  for (size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].is_user != (i % 2 == 0)) {
      problems_.add(where,
                    fmt::format("turn {}: expected {}, got {}", i + 1, i % 2 == 0 ? "human" : "gpt",
                                turns[i].is_user ? "human" : "gpt"));
      break;
    }
    if (is_blank(turns[i].text)) {
      problems_.add(where, fmt::format("turn {}: expected text, got an empty {}", i + 1,
                                       turns[i].is_user ? "question" : "answer"));
    }
    const size_t found = count_placeholders(turns[i].text);
    placeholders += turns[i].is_user ? found : 0;
    if (!turns[i].is_user && found > 0) {
      problems_.add(where, fmt::format("turn {}: expected no {} in an answer, got {}", i + 1,
                                       text::kImagePlaceholder, found));
    }
  }
  const size_t expected = has_image ? 1 : 0;
  if (placeholders != expected) {
    problems_.add(where, fmt::format("expected {} {} placeholder{} for {} image, got {}", expected,
                                     text::kImagePlaceholder, expected == 1 ? "" : "s",
                                     has_image ? "one" : "no", placeholders));
  }
}

void RecordChecks::answer(const std::string& where, const std::string& name,
                          const std::string& text) {
  if (is_blank(text))
    problems_.add(where, fmt::format("expected text in \"{}\", got an empty answer", name));
}

}  // namespace plumbline::data
