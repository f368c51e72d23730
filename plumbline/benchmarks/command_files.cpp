#include "plumbline/benchmarks/command_files.h"

#include "plumbline/base/error.h"

namespace plumbline::benchmarks {
namespace {

bool has_own_flag(const std::string& input) {
  return input == "questions" || input == "answers" || input == "replies";
}

// The only input of --file; "" where there are none or several.
std::string only_other_input(const eval::Benchmark& benchmark) {
  std::string name;
  for (const auto& input : benchmark.inputs) {
    if (has_own_flag(input.name)) continue;
    if (!name.empty()) return "";
    name = input.name;
  }
  return name;
}

}  // namespace

eval::EvalRequest make_request(const eval::Benchmark& benchmark, const NamedFiles& files,
                               const std::string& step, const std::vector<std::string>& needed) {
  eval::EvalRequest request{
      .files = {{"questions", files.questions},
                {"answers", files.answers},
                {"replies", files.replies}},
      .variants = variants_of(benchmark, files.variants),
      .join = files.join == "position" ? eval::Join::Position : eval::Join::Id};
  for (const auto& text : files.others) {
    const size_t equal = text.find('=');
    const std::string name =
        equal == std::string::npos ? only_other_input(benchmark) : text.substr(0, equal);
    if (name.empty()) {
      throw ConfigError(
          Complaint{.component = "eval",
                    .doing = "reading --file for " + benchmark.name,
                    .expected = "NAME=FILE",
                    .got = "'" + text + "'",
                    .hint = "`plumbline eval list` shows the names of the files it reads."});
    }
    request.files[name] = equal == std::string::npos ? text : text.substr(equal + 1);
  }
  check_files(benchmark, request, step, needed);
  return request;
}

std::vector<std::string> all_inputs(const eval::Benchmark& benchmark) {
  std::vector<std::string> names;
  for (const auto& input : benchmark.inputs) names.push_back(input.name);
  return names;
}

}  // namespace plumbline::benchmarks
