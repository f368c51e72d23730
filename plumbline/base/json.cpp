#include "plumbline/base/json.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

using nlohmann::json;

// Builds a value from the parser's events. The library's own way to look at them, a callback, goes
// through all elements of a list again at the end of each: minutes for a large file of records.
class Builder : public json::json_sax_t {
 public:
  Builder(std::string where, std::string_view left_out, bool allow_exceptions)
      : where_(std::move(where)), left_out_(left_out), allow_exceptions_(allow_exceptions) {}

  json take() { return std::move(root_); }

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
    if (num_dropped_ > 0) return true;
    is_next_dropped_ = !left_out_.empty() && name == left_out_;
    key_ = std::move(name);
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
  bool is_dropped() { return num_dropped_ > 0 || std::exchange(is_next_dropped_, false); }

  json& placed(json value) {
    if (open_.empty()) return root_ = std::move(value);
    json& parent = *open_.back();
    if (parent.is_object()) return parent[key_] = std::move(value);
    parent.push_back(std::move(value));
    return parent.back();
  }
  template <class T>
  bool scalar(T&& value) {
    if (!is_dropped()) placed(json(std::forward<T>(value)));
    return true;
  }
  bool open(json value) {
    constexpr size_t kDeepest = 64;
    if (open_.size() + num_dropped_ >= kDeepest) {
      throw DataError({.component = "json",
                       .doing = "reading",
                       .expected = fmt::format("at most {} nested levels", kDeepest),
                       .got = "more",
                       .where = where_});
    }
    if (is_dropped()) {
      ++num_dropped_;
    } else {
      open_.push_back(&placed(std::move(value)));
    }
    return true;
  }
  bool close() {
    if (num_dropped_ > 0) {
      --num_dropped_;
    } else {
      open_.pop_back();
    }
    return true;
  }

  std::string where_;
  std::string_view left_out_;  // the members of this name; none when empty
  bool allow_exceptions_;
  json root_;
  // The lists and objects around the parser's place. Only the last grows, so all stay where they
  // are.
  std::vector<json*> open_;
  std::string key_;
  bool is_next_dropped_ = false;
  size_t num_dropped_ = 0;  // lists and objects around the parser's place that are left out
};

json parse(std::string_view text, const std::string& where, std::string_view left_out,
           bool allow_exceptions) {
  Builder builder(where, left_out, allow_exceptions);
  const bool is_whole = json::sax_parse(text.begin(), text.end(), &builder);
  return is_whole ? builder.take() : json(json::value_t::discarded);
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
