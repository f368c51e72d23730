// Where things lie: tests mirror sources, folders are described, recipes are complete.
#include <gmock/gmock.h>

#include <set>

#include "plumbline/base/files.h"

namespace plumbline {
namespace {

// Stages and programs are tested as a whole, in tests/integration and tests/cli.
const std::set<std::string> kTestedAsAWhole = {"app", "recipes"};

std::vector<fs::path> sources() {
  std::vector<fs::path> result;
  for (const auto& entry : fs::recursive_directory_iterator("plumbline")) {
    if (entry.path().extension() == ".cpp") result.push_back(entry.path());
  }
  return result;
}

TEST(Layout, EverySourceHasATestBesideItsFolder) {
  std::string missing;
  for (const auto& source : sources()) {
    const std::string folder = source.parent_path().filename();
    if (kTestedAsAWhole.contains(folder)) continue;
    // A source without a header of its own is part of another one.
    if (!fs::exists(fs::path(source).replace_extension(".h"))) continue;
    const fs::path test = fs::path("tests/unit") / folder / (source.stem().string() + "_test.cpp");
    if (!fs::exists(test)) missing += test.string() + "\n";
  }
  EXPECT_EQ(missing, "");
}

TEST(Layout, EveryTestHasASource) {
  std::string stray;
  for (const auto& entry : fs::recursive_directory_iterator("tests/unit")) {
    const std::string name = entry.path().filename();
    if (!name.ends_with("_test.cpp")) continue;
    const fs::path base = fs::path("plumbline") / entry.path().parent_path().filename() /
                          name.substr(0, name.size() - 9);
    if (!fs::exists(base.string() + ".cpp") && !fs::exists(base.string() + ".h"))
      stray += entry.path().string() + "\n";
  }
  EXPECT_EQ(stray, "");
}

TEST(Layout, EveryFolderHasAParagraph) {
  const std::string readme = read_file("plumbline/README.md");
  for (const auto& entry : fs::directory_iterator("plumbline")) {
    if (!entry.is_directory()) continue;
    EXPECT_THAT(readme, testing::HasSubstr("**" + entry.path().filename().string() + "**"));
  }
}

}  // namespace
}  // namespace plumbline
