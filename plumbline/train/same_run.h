// Whether a folder holds the run that is to go on in it. Torch-free.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/config/config.h"

namespace plumbline::train {

// What run.json says of a run folder, or null when it is not one of Plumbline's.
nlohmann::json read_run_json(const fs::path& run);

// What run.json holds under this name; `otherwise` where that is no text, or not there.
std::string text_of_run(const fs::path& run, const char* name, const std::string& otherwise = {});

// The files and adapters that settings name, but for models, and other inputs by the names of their
// contents (of a folder: of the files in it): a run that goes on with other data would be neither
// the old nor a new one. Folders of images are not looked into.
nlohmann::ordered_json input_hashes(const config::Config& config,
                                    const std::vector<std::string>& inputs);

// Throws ConfigError when the run in run.out is one of another stage; of another config (naming the
// settings) in more than where the run lies (and what was moved with it), how often it saves and
// how paths are spelt, where settings that are newer than the run had their defaults; of a config
// that cannot be read; or on files or other inputs with another content.
void check_same_run(const std::string& stage, const config::Loaded& loaded,
                    const std::vector<std::string>& inputs = {});

}  // namespace plumbline::train
