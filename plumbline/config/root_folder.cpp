#include "plumbline/config/root_folder.h"

#include <cstdlib>
#include <vector>

#include "plumbline/base/error.h"

namespace plumbline::config {

fs::path find_root() {
  std::vector<fs::path> places;
  if (const char* home = std::getenv("PLUMBLINE_HOME")) places.emplace_back(home);
  places.push_back(".");
  std::error_code error;
  for (fs::path p = fs::read_symlink("/proc/self/exe", error); p.has_relative_path();
       p = p.parent_path()) {
    places.push_back(p.parent_path());
  }
  for (const auto& place : places) {
    if (fs::exists(place / "configs/world/sft.toml")) return place;
  }
  throw IoError(Complaint{.component = "config",
                          .doing = "looking for the files that come with the program",
                          .expected = "configs/world below the current folder or the program's",
                          .got = "none",
                          .hint = "run it from the repository, or set PLUMBLINE_HOME to it."});
}

}  // namespace plumbline::config
