// Compares the real includes with the table of which folder may use which.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "plumbline/base/files.h"

namespace plumbline {
namespace {

using Names = std::set<std::string>;

// What each folder includes beside base and itself.
const std::map<std::string, Names>& allowed() {
  static const std::map<std::string, Names> table = {
      {"base", {}},
      {"config", {}},
      {"text", {"config"}},
      {"english", {"text"}},
      {"image", {}},
      {"formats", {}},
      {"data", {"config", "text", "image", "formats"}},
      {"world", {"image", "formats", "data"}},
      {"api", {"text", "data"}},
      {"remote", {}},
      {"eval", {"text", "formats", "world", "api"}},
      {"judge", {"formats", "api", "remote", "eval"}},
      {"benchmarks", {"text", "english", "formats", "data", "api", "eval"}},
      {"audit", {"text", "world", "eval"}},
      {"study", {"config", "formats", "data", "world", "eval", "audit"}},
      {"report", {"formats", "data", "eval", "audit"}},
      {"annotate", {"text", "data", "eval"}},
      {"tensor", {}},
      {"parallel", {"tensor"}},
      {"nn", {"config", "tensor"}},
      {"model", {"config", "tensor", "nn"}},
      {"checkpoint", {"config", "text", "formats", "nn", "model"}},
      {"generate", {"text", "tensor", "nn", "model"}},
      {"rl", {"tensor"}},
      {"train", {"config", "formats", "parallel", "nn", "checkpoint"}},
      {"engine",
       {"config", "text", "image", "formats", "data", "api", "tensor", "parallel", "nn", "model",
        "checkpoint", "generate"}},
      {"rlhf",
       {"config", "formats", "data", "world", "remote", "eval", "parallel", "nn", "generate", "rl",
        "train", "engine"}},
      {"recipes", {"config", "text",       "image",    "formats", "data",   "world",    "eval",
                   "judge",  "benchmarks", "audit",    "study",   "report", "annotate", "tensor",
                   "nn",     "checkpoint", "generate", "rl",      "train",  "engine",   "rlhf"}},
      {"app", {"config", "parallel", "train", "recipes"}}};
  return table;
}

const Names kTierA = {"base",       "config", "text",  "english", "image",   "formats",
                      "data",       "world",  "api",   "remote",  "judge",   "eval",
                      "benchmarks", "audit",  "study", "report",  "annotate"};

// All that stand beneath a folder.
Names reachable(const std::string& folder) {
  Names result = {"base", folder};
  for (const auto& next : allowed().at(folder)) result.merge(reachable(next));
  return result;
}

struct Include {
  std::string from_folder, from_file, path;
};

std::vector<Include> all_includes() {
  std::vector<Include> result;
  const std::regex pattern(R"re(^\s*#include\s+["<]([^">]+)[">])re");
  for (const auto& entry : fs::recursive_directory_iterator("plumbline")) {
    const auto extension = entry.path().extension();
    if (extension != ".h" && extension != ".cpp") continue;
    const std::string file = entry.path().generic_string();
    const std::string folder = file.substr(10, file.find('/', 10) - 10);
    std::istringstream lines(read_file(entry.path()));
    std::smatch match;
    for (std::string line; std::getline(lines, line);) {
      if (std::regex_search(line, match, pattern)) result.push_back({folder, file, match[1]});
    }
  }
  return result;
}

TEST(IncludeMatrix, FoldersIncludeWhatTheTableSays) {
  std::map<std::string, Names> found;
  for (const auto& include : all_includes()) {
    if (!include.path.starts_with("plumbline/")) continue;
    const std::string to = include.path.substr(10, include.path.find('/', 10) - 10);
    ASSERT_TRUE(allowed().contains(include.from_folder))
        << include.from_file << ": a folder without a row";
    if (to == "base" || to == include.from_folder) continue;
    EXPECT_TRUE(allowed().at(include.from_folder).contains(to))
        << include.from_file << " includes " << include.path;
    found[include.from_folder].insert(to);
  }
  for (const auto& [folder, uses] : allowed()) {
    EXPECT_EQ(found[folder], uses) << folder << ": the table has what is not used";
  }
}

TEST(IncludeMatrix, LibrariesDependOnWhatTheyInclude) {
  for (const auto& [folder, uses] : allowed()) {
    const std::string text = read_file("plumbline/" + folder + "/CMakeLists.txt");
    if (text.find("DEPS") == std::string::npos) continue;  // not made by plumbline_library
    Names named;
    const std::regex list("DEPS([a-z_ \n]+)"), word("[a-z_]+");
    for (std::sregex_iterator it(text.begin(), text.end(), list), end; it != end; ++it) {
      const std::string names = (*it)[1];
      for (std::sregex_iterator w(names.begin(), names.end(), word); w != end; ++w) {
        if (allowed().contains(w->str()) && w->str() != "base") named.insert(w->str());
      }
    }
    EXPECT_EQ(named, uses) << "plumbline/" << folder << "/CMakeLists.txt";
  }
}

TEST(IncludeMatrix, TorchStopsAtItsBorder) {
  for (const auto& include : all_includes()) {
    const bool is_torch = include.path.starts_with("torch/") || include.path.starts_with("ATen/") ||
                          include.path.starts_with("c10/");
    EXPECT_FALSE(is_torch && kTierA.contains(include.from_folder))
        << include.from_file << " includes " << include.path;
    EXPECT_NE(include.path, "torch/torch.h") << include.from_file;
    const bool is_header = include.from_file.ends_with(".h");
    if (is_torch && is_header) {
      EXPECT_EQ(include.path, "ATen/core/Tensor.h") << include.from_file;
    }
  }
}

TEST(IncludeMatrix, NoTwoFoldersIncludeEachOther) {
  for (const auto& [a, uses] : allowed()) {
    for (const auto& b : reachable(a)) {
      if (a != b) {
        EXPECT_FALSE(reachable(b).contains(a)) << a << " and " << b;
      }
    }
  }
}

TEST(IncludeMatrix, RecipesDoNotIncludeEachOther) {
  for (const auto& include : all_includes()) {
    if (include.from_folder != "recipes" || !include.path.starts_with("plumbline/recipes/"))
      continue;
    // A recipe may have parts, whose names begin with its own; they may know each other.
    const std::string name = fs::path(include.from_file).stem().string();
    const std::string part = fs::path(include.path).stem().string();
    const std::string first = name.substr(0, name.find('_'));
    const std::string recipe = fs::exists("plumbline/recipes/" + first + ".cpp") ? first : name;
    const bool is_part = part == name || part.starts_with(recipe + "_");
    EXPECT_TRUE(is_part || include.path == "plumbline/recipes/stages.h")
        << include.from_file << " includes " << include.path;
  }
}

}  // namespace
}  // namespace plumbline
