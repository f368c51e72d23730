#include "plumbline/data/record_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/image/image_source.h"

namespace plumbline::data {
namespace {

constexpr size_t kProblemsShown = 10;

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

}  // namespace

void Problems::add(const std::string& problem) {
  if (first_.size() < kProblemsShown) first_.push_back(problem);
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
    report_({ProblemKind::Id, where, "expected an \"id\", got none"});
  } else if (!ids_.insert(id).second) {
    report_({ProblemKind::Id, where, fmt::format("expected unique ids, got '{}' again", id)});
  }
}

void RecordChecks::image(const std::string& where, const std::string& image) {
  if (image.empty() || image_folder_.empty()) return;
  image_file(where, (fs::path(image_folder_) / image).string());
}

void RecordChecks::image_file(const std::string& where, const std::string& path) {
  if (image::is_data_url(path) || known_images_.contains(path)) return;
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    known_images_.insert(path);
  } else {
    report_(
        {ProblemKind::Image, where, fmt::format("expected the image file '{}', got none", path)});
  }
}

void RecordChecks::turns(const std::string& where, const std::vector<text::Turn>& turns,
                         size_t num_images) {
  const auto wrong = [&](const std::string& text) { report_({ProblemKind::Turns, where, text}); };
  if (turns.empty()) wrong("expected at least one turn, got an empty conversation");
  // Where images are counted, a placeholder's spelling is data.
  const bool is_counted = !turns.empty() && turns.front().images_before >= 0;
  size_t placeholders = 0;
  for (size_t i = 0; i < turns.size(); ++i) {
    const text::Turn& turn = turns[i];
    if (turn.is_user != (i % 2 == 0)) {
      wrong(fmt::format("turn {}: expected {}, got {}", i + 1, i % 2 == 0 ? "human" : "gpt",
                        turn.is_user ? "human" : "gpt"));
      break;
    }
    if (is_blank(turn.text) && turn.images_before <= 0) {
      wrong(fmt::format("turn {}: expected text, got an empty {}", i + 1,
                        turn.is_user ? "question" : "answer"));
    }
    const size_t found = is_counted ? static_cast<size_t>(std::max<int64_t>(turn.images_before, 0))
                                    : count_placeholders(turn.text);
    placeholders += turn.is_user ? found : 0;
    if (!turn.is_user && found > 0) {
      wrong(fmt::format("turn {}: expected no {} in an answer, got {}", i + 1,
                        text::kImagePlaceholder, found));
    }
  }
  if (placeholders != num_images) {
    const std::string images = num_images == 0   ? "no image"
                               : num_images == 1 ? "one image"
                                                 : fmt::format("{} images", num_images);
    wrong(fmt::format("expected {} {} placeholder{} for {}, got {}", num_images,
                      text::kImagePlaceholder, num_images == 1 ? "" : "s", images, placeholders));
  }
}

void RecordChecks::ends_with_answer(const std::string& where,
                                    const std::vector<text::Turn>& turns) {
  if (turns.empty() || !turns.back().is_user) return;
  report_({ProblemKind::Turns, where, "expected an answer as the last turn, got a question"});
}

void RecordChecks::answer(const std::string& where, const std::string& name,
                          const std::string& text) {
  if (!is_blank(text)) return;
  report_({ProblemKind::Turns, where,
           fmt::format("expected text in \"{}\", got an empty answer", name)});
}

size_t count_placeholders(const std::string& text) {
  size_t count = 0;
  for (size_t at = text.find(text::kImagePlaceholder); at != std::string::npos;
       at = text.find(text::kImagePlaceholder, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace plumbline::data
