#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <numeric>
#include <sstream>
#include <string_view>

#include "plumbline/base/error.h"
#include "plumbline/base/trimmed.h"
#include "plumbline/config/fields.h"
#include "plumbline/config/toml_file.h"

namespace plumbline::config {
namespace {

// Levenshtein's distance.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, changed});
    }
  }
  return row.back();
}

// The known "section.key" nearest to an unknown one. The right key in a wrong section, or in none,
// is one step away.
std::string nearest_key(const std::string& unknown) {
  const std::string key = unknown.substr(unknown.find('.') + 1);  // all of it without a dot
  std::string nearest;
  size_t least = std::string::npos;
  for (const Section& candidate : sections()) {
    for (const Field& field : candidate.fields) {
      const std::string name = candidate.name + "." + field.key;
      size_t distance = edit_distance(unknown, name);
      if (field.key == key) distance = std::min(distance, size_t{1});
      if (distance < least) {
        least = distance;
        nearest = name;
      }
    }
  }
  return nearest;
}

std::string nearest_section(const std::string& name) {
  const auto& all = sections();
  return std::min_element(all.begin(), all.end(),
                          [&](const Section& a, const Section& b) {
                            return edit_distance(name, a.name) < edit_distance(name, b.name);
                          })
      ->name;
}

std::optional<Value> strings_of(const toml::array& array) {
  std::vector<std::string> items;
  for (const toml::node& node : array) {
    const auto* text = node.as_string();
    if (!text) return std::nullopt;
    items.push_back(text->get());
  }
  return items;
}

// The node as a value of the same kind as `like`; nothing when it is of another kind.
std::optional<Value> value_of(const toml::node& node, const Value& like) {
  if (std::holds_alternative<bool>(like)) {
    if (const auto* flag = node.as_boolean()) return flag->get();
  } else if (std::holds_alternative<int64_t>(like)) {
    if (const auto* number = node.as_integer()) return number->get();
  } else if (std::holds_alternative<double>(like)) {
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* number = node.as_integer()) return static_cast<double>(number->get());
  } else if (std::holds_alternative<std::string>(like)) {
    if (const auto* text = node.as_string()) return text->get();
  } else if (const auto* array = node.as_array()) {
    return strings_of(*array);
  }
  return std::nullopt;
}

// What stands after "key=" on the command line, read as TOML.
std::optional<Value> toml_value(const std::string& text, const Value& like) {
  if (text.find_first_of("\r\n") != std::string::npos) return std::nullopt;
  try {
    const toml::table table = toml::parse("v = " + text);
    const toml::node* node = table.get("v");
    return node ? value_of(*node, like) : std::nullopt;
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

// Bare words: a text as it stands, or a list "a,b" or "[a, b]".
Value bare_value(const std::string& text, const Value& like) {
  if (std::holds_alternative<std::string>(like)) return text;
  std::vector<std::string> items;
  std::istringstream words(std::string(trimmed(text, " \t[]")));
  for (std::string word; std::getline(words, word, ',');)
    items.emplace_back(trimmed(word, " \t\"'"));
  return items;
}

std::optional<Value> command_line_value(const std::string& text, const Value& like) {
  const bool is_words = std::holds_alternative<std::string>(like) ||
                        std::holds_alternative<std::vector<std::string>>(like);
  if (!is_words) return toml_value(text, like);
  if (const auto value = toml_value(text, like)) return value;
  return bare_value(text, like);
}

// Collects problems while values go in; throws them together at the end.
class Loader {
 public:
  Loader() {
    for (const Section& section : sections()) {
      for (const Field& field : section.fields)
        origins()[section.name + "." + field.key] = "default";
    }
  }

  void read_file(const std::string& path) {
    const TomlFile file = try_read_toml(path);
    if (file.problem.empty()) {
      read_sections(file.table, path);
    } else {
      complain("{}", file.problem);
    }
  }

  // `flag` is empty for --set.
  void apply(const std::string& assignment, const std::string& flag) {
    loaded_.sets.push_back(assignment);
    const std::string where = flag.empty() ? "--set " + assignment : flag + ": " + assignment;
    const size_t equals = assignment.find('=');
    const std::string name(trimmed(assignment.substr(0, equals), " \t"));
    if (equals == std::string::npos) {
      return complain("{}: expected section.key=value", where);
    }
    const Field* field = find_field(name);
    if (!field) {
      return complain("{}: unknown key '{}'; the nearest is '{}'", where, name, nearest_key(name));
    }
    const auto value = command_line_value(
        std::string(trimmed(assignment.substr(equals + 1), " \t")), field->get(loaded_.config));
    put(*field, name, value, where, flag.empty() ? "--set" : flag);
  }

  Loaded finish() {
    for (const Problem& problem : validate(loaded_.config)) {
      const std::string& origin = origins().at(problem.key);
      complain("{}{}{}", origin == "default" ? "" : origin + ": ", problem.key, problem.text);
    }
    if (problems_.empty()) return std::move(loaded_);
    std::string text = fmt::format("[config] {} problem{} in the settings:", problems_.size(),
                                   problems_.size() == 1 ? "" : "s");
    for (const std::string& problem : problems_) text += "\n  " + problem;
    throw ConfigError(text);
  }

 private:
  std::map<std::string, std::string>& origins() { return loaded_.origins; }

  template <class... Args>
  void complain(fmt::format_string<Args...> format, Args&&... args) {
    problems_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  void read_sections(const toml::table& table, const std::string& path) {
    for (const auto& [name, node] : table) {
      const std::string section_name(name.str());
      const auto where = fmt::format("{}:{}", path, name.source().begin.line);
      const toml::table* keys = node.as_table();
      const Section* section = find_section(section_name);
      if (!keys) {
        complain("{}: key '{}' stands outside a section; the nearest is '{}'", where, section_name,
                 nearest_key(section_name));
      } else if (!section) {
        complain("{}: unknown section '{}'; the nearest is '{}'", where, section_name,
                 nearest_section(section_name));
      } else {
        read_keys(*section, *keys, path);
      }
    }
  }

  void read_keys(const Section& section, const toml::table& keys, const std::string& path) {
    for (const auto& [key, node] : keys) {
      const auto where = fmt::format("{}:{}", path, key.source().begin.line);
      const std::string name = section.name + "." + std::string(key.str());
      const Field* field = section.find(std::string(key.str()));
      if (!field) {
        complain("{}: unknown key '{}'; the nearest is '{}'", where, name, nearest_key(name));
        continue;
      }
      std::ostringstream shown;
      node.visit([&](const auto& typed) { shown << typed; });
      put(*field, name, value_of(node, field->get(loaded_.config)),
          fmt::format("{}: {} = {}", where, name, shown.str()), where);
    }
  }

  void put(const Field& field, const std::string& name, const std::optional<Value>& value,
           const std::string& shown, const std::string& origin) {
    if (!value || !field.limits.admits(*value)) {
      const auto* number = value ? std::get_if<int64_t>(&*value) : nullptr;
      const bool is_huge = number != nullptr && *number > kLargestInteger && !field.limits.high;
      return complain("{}: expected {}{}", shown, expected(field),
                      is_huge ? fmt::format(", at most {}", kLargestInteger) : "");
    }
    field.set(loaded_.config, *value);
    origins()[name] = origin;
  }

  Loaded loaded_;
  std::vector<std::string> problems_;
};

}  // namespace

Loaded load(const std::optional<std::string>& file, const std::vector<std::string>& sets,
            const std::map<std::string, std::string>& flags) {
  Loader loader;
  if (file) loader.read_file(*file);
  for (const std::string& assignment : sets) {
    const auto flag = flags.find(assignment);
    loader.apply(assignment, flag == flags.end() ? "" : flag->second);
  }
  return loader.finish();
}

}  // namespace plumbline::config
