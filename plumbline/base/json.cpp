#include "plumbline/base/json.h"

#include <fmt/format.h>

#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/base/json_builder.h"

namespace plumbline {
namespace {

using nlohmann::json;

// Builds a value from the parser's events. The library's own way to look at them, a callback, goes
// through all elements of a list again at the end of each: minutes for a large file of records.
class Reader : public json::json_sax_t {
 public:
  Reader(std::string where, std::string_view left_out, bool allow_exceptions)
      : where_(std::move(where)), left_out_(left_out), allow_exceptions_(allow_exceptions) {}

  json take() { return builder_.take(); }

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
    const bool is_left_out = !left_out_.empty() && name == left_out_;
    builder_.key(std::move(name), is_left_out);
    return true;
  }
  bool parse_error(size_t, const std::string&, const json::exception& e) override {
    if (!allow_exceptions_) return false;
    // By their own types: callers tell them apart.
    if (const auto* broken = dynamic_cast<const json::parse_error*>(&e)) throw *broken;
    if (const auto* too_large = dynamic_cast<const json::out_of_range*>(&e)) throw *too_large;
    throw e;
  }

 private:
  bool scalar(json value) {
    builder_.scalar(std::move(value));
    return true;
  }
  bool open(json value) {
    if (builder_.depth() >= JsonBuilder::kDeepest) {
      throw DataError({.component = "json",
                       .doing = "reading",
                       .expected = fmt::format("at most {} nested levels", JsonBuilder::kDeepest),
                       .got = "more",
                       .where = where_});
    }
    builder_.open(std::move(value));
    return true;
  }
  bool close() {
    builder_.close();
    return true;
  }

  std::string where_;
  std::string_view left_out_;  // the members of this name; none when empty
  bool allow_exceptions_;
  JsonBuilder builder_;
};

json parse(std::string_view text, const std::string& where, std::string_view left_out,
           bool allow_exceptions) {
  Reader reader(where, left_out, allow_exceptions);
  const bool is_whole = json::sax_parse(text.begin(), text.end(), &reader);
  return is_whole ? reader.take() : json(json::value_t::discarded);
}

}  // namespace

json parse_json(std::string_view text, const std::string& where) {
  return parse(text, where, "", true);
}

json parse_json_without(std::string_view key, std::string_view text, const std::string& where) {
  return parse(text, where, key, true);
}

json try_parse_json(std::string_view text, const std::string& where) {
  return parse(text, where, "", false);
}

}  // namespace plumbline
