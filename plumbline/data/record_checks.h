// What must hold of a record before anything long starts, and all its problems together.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "plumbline/text/conversation.h"

namespace plumbline::data {

// What a problem is about.
enum class ProblemKind { File, Record, Turns, Image, Id };

struct Problem {
  ProblemKind kind = ProblemKind::Record;
  std::string where;  // "file:line", "file, record 7"
  std::string text;   // "expected X, got Y"
};

// Whether a record with these problems cannot be used. An id that comes twice is worth knowing, but
// published data sets have such, and nothing but messages depends on it.
inline bool is_bad(const std::vector<Problem>& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& p) { return p.kind != ProblemKind::Id; });
}

// Problems found in one file. `finish` throws one DataError with the first ten of them.
class Problems {
 public:
  Problems(std::string path, std::string doing)
      : path_(std::move(path)), doing_(std::move(doing)) {}
  void add(const std::string& where, const std::string& text) { add(where + ": " + text); }
  void add(const std::string& problem);
  void finish() const;

 private:
  std::string path_;
  std::string doing_;
  std::vector<std::string> first_;
  size_t count_ = 0;
};

// Checks shared by all kinds of records of a file. Problems go to `report`.
class RecordChecks {
 public:
  using Report = std::function<void(const Problem&)>;
  // Images are looked for below `image_folder`; not at all when it is empty.
  RecordChecks(Report report, std::string image_folder)
      : report_(std::move(report)), image_folder_(std::move(image_folder)) {}
  RecordChecks(Problems& problems, std::string image_folder)
      : RecordChecks([&problems](const Problem& p) { problems.add(p.where, p.text); },
                     std::move(image_folder)) {}
  void id(const std::string& where, const std::string& id);        // not empty, not seen before
  void image(const std::string& where, const std::string& image);  // the file exists
  // The file at `path` exists; not looked for below the folder. Data URLs are files that exist.
  void image_file(const std::string& where, const std::string& path);
  // User and assistant alternate, no turn is empty, and there is a placeholder per image.
  void turns(const std::string& where, const std::vector<text::Turn>& turns, size_t num_images);
  void ends_with_answer(const std::string& where, const std::vector<text::Turn>& turns);
  void answer(const std::string& where, const std::string& name, const std::string& text);

 private:
  Report report_;
  std::string image_folder_;
  std::set<std::string> ids_;
  std::set<std::string> known_images_;
};

// How often text::kImagePlaceholder stands in a text.
size_t count_placeholders(const std::string& text);

}  // namespace plumbline::data
