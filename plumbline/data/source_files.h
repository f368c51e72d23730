// The official annotation files of public data sets: which of them a file is, and what of it does
// not fit.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "plumbline/data/record_checks.h"

namespace plumbline::data {

enum class SourceKind {
  VqaQuestions,
  VqaAnnotations,
  AokvqaQuestions,
  CocoCaptions,
  CaptionSplit,  // dataset_flickr30k.json and its like: images with sentences and a split
};

struct AnnotationFile {
  std::string path;
  nlohmann::json header;   // the file's object without its entries; null for a bare list
  nlohmann::json entries;  // a list with at least one entry
};

// Reads a JSON file of this kind, without VQA-v2's ten single answers per question. Throws IoError,
// or one DataError that says what the file seems to be instead.
AnnotationFile read_source(const std::string& path, SourceKind kind);

// A member of the header that is text; "" when there is none.
std::string header_text(const AnnotationFile& source, const std::string& key);

// Calls `take` with every entry of a list and where it stands ("file, question 3", from 1). An
// entry that is no object, and what `take` throws as std::invalid_argument or as JSON's exceptions,
// becomes a problem.
void for_each_entry(const nlohmann::json& entries, const std::string& path, const std::string& noun,
                    Problems& problems,
                    const std::function<void(const nlohmann::json&, const std::string&)>& take);

// Members of an entry. Throw std::invalid_argument, whose text is a problem's.
int64_t id_member(const nlohmann::json& entry, const std::string& key);  // a whole number >= 0
// Text without spaces at its ends; may be empty. An image's placeholder in it is refused: a record
// would take it for an image.
std::string text_member(const nlohmann::json& entry, const std::string& key);
// The same, but not empty.
std::string full_text_member(const nlohmann::json& entry, const std::string& key);
// The text itself, as the two above check and trim it; `name` is for the error.
std::string checked_text(const std::string& text, const std::string& name);

// Entries without a partner in another file, by reason. What is not allowed stops the conversion.
class LeftOut {
 public:
  // `reason` is a plural ("questions without an annotation"), `example` one of them.
  void add(const std::string& reason, const std::string& example, bool is_allowed);
  // One problem per reason that is not allowed.
  void refuse(Problems& problems) const;
  // What was left out and allowed: reason -> how many.
  std::map<std::string, int64_t> counts() const;

 private:
  struct Reason {
    int64_t count = 0;
    std::string example = {};
    bool is_allowed = false;
  };
  std::map<std::string, Reason> reasons_;
};

// Conditions under which entries may be left out instead of stopping the conversion, and where
// images are looked for: below `image_folder`, or not at all when it is empty.
struct Tolerance {
  std::string image_folder = {};
  bool skip_missing_images = false;
  bool skip_unmatched = false;
};

// Whether an image is there; when not, that is noted in `left_out`. Remembers its answers.
class ImageCheck {
 public:
  ImageCheck(const Tolerance& tolerance, LeftOut& left_out)
      : tolerance_(tolerance), left_out_(left_out) {}
  bool has(const std::string& image);

 private:
  const Tolerance& tolerance_;
  LeftOut& left_out_;
  std::map<std::string, bool> known_;
};

}  // namespace plumbline::data
