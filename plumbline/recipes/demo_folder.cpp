#include "plumbline/recipes/demo_folder.h"

#include <algorithm>
#include <string>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/train/folder_lock.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {
namespace {

bool is_demo_entry(const std::string& name) {
  static const std::vector<std::string> names = {"data",        "sft",       "sample",
                                                 "annotate",    "audit",     "study",
                                                 "claims.json", "claims.md", "report.html"};
  static const std::vector<std::string> kinds = {"eval-", "reward-", "ppo-", "audit-"};
  return std::find(names.begin(), names.end(), name) != names.end() ||
         std::any_of(kinds.begin(), kinds.end(),
                     [&](const std::string& kind) { return name.starts_with(kind); });
}

bool holds_only(const fs::path& folder, const std::string& name) {
  const fs::directory_iterator entries(folder);
  return std::all_of(begin(entries), end(entries),
                     [&](const auto& entry) { return entry.path().filename() == name; });
}

std::vector<std::string> names_in(const fs::path& root) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.path().filename() != train::kLockName) names.push_back(entry.path().filename());
  }
  return names;
}

// Its first stage has begun, or a kill came before.
bool is_demo(const fs::path& root, const std::vector<std::string>& names) {
  const fs::path first = root / "data/sft";
  if (fs::exists(first / "config.toml")) return true;
  return names == std::vector<std::string>{"data"} && fs::is_directory(root / "data") &&
         holds_only(root / "data", "sft") &&
         (!fs::exists(first) || holds_only(first, train::kLockName));
}

ConfigError refused(const fs::path& root, const char* expected, const std::string& got,
                    const char* hint) {
  return ConfigError(Complaint{.component = "demo",
                               .doing = "opening its folder",
                               .expected = expected,
                               .got = got,
                               .where = root.string(),
                               .hint = hint});
}

}  // namespace

void check_demo_folder(const fs::path& root, DemoOpening opening, const fs::path& base) {
  if (!fs::exists(root)) return;
  constexpr const char* kExpected = "a folder that does not exist or is empty";
  if (!fs::is_directory(root)) throw refused(root, kExpected, "a file", "choose another --out.");
  const auto names = names_in(root);
  if (names.empty()) return;
  if (!is_demo(root, names)) {
    throw refused(root, kExpected, "one that is not a demo's",
                  "choose another --out; what is there is left alone.");
  }
  if (!opening.resume && !opening.force) {
    throw refused(root, kExpected, "an earlier run", "--resume continues it, --force starts anew.");
  }
  if (opening.force && lies_in(base, root)) {
    throw refused(root, "demo.base outside of it, as it is replaced", base.string(),
                  "choose another --out.");
  }
}

std::shared_ptr<int> open_demo_folder(const fs::path& root, DemoOpening opening) {
  make_folders(root);
  auto held = train::hold_folder(root);
  if (!opening.force) return held;
  for (const auto& name : names_in(root)) {
    if (is_demo_entry(name)) fs::remove_all(root / name);
  }
  return held;
}

}  // namespace plumbline::recipes
