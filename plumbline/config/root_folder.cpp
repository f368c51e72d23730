#include "plumbline/config/root_folder.h"

#include <cstdlib>
#include <vector>

#include "plumbline/base/error.h"

namespace plumbline::config {

constexpr const char* kFile = "configs/world/sft.toml";

fs::path find_root() {
  std::vector<fs::path> places;
  const char* home = std::getenv("PLUMBLINE_HOME");
  if (home != nullptr) {
    if (fs::exists(fs::path(home) / kFile)) return home;
    throw IoError(Complaint{.component = "config",
                            .doing = "looking for the files that come with the program",
                            .expected = std::string(kFile) + " in PLUMBLINE_HOME",
                            .got = "none",
                            .where = home,
                            .hint = "set it to the repository, or not at all."});
  }
  places.push_back(".");
  std::error_code error;
  for (fs::path p = fs::read_symlink("/proc/self/exe", error); p.has_relative_path();
       p = p.parent_path()) {
    places.push_back(p.parent_path());
  }
  for (const auto& place : places) {
    if (fs::exists(place / kFile)) return place;
  }
  throw IoError(Complaint{.component = "config",
                          .doing = "looking for the files that come with the program",
                          .expected = "configs/world below the current folder or the program's",
                          .got = "none",
                          .hint = "run it from the repository, or set PLUMBLINE_HOME to it."});
}

}  // namespace plumbline::config
