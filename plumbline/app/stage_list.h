// The subcommands there are.
#pragma once

#include <string>
#include <vector>

namespace plumbline::app {

struct Stage {
  const char* name;  // "ppo", or a step of another stage: "eval score"
  const char* help;
  std::vector<std::string> sections;  // of the config, shown by --help
  std::vector<std::string> required;  // keys that must be set
};

const std::vector<Stage>& stages();

}  // namespace plumbline::app
