// What must hold of a record before anything long starts, and all its problems together.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "plumbline/text/conversation.h"

namespace plumbline::data {

// Problems found in one file. `finish` throws one DataError with the first ten of them.
class Problems {
 public:
  Problems(std::string path, std::string doing)
      : path_(std::move(path)), doing_(std::move(doing)) {}
  // `where` is "record 7" or "line 7"; `text` is "expected X, got Y".
  void add(const std::string& where, const std::string& text);
  void finish() const;

 private:
  std::string path_;
  std::string doing_;
  std::vector<std::string> first_;
  size_t count_ = 0;
};

// Checks shared by all kinds of records of a file.
class RecordChecks {
 public:
  // Images are looked for below `image_folder`; not at all when it is empty.
  RecordChecks(Problems& problems, std::string image_folder)
      : problems_(problems), image_folder_(std::move(image_folder)) {}
  void id(const std::string& where, const std::string& id);        // not empty, not seen before
  void image(const std::string& where, const std::string& image);  // the file exists
  // User and assistant alternate, no turn is empty, one placeholder if and only if there is an
  // image.
  void turns(const std::string& where, const std::vector<text::Turn>& turns, bool has_image);
  void answer(const std::string& where, const std::string& name, const std::string& text);

 private:
  Problems& problems_;
  std::string image_folder_;
  std::set<std::string> ids_;
  std::set<std::string> known_images_;
};

}  // namespace plumbline::data
