#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/config/fields.h"

namespace plumbline::config {
namespace {

// "|" would end a table cell.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string to_toml(const Config& config) {
  std::string text;
  for (const Section& section : sections()) {
    text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section.name);
    for (const Field& field : section.fields) {
      text += fmt::format("{} = {}\n", field.key, toml_text(field.get(config)));
    }
  }
  return text;
}

std::string markdown() {
  std::string text =
      "# Settings\n\n"
      "Every key of a recipe's TOML file, also as `--set section.key=value`. Printed by "
      "`plumbline keys`.\n";
  for (const Section& section : sections()) {
    text += fmt::format("\n## [{}]\n\n{}.\n\n", section.name, section.help);
    text += "| key | default | expects | meaning | source |\n|---|---|---|---|---|\n";
    for (const Field& field : section.fields) {
      text +=
          fmt::format("| `{}` | `{}` | {} | {} | {} |\n", field.key, toml_text(field.get(Config{})),
                      cell(expected(field)), cell(field.help), cell(field.source));
    }
  }
  return text;
}

std::string help(const std::vector<std::string>& names,
                 const std::map<std::string, std::string>& own_defaults) {
  std::string text = "Settings (in the TOML file, or --set section.key=value):\n";
  for (const std::string& name : names) {
    const Section* section = find_section(name);
    PLUMBLINE_CHECK(section != nullptr, fmt::format("section '{}'", name));
    for (const Field& field : section->fields) {
      const std::string key = section->name + "." + field.key;
      const auto own = own_defaults.find(key);
      const std::string setting = fmt::format(
          "{} = {}", key, own != own_defaults.end() ? own->second : toml_text(field.get(Config{})));
      text += fmt::format("  {:<36} {} ({})\n", setting, field.help, expected(field));
    }
  }
  return text;
}

}  // namespace plumbline::config
