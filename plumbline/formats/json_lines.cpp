#include "plumbline/formats/json_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"

namespace plumbline::formats {
namespace {

using nlohmann::json;

constexpr std::string_view kSpaces = " \t\r\n";

DataError broken(const std::string& got, const std::string& where, const std::string& hint = {}) {
  return DataError({.component = "json",
                    .doing = "reading records",
                    .expected = "one JSON array, or one JSON value per line",
                    .got = got,
                    .where = where,
                    .hint = hint});
}

size_t line_of(std::string_view text, size_t position) {
  const size_t end = std::min(position, text.size());
  return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + end, '\n'));
}

json parse(std::string_view text, const std::string& path, size_t first_line) {
  try {
    return parse_json(text, path);
  } catch (const json::out_of_range& e) {
    throw broken("a number too large to hold", path);
  } catch (const json::parse_error& e) {
    // Its position counts from 1 and stands behind the offending byte.
    const size_t position = e.byte == 0 ? 0 : e.byte - 1;
    const size_t line = first_line + line_of(text, position) - 1;
    const bool is_cut = position >= text.size();
    if (std::string_view(e.what()).find("UTF-8") != std::string_view::npos) {
      throw broken("bytes that are not UTF-8", fmt::format("{}:{}", path, line),
                   "save the file as UTF-8.");
    }
    throw broken(is_cut ? "text that ends too early" : "broken JSON",
                 fmt::format("{}:{}", path, line));
  }
}

using Visit = std::function<bool(Record&&)>;  // false: no more

void visit_array(std::string_view text, const std::string& path, const Visit& visit) {
  size_t number = 0;
  for (json& value : parse(text, path, 1)) {
    if (!visit({std::move(value), fmt::format("{}, record {}", path, ++number)})) return;
  }
}

void visit_lines(std::string_view text, const std::string& path, const Visit& visit,
                 const OnBroken& on_broken) {
  for (size_t line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = text.substr(0, end);
    if (content.find_first_not_of(kSpaces) != std::string_view::npos) {
      const std::string where = fmt::format("{}:{}", path, line);
      std::optional<json> value;
      try {
        value = parse(content, path, line);
      } catch (const DataError& e) {
        if (!on_broken) throw;
        on_broken(where, e.what());
      }
      if (value && !visit({*std::move(value), where})) return;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Visit into(std::vector<Record>& records) {
  return [&](Record&& record) {
    records.push_back(std::move(record));
    return true;
  };
}

void visit_file(const std::string& path, const Visit& visit, const OnBroken& on_broken) {
  const std::string bytes = read_file(path);
  std::string_view text = bytes;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    throw broken("UTF-16 text", path, "save it as UTF-8.");
  }
  const size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return;
  if (text[first] != '[') return visit_lines(text, path, visit, on_broken);
  std::vector<Record> records;  // all or none
  try {
    visit_array(text, path, into(records));
  } catch (const DataError& e) {
    if (!on_broken) throw;
    on_broken(path, e.what());
    return;
  }
  for (Record& record : records) {
    if (!visit(std::move(record))) return;
  }
}

std::string line_text(const json& value) {
  // Generated text can end within a character; such bytes must not stop a run.
  return json_text(value) + "\n";
}

}  // namespace

std::vector<Record> read_records(const std::string& path) { return read_records(path, {}); }

std::vector<Record> read_records(const std::string& path, const OnBroken& on_broken) {
  std::vector<Record> records;
  visit_file(path, into(records), on_broken);
  return records;
}

void for_each_record(const std::string& path, const std::function<void(Record&&)>& visit) {
  const auto go_on = [&](Record&& record) {
    visit(std::move(record));
    return true;
  };
  visit_file(path, go_on, {});
}

std::optional<Record> first_record(const std::string& path) {
  std::optional<Record> first;
  const auto stop = [&](Record&& record) {
    first = std::move(record);
    return false;
  };
  visit_file(path, stop, [](const auto&, const auto&) {});
  return first;
}

void write_records(const std::string& path, const std::vector<json>& values) {
  std::string text;
  for (const json& value : values) text += line_text(value);
  write_file(path, text);
}

}  // namespace plumbline::formats
