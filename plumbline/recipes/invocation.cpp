#include "plumbline/base/files.h"
#include "plumbline/data/mixture.h"
#include "plumbline/recipes/stages.h"

namespace plumbline::recipes {

std::vector<std::string> Invocation::files() const {
  std::vector<std::string> files;
  for (const auto& input : inputs) {  // or what else a command is told, such as a benchmark's name
    if (fs::exists(input)) files.push_back(input);
  }
  for (const auto& file : {in, eval.questions}) {
    if (!file.empty()) files.push_back(file);
  }
  files.insert(files.end(), eval.answers.begin(), eval.answers.end());
  files.insert(files.end(), eval.replies.begin(), eval.replies.end());
  for (const auto& other : eval.files) {  // NAME=FILE
    const size_t sign = other.find('=');
    if (sign != std::string::npos) files.push_back(other.substr(sign + 1));
  }
  const config::DataConfig& data = loaded.config.data;
  for (const auto& path : {data.train, data.eval}) {
    if (!path.ends_with(".toml")) continue;
    for (const auto& source : data::source_files(path, data.images)) {
      if (fs::is_regular_file(source.path)) files.push_back(source.path);
    }
  }
  return files;
}

}  // namespace plumbline::recipes
