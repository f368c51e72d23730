// Every command that the documentation shows is one that the program understands: its flags, and
// the keys and values of its settings.
#include <gmock/gmock.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "plumbline/app/command_line.h"
#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/config/config.h"

namespace plumbline {
namespace {

struct Shown {
  std::string where, text;
};

std::vector<fs::path> pages() {
  std::vector<fs::path> pages = {"README.md", "CONTRIBUTING.md", "bench/RESULTS.md"};
  for (const auto& entry : fs::recursive_directory_iterator("docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  return pages;
}

std::vector<fs::path> configs() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator("configs")) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  return files;
}

// Lines that begin with `prefix` and the program, with those that a backslash continues. `./dev
// demo` is `plumbline demo`.
std::vector<Shown> commands(const fs::path& file, const std::string& prefix) {
  std::vector<Shown> result;
  std::ifstream lines(file);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with(prefix + "./dev demo")) {
      line = prefix + "plumbline" + line.substr(prefix.size() + 5);
    }
    if (!line.starts_with(prefix + "plumbline ")) continue;
    const std::string where = file.string() + ":" + std::to_string(number);
    while (line.ends_with('\\')) {
      line.pop_back();
      std::string more;
      std::getline(lines, more);
      ++number;
      line += more;
    }
    result.push_back({where, line.substr(prefix.size())});
  }
  return result;
}

// As a shell would: quotes, and no more than the first command.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool is_within = false;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      is_within = true;
    } else if (c == ' ') {
      if (is_within) words.push_back(word);
      word.clear();
      is_within = false;
    } else if ((c == '#' && !is_within) || c == '|' || c == '>' || c == '<' || c == '&' ||
               c == ';') {
      break;
    } else {
      word += c;
      is_within = true;
    }
  }
  if (is_within) words.push_back(word);
  std::erase(words, "...");  // flags that the text has named before
  return words;
}

// Throws what is wrong with a command's config and settings.
void check(const app::Flags& flags) {
  auto sets = flags.sets;
  for (const auto& [flag, key, value] : flags.spelt) sets.push_back(key + "=" + value);
  const bool is_own = flags.config.starts_with("configs/");
  const bool has_config = !flags.config.empty() && (is_own || fs::exists(flags.config));
  config::load(has_config ? std::optional(flags.config) : std::nullopt, sets);
}

// What is wrong with a command; nothing when it is understood.
std::string complaint(const std::string& text) {
  std::vector<std::string> words = words_of(text);
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  testing::internal::CaptureStdout();
  std::string error;
  try {
    const auto said = app::parse(static_cast<int>(words.size()), argv.data());
    if (said.stage != nullptr) check(said.flags);
  } catch (const Error& e) {
    error = e.what();
  }
  testing::internal::GetCapturedStdout();
  return error;
}

void expect_understood(const std::vector<fs::path>& files, const std::string& prefix,
                       size_t least) {
  size_t count = 0;
  for (const auto& file : files) {
    for (const auto& [where, text] : commands(file, prefix)) {
      ++count;
      EXPECT_EQ(complaint(text), "") << where << ": " << text;
    }
  }
  EXPECT_GE(count, least);
}

TEST(Documented, CommandsOfPagesAreUnderstood) { expect_understood(pages(), "    ", 40); }

TEST(Documented, LaunchLinesOfConfigsAreUnderstood) {
  expect_understood(configs(), "# Launch:  ", 8);
}

TEST(Documented, LinksLeadToFiles) {
  const std::regex link(R"re(\]\(([^)#]+)(#[^)]*)?\))re");
  int count = 0;
  for (const auto& page : pages()) {
    const std::string text = read_file(page);
    for (std::sregex_iterator it(text.begin(), text.end(), link), end; it != end; ++it) {
      const std::string target = (*it)[1];
      if (target.find("://") != std::string::npos) continue;
      EXPECT_TRUE(fs::exists(page.parent_path() / target)) << page << " links " << target;
      ++count;
    }
  }
  EXPECT_GT(count, 60);
}

TEST(Documented, AWrongCommandWouldBeSeen) {
  EXPECT_NE(complaint("plumbline sft --sett x=1"), "");
  EXPECT_NE(complaint("plumbline sft --set sft.epoch=1"), "");
  EXPECT_NE(complaint("plumbline ppo --config configs/world/none.toml"), "");
  EXPECT_EQ(complaint("plumbline sft --set 'sft.epochs=1' --out \"a b\"  # comment"), "");
}

}  // namespace
}  // namespace plumbline
