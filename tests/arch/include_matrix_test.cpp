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

// What each folder may include beside base and itself; it may also use what those use in turn.
// `config` is open to all but rl.
const std::map<std::string, Names>& allowed() {
  static const std::map<std::string, Names> table = {
      {"base", {}},
      {"config", {}},
      {"text", {"config"}},
      {"english", {"text"}},
      {"image", {"config"}},
      {"formats", {"config"}},
      {"data", {"config", "text", "image", "formats"}},
      {"world", {"data", "image"}},
      {"api", {"data"}},
      {"remote", {}},
      {"eval", {"api", "data", "world"}},
      {"judge", {"eval", "remote"}},
      {"benchmarks", {"eval", "english"}},
      {"audit", {"eval"}},
      {"study", {"audit", "formats"}},
      {"report", {"audit", "formats"}},
      {"annotate", {"eval", "formats"}},
      {"tensor", {"config", "data"}},
      {"parallel", {"tensor"}},
      {"nn", {"tensor"}},
      {"model", {"nn"}},
      {"checkpoint", {"model", "formats"}},
      {"generate", {"model", "text"}},
      {"rl", {"tensor"}},
      {"train", {"parallel", "checkpoint"}},
      {"engine", {"api", "parallel", "generate", "checkpoint"}},
      {"rlhf", {"remote", "eval", "rl", "train", "engine"}},
      {"recipes", {"benchmarks", "judge", "report", "study", "annotate", "rlhf"}},
      {"app", {"recipes"}}};
  return table;
}

const Names kTierA = {"base",       "config", "text",  "english", "image",   "formats",
                      "data",       "world",  "api",   "remote",  "judge",   "eval",
                      "benchmarks", "audit",  "study", "report",  "annotate"};

Names reachable(const std::string& folder) {
  Names result = {"base", folder};
  if (folder == "rl") return {"base", "rl", "tensor"};  // tensors and numbers, nothing beneath
  for (const auto& next : allowed().at(folder)) result.merge(reachable(next));
  if (folder != "base") result.insert("config");
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

TEST(IncludeMatrix, FoldersIncludeOnlyWhatTheTableAllows) {
  int checked = 0;
  for (const auto& include : all_includes()) {
    if (!include.path.starts_with("plumbline/")) continue;
    const std::string to = include.path.substr(10, include.path.find('/', 10) - 10);
    ASSERT_TRUE(allowed().contains(include.from_folder))
        << include.from_file << ": a folder without a row";
    EXPECT_TRUE(reachable(include.from_folder).contains(to))
        << include.from_file << " includes " << include.path;
    ++checked;
  }
  EXPECT_GT(checked, 100);
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
