// The subcommands there are.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace plumbline::app {

// Flags that many stages have; --device comes with --dtype. All have --set and --quiet.
enum CommonFlag : unsigned {
  kConfig = 1,
  kOut = 2,
  kSeed = 4,
  kDevice = 8,
  kResume = 16,
  kForce = 32,
  kRun = 63  // of a stage that computes into a run folder
};

struct Stage {
  const char* name;  // "ppo", or a step of another stage: "eval score"
  const char* help;
  unsigned common;                    // CommonFlags
  std::vector<std::string> sections;  // of the config, shown by --help
  std::vector<std::string> required;  // keys that must be set
  // What it takes for a key that is left out, where that is not the key's default.
  std::map<std::string, std::string> own_defaults = {};
};

const std::vector<Stage>& stages();

}  // namespace plumbline::app
