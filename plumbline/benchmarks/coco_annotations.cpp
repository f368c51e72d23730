#include "plumbline/benchmarks/coco_annotations.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/file_view.h"
#include "plumbline/eval/unfit.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

constexpr eval::Unfit unfit{"reading COCO's annotations",
                            "take the official files, such as instances_val2014.json and "
                            "captions_val2014.json."};

// Sees the file's JSON piece by piece: {"annotations": [{...}, ...], "categories": [{...}, ...]}.
class Reader : public nlohmann::json_sax<json> {
 public:
  Reader(std::string path, const std::function<void(const CocoAnnotation&)>& visit)
      : path_(std::move(path)), visit_(visit) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t value) override { return number(value); }
  bool number_unsigned(uint64_t value) override { return number(static_cast<int64_t>(value)); }
  bool number_float(double value, const std::string&) override {
    constexpr double kMost = 1e15;  // exact as a double
    return std::abs(value) > kMost || number(static_cast<int64_t>(value));
  }
  bool string(std::string& value) override {
    if (!is_member()) return true;
    if (key_ == "caption") {
      annotation_.caption = std::move(value);
    } else if (key_ == "name") {
      name_ = std::move(value);
    } else if (key_ == "image_id") {
      annotation_.image_id = coco_image_id(value, path_);
    }
    return true;
  }
  bool binary(json::binary_t&) override { return true; }

  bool start_object(size_t) override {
    if (depth_++ == kEntry - 1) {
      const int64_t number = annotation_.number;
      annotation_ = {};
      annotation_.number = number;
      name_.clear();
      id_.reset();
    }
    return true;
  }
  bool end_object() override {
    if (--depth_ != kEntry - 1) return true;
    if (section_ == "annotations") {
      ++annotation_.number;
      visit_(annotation_);
    }
    if (section_ == "categories" && id_ && !name_.empty()) categories_[*id_] = name_;
    return true;
  }
  bool start_array(size_t) override {
    if (depth_++ == 0) throw unfit("an object", "a list", path_);
    has_annotations_ = has_annotations_ || (depth_ == kEntry - 1 && section_ == "annotations");
    return true;
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool key(std::string& value) override {
    if (depth_ == 1)
      section_ = std::move(value);
    else if (depth_ == kEntry)
      key_ = std::move(value);
    return true;
  }
  bool parse_error(size_t, const std::string&, const json::exception& e) override {
    throw unfit("JSON", untagged(e), path_);
  }

  std::map<int64_t, std::string> categories() const {
    if (!has_annotations_) throw unfit("a list of 'annotations'", "none", path_);
    return categories_;
  }

 private:
  static constexpr int kEntry = 3;  // depth within an entry of a section

  bool is_member() const { return depth_ == kEntry; }
  bool number(int64_t value) {
    if (!is_member()) return true;
    if (key_ == "image_id") annotation_.image_id = value;
    if (key_ == "category_id") annotation_.category_id = value;
    if (key_ == "id") id_ = value;
    return true;
  }

  std::string path_;
  const std::function<void(const CocoAnnotation&)>& visit_;
  int depth_ = 0;
  bool has_annotations_ = false;
  std::string section_, key_, name_;
  std::optional<int64_t> id_;
  CocoAnnotation annotation_;
  std::map<int64_t, std::string> categories_;
};

}  // namespace

std::map<int64_t, std::string> for_each_annotation(
    const std::string& path, const std::function<void(const CocoAnnotation&)>& visit) {
  const FileView file(path);
  Reader reader(path, visit);
  json::sax_parse(file.bytes(), &reader);
  return reader.categories();
}

int64_t coco_image_id(const std::string& text, const std::string& where) {
  const std::string stem = text.substr(0, text.rfind('.'));
  size_t begin = stem.size();
  while (begin > 0 && std::isdigit(static_cast<unsigned char>(stem[begin - 1]))) --begin;
  int64_t id = 0;
  const auto [end, error] = std::from_chars(stem.data() + begin, stem.data() + stem.size(), id);
  if (begin < stem.size() && error == std::errc() && end == stem.data() + stem.size()) return id;
  throw DataError(Complaint{.component = "eval",
                            .doing = "reading a COCO image's id",
                            .expected = "a number or a name that ends in one",
                            .got = "'" + text + "'",
                            .where = where});
}

}  // namespace plumbline::benchmarks
