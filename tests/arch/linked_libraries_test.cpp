// What the programs load at run time: one OpenMP runtime, and no Python; libtorch only to work.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <set>
#include <sstream>

#include "plumbline/base/files.h"

namespace plumbline {
namespace {

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  std::array<char, 4096> buffer{};
  for (size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    text.append(buffer.data(), n);
  ::pclose(pipe);
  return text;
}

TEST(LinkedLibraries, OneOpenMpRuntimeAndNoPython) {
  const fs::path program = fs::path(PLUMBLINE_BUILD_FOLDER) / "bin/plumbline-torch";
  if (!fs::exists(program)) GTEST_SKIP() << "built without torch";
  std::set<std::string> runtimes;
  std::istringstream lines(output_of("ldd '" + program.string() + "'"));
  int libraries = 0;
  for (std::string line; std::getline(lines, line); ++libraries) {
    EXPECT_EQ(line.find("libpython"), std::string::npos) << line;
    EXPECT_EQ(line.find("libtorch_python"), std::string::npos) << line;
    EXPECT_EQ(line.find("not found"), std::string::npos) << line;
    for (const char* name : {"libgomp", "libomp", "libiomp"}) {
      const size_t at = line.find("=>");
      if (line.find(name) != std::string::npos && at != std::string::npos) {
        const std::string path = line.substr(at + 3, line.rfind(' ') - at - 3);
        runtimes.insert(fs::canonical(path).string());
      }
    }
  }
  EXPECT_GT(libraries, 5);
  EXPECT_EQ(runtimes.size(), 1U) << ::testing::PrintToString(runtimes);
}

// `plumbline --help` is quick because of it.
TEST(LinkedLibraries, TheFrontDoesWithoutTorch) {
  const fs::path program = fs::path(PLUMBLINE_BUILD_FOLDER) / "bin/plumbline";
  if (!fs::exists(program)) GTEST_SKIP() << "built without torch";
  const std::string libraries = output_of("ldd '" + program.string() + "'");
  EXPECT_NE(libraries.find("libc.so"), std::string::npos);
  EXPECT_EQ(libraries.find("libtorch"), std::string::npos) << libraries;
}

}  // namespace
}  // namespace plumbline
