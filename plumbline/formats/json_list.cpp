#include "plumbline/formats/json_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/base/file_view.h"
#include "plumbline/base/json_builder.h"

namespace plumbline::formats {
namespace {

using nlohmann::json;

DataError unfit(const std::string& expected, const std::string& got, const std::string& where,
                const std::string& hint = {}) {
  return DataError({.component = "json",
                    .doing = "reading a list of records",
                    .expected = expected,
                    .got = got,
                    .where = where,
                    .hint = hint});
}

// Builds one record at a time from the parser's events.
class ListReader : public json::json_sax_t {
 public:
  ListReader(std::string_view text, const std::string& path, const std::string& list,
             const std::function<void(Record&&)>& visit, const std::vector<std::string>& left_out)
      : text_(text), path_(path), list_(list), visit_(visit), left_out_(left_out) {}

  bool is_found() const { return is_found_; }
  json take_rest() { return std::move(rest_); }

  bool null() override { return scalar(nullptr); }
  bool boolean(bool value) override { return scalar(value); }
  bool number_integer(number_integer_t value) override { return scalar(value); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(value); }
  bool number_float(number_float_t value, const string_t&) override { return scalar(value); }
  bool string(string_t& value) override { return scalar(std::move(value)); }
  bool binary(binary_t& value) override { return scalar(std::move(value)); }
  bool start_object(size_t) override { return open(json::object()); }
  bool start_array(size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (is_in_list_) {
      const bool is_left_out =
          std::find(left_out_.begin(), left_out_.end(), name) != left_out_.end();
      record_.key(std::move(name), is_left_out);
    } else {
      key_ = std::move(name);
    }
    return true;
  }
  bool parse_error(size_t byte, const std::string&, const json::exception& e) override {
    // The position counts from 1 and stands behind the offending byte.
    const size_t position = std::min(byte == 0 ? 0 : byte - 1, text_.size());
    const auto begin = text_.begin();
    const auto line = 1 + std::count(begin, begin + static_cast<std::ptrdiff_t>(position), '\n');
    const std::string where = fmt::format("{}:{}", path_, line);
    if (std::string_view(e.what()).find("UTF-8") != std::string_view::npos) {
      throw unfit("JSON", "bytes that are not UTF-8", where, "save the file as UTF-8.");
    }
    const bool is_cut = position + 1 >= text_.size();
    throw unfit("JSON", is_cut ? "text that ends too early" : "broken JSON", where);
  }

 private:
  void finish() {
    visit_({record_.take(), fmt::format("{}, {} record {}", path_, list_, ++count_)});
  }
  bool scalar(json value) {
    if (depth_ == 0) throw no_object();
    if (is_in_list_) {
      if (record_.scalar(std::move(value))) finish();
    } else if (depth_ == 1) {
      if (key_ == list_) throw no_list();
      rest_[key_] = std::move(value);
    }
    return true;
  }
  bool open(json value) {
    if (depth_ >= JsonBuilder::kDeepest) {
      throw unfit(fmt::format("at most {} nested levels", JsonBuilder::kDeepest), "more", path_);
    }
    if (depth_ == 0 && !value.is_object()) throw no_object();
    const bool is_list = depth_ == 1 && key_ == list_;
    if (is_list && !value.is_array()) throw no_list();
    ++depth_;
    if (is_list) {
      is_in_list_ = is_found_ = true;
    } else if (is_in_list_) {
      record_.open(std::move(value));
    }
    return true;
  }
  bool close() {
    --depth_;
    if (!is_in_list_) return true;
    if (record_.depth() == 0) {
      is_in_list_ = false;
    } else if (record_.close()) {
      finish();
    }
    return true;
  }

  DataError no_object() const {
    return unfit(fmt::format("an object with the list '{}'", list_), "another value", path_,
                 "is this the official file?");
  }
  DataError no_list() const {
    return unfit(fmt::format("a list as '{}'", list_), "another value", path_);
  }

  std::string_view text_;
  const std::string& path_;
  const std::string& list_;
  const std::function<void(Record&&)>& visit_;
  const std::vector<std::string>& left_out_;
  JsonBuilder record_;
  json rest_ = json::object();
  std::string key_;  // of the object around the list
  size_t depth_ = 0, count_ = 0;
  bool is_in_list_ = false, is_found_ = false;
};

}  // namespace

json for_each_in_list(const std::string& path, const std::string& list,
                      const std::function<void(Record&&)>& visit,
                      const std::vector<std::string>& left_out) {
  const FileView file(path);
  std::string_view text = file.bytes();
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    throw unfit("JSON", "UTF-16 text", path, "save it as UTF-8.");
  }
  ListReader reader(text, path, list, visit, left_out);
  json::sax_parse(text.begin(), text.end(), &reader);
  if (!reader.is_found()) {
    throw unfit(fmt::format("an object with the list '{}'", list), "none", path,
                "is this the official file?");
  }
  return reader.take_rest();
}

}  // namespace plumbline::formats
