#include "plumbline/formats/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "plumbline/base/error.h"

namespace plumbline::formats {
namespace {

using nlohmann::json;

constexpr Dtype kDtypes[] = {Dtype::F64,  Dtype::I64, Dtype::F32, Dtype::I32, Dtype::F16,
                             Dtype::BF16, Dtype::I16, Dtype::I8,  Dtype::U8,  Dtype::Bool};

std::optional<Dtype> find_dtype(std::string_view name) {
  for (const Dtype dtype : kDtypes) {
    if (dtype_name(dtype) == name) return dtype;
  }
  return std::nullopt;
}

// Collects the header event by event, because a parsed document would hide duplicate keys. Depth 1
// is the header, 2 an entry or the metadata, 3 a list of numbers.
class HeaderReader : public nlohmann::json_sax<json> {
 public:
  Header header;
  std::string problem;

  bool key(std::string& text) override {
    if (depth_ == 1) {
      if (!names_.insert(text).second) return fail(fmt::format("the key '{}' appears twice", text));
      name_ = text;
    } else {
      if (!fields_.insert(text).second) {
        return fail(fmt::format("the key '{}' of '{}' appears twice", text, name_));
      }
      field_ = text;
    }
    return true;
  }

  bool start_object(size_t) override {
    if (depth_ == 2) return fail(fmt::format("an object in '{}' of '{}'", field_, name_));
    if (depth_ == 3) return fail(fmt::format("an object in a list of '{}'", name_));
    if (++depth_ == 2) {
      fields_.clear();
      entry_ = {};
      offsets_.clear();
    }
    return true;
  }

  bool end_object() override { return --depth_ == 0 || in_metadata() || finish_entry(); }

  bool start_array(size_t) override {
    const bool is_list =
        depth_ == 2 && !in_metadata() && (field_ == "shape" || field_ == "data_offsets");
    if (!is_list) return unexpected("a list");
    ++depth_;
    return true;
  }

  bool end_array() override {
    --depth_;
    return true;
  }

  bool string(std::string& text) override {
    if (depth_ == 2 && in_metadata()) {
      header.metadata[field_] = text;
      return true;
    }
    if (depth_ != 2 || field_ != "dtype") return unexpected("a string");
    const std::optional<Dtype> dtype = find_dtype(text);
    if (!dtype) return fail(fmt::format("'{}' has dtype {}, which is not supported", name_, text));
    entry_.dtype = *dtype;
    return true;
  }

  bool number_unsigned(uint64_t value) override {
    if (depth_ != 3) return unexpected("a number");
    if (field_ == "data_offsets") {
      offsets_.push_back(value);
    } else if (value > static_cast<uint64_t>(INT64_MAX)) {
      return fail(fmt::format("'{}' has a dimension of {}", name_, value));
    } else {
      entry_.shape.push_back(static_cast<int64_t>(value));
    }
    return true;
  }

  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("a truth value"); }
  bool number_integer(int64_t value) override { return unexpected(fmt::format("{}", value)); }
  bool number_float(double, const std::string& text) override { return unexpected(text); }
  bool binary(json::binary_t&) override { return unexpected("bytes"); }
  bool parse_error(size_t position, const std::string&, const json::exception&) override {
    return fail(fmt::format("broken JSON at byte {} of the header", position));
  }

 private:
  bool in_metadata() const { return name_ == "__metadata__"; }

  bool fail(std::string text) {
    if (problem.empty()) problem = std::move(text);
    return false;
  }
  bool unexpected(const std::string& what) {
    if (depth_ == 0) return fail(what + " instead of an object");
    if (depth_ == 1) return fail(fmt::format("{} as the value of '{}'", what, name_));
    return fail(fmt::format("{} in '{}' of '{}'", what, field_, name_));
  }
  bool finish_entry() {
    static const std::set<std::string> expected = {"data_offsets", "dtype", "shape"};
    if (fields_ != expected) {
      return fail(fmt::format("'{}' has not just dtype, shape and data_offsets", name_));
    }
    if (offsets_.size() != 2) {
      return fail(fmt::format("'{}' has {} data_offsets instead of 2", name_, offsets_.size()));
    }
    entry_.begin = offsets_[0];
    entry_.end = offsets_[1];
    header.entries[name_] = entry_;
    return true;
  }

  int depth_ = 0;
  std::set<std::string> names_, fields_;
  std::string name_, field_;
  HeaderEntry entry_;
  std::vector<uint64_t> offsets_;
};

std::string entry_problem(const std::string& name, const HeaderEntry& entry) {
  if (entry.begin > entry.end) {
    return fmt::format("'{}' ends at {}, before its begin {}", name, entry.end, entry.begin);
  }
  const std::optional<uint64_t> bytes = bytes_needed(entry.dtype, entry.shape);
  if (!bytes) return fmt::format("the shape of '{}' overflows", name);
  if (*bytes != entry.end - entry.begin) {
    return fmt::format("'{}' has {} bytes, but its shape needs {}", name, entry.end - entry.begin,
                       *bytes);
  }
  return {};
}

// The buffer must be covered from first to last byte, each byte once.
std::string coverage_problem(const Header& header, uint64_t buffer_size) {
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (const auto& [name, entry] : header.entries) ranges.emplace_back(entry.begin, entry.end);
  std::sort(ranges.begin(), ranges.end());
  uint64_t covered = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin != covered) {
      return fmt::format("{} at byte {} of the buffer", begin < covered ? "an overlap" : "a hole",
                         std::min(begin, covered));
    }
    covered = end;
  }
  if (covered != buffer_size) {
    return fmt::format("the arrays need {} bytes, but the buffer has {}", covered, buffer_size);
  }
  return {};
}

}  // namespace

Header parse_header(std::string_view text, uint64_t buffer_size, const std::string& where) {
  const auto check = [&](const std::string& problem) {
    if (problem.empty()) return;
    throw DataError({.component = "safetensors",
                     .doing = "reading the header",
                     .got = problem,
                     .where = where,
                     .hint = "the file is damaged or incomplete; fetch or write it again."});
  };
  if (text.empty() || text.front() != '{') check("a header that does not start with '{'");
  HeaderReader reader;
  const bool is_read = json::sax_parse(text.begin(), text.end(), &reader);
  if (!is_read && reader.problem.empty()) reader.problem = "broken JSON";
  check(reader.problem);
  for (const auto& [name, entry] : reader.header.entries) check(entry_problem(name, entry));
  check(coverage_problem(reader.header, buffer_size));
  return std::move(reader.header);
}

}  // namespace plumbline::formats
