// A setting that nothing reads is a lie to the user.
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "plumbline/base/files.h"

namespace plumbline {
namespace {

TEST(ConfigFields, EveryOneIsReadSomewhere) {
  std::string code;
  for (const auto& entry : fs::recursive_directory_iterator("plumbline")) {
    const std::string path = entry.path().generic_string();
    if (path.ends_with(".cpp") && !path.starts_with("plumbline/config/")) code += read_file(path);
  }
  const std::string lists = read_file("plumbline/config/section_lists.cpp") +
                            read_file("plumbline/config/ppo_fields.cpp");
  const std::regex member("&[A-Za-z]+Config::([a-z_0-9]+)");
  std::set<std::string> names;
  for (std::sregex_iterator it(lists.begin(), lists.end(), member), end; it != end; ++it) {
    names.insert((*it)[1]);
  }
  EXPECT_GT(names.size(), 150U);
  for (const auto& name : names) {
    EXPECT_TRUE(std::regex_search(code, std::regex("\\." + name + "\\b")))
        << name << " is never read";
  }
}

}  // namespace
}  // namespace plumbline
