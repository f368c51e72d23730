// What a subcommand's command line may say.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "plumbline/app/stage_list.h"
#include "plumbline/recipes/stages.h"

namespace plumbline::app {

// The flags every stage has; the short ones are spellings of config keys.
struct Flags {
  std::string config;
  std::vector<std::string> sets;
  struct Spelt {
    std::string flag, key, value;
  };
  std::vector<Spelt> spelt;
  bool resume = false, force = false, quiet = false, json = false, dry_run = false;
  std::vector<std::string> inputs, images;
  std::map<std::string, std::string> named;
  std::string prompt, in;
  recipes::EvalFlags eval;
};

// The flags that a stage has.
void add_flags(CLI::App* sub, Flags& flags, const Stage& stage);

}  // namespace plumbline::app
