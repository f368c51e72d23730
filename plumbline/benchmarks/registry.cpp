#include "plumbline/benchmarks/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/benchmarks/amber.h"
#include "plumbline/benchmarks/aokvqa.h"
#include "plumbline/benchmarks/chair.h"
#include "plumbline/benchmarks/hallusion_bench.h"
#include "plumbline/benchmarks/llava_bench.h"
#include "plumbline/benchmarks/mmbench.h"
#include "plumbline/benchmarks/mme.h"
#include "plumbline/benchmarks/mmhal.h"
#include "plumbline/benchmarks/object_halbench.h"
#include "plumbline/benchmarks/own_benchmark.h"
#include "plumbline/benchmarks/pope.h"
#include "plumbline/benchmarks/science_qa.h"
#include "plumbline/benchmarks/textvqa.h"
#include "plumbline/benchmarks/vqav2.h"
#include "plumbline/benchmarks/world_benchmark.h"

namespace plumbline::benchmarks {
namespace {

ConfigError refused(const std::string& doing, const std::string& expected, const std::string& got) {
  return ConfigError(
      Complaint{.component = "eval",
                .doing = doing,
                .expected = expected,
                .got = got,
                .hint = "`plumbline eval list` shows all benchmarks and their files."});
}

std::string flag_of(const std::string& input) {
  const bool has_flag = input == "questions" || input == "answers" || input == "replies";
  return has_flag ? "--" + input + " FILE" : "--file " + input + "=FILE";
}

// "  name      what it is", in two lines where the name is long.
std::string line(const std::string& name, const std::string& what) {
  constexpr size_t kWidth = 34;
  const std::string head = "  " + name;
  const bool is_long = head.size() + 2 > kWidth;
  return head +
         (is_long ? "\n" + std::string(kWidth, ' ') : std::string(kWidth - head.size(), ' ')) +
         what + "\n";
}

std::string entry(const eval::Benchmark& benchmark) {
  std::string text = fmt::format("{:<16}  {}\n", benchmark.name, benchmark.title);
  for (const auto& input : benchmark.inputs) {
    text += line(flag_of(input.name), (input.is_required ? "" : "optional: ") + input.what);
  }
  for (const auto& variant : benchmark.variants) {
    const std::string values =
        variant.values.empty() ? "VALUE" : fmt::format("{}", fmt::join(variant.values, "|"));
    text += line("--variant " + variant.name + "=" + values, variant.what);
  }
  text += line("judge", benchmark.judge.empty() ? "none" : benchmark.judge);
  text += line("reports", benchmark.reports);
  return text;
}

}  // namespace

const std::vector<eval::Benchmark>& benchmarks() {
  static const std::vector<eval::Benchmark> list = {
      amber(),   aokvqa(),     chair(),   hallusion_bench(), llava_bench(),
      mmbench(), mme(),        mmhal(),   object_halbench(), own_benchmark(),
      pope(),    science_qa(), textvqa(), vqav2(),           world_benchmark()};
  return list;
}

const eval::Benchmark& benchmark(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& benchmark : benchmarks()) {
    if (benchmark.name == name) return benchmark;
    names.push_back(benchmark.name);
  }
  throw refused("looking for a benchmark", fmt::format("one of {}", fmt::join(names, ", ")),
                "'" + name + "'");
}

std::map<std::string, std::string> variants_of(const eval::Benchmark& benchmark,
                                               const std::vector<std::string>& given) {
  std::map<std::string, std::string> chosen;
  for (const auto& variant : benchmark.variants) {
    chosen[variant.name] = variant.values.empty() ? "" : variant.values.front();
  }
  for (const auto& text : given) {
    const size_t equal = text.find('=');
    const std::string name = text.substr(0, equal);
    const auto found = std::find_if(benchmark.variants.begin(), benchmark.variants.end(),
                                    [&](const auto& variant) { return variant.name == name; });
    if (equal == std::string::npos || found == benchmark.variants.end()) {
      std::vector<std::string> names;
      for (const auto& variant : benchmark.variants) names.push_back(variant.name);
      throw refused("choosing a variant of " + benchmark.name,
                    names.empty()
                        ? "none: it has no variants"
                        : fmt::format("NAME=VALUE with a name of {}", fmt::join(names, ", ")),
                    "'" + text + "'");
    }
    const std::string value = text.substr(equal + 1);
    const auto& values = found->values;
    if (!values.empty() && std::find(values.begin(), values.end(), value) == values.end()) {
      throw refused("choosing " + name, fmt::format("one of {}", fmt::join(values, ", ")),
                    "'" + value + "'");
    }
    chosen[name] = value;
  }
  return chosen;
}

void check_files(const eval::Benchmark& benchmark, const eval::EvalRequest& request,
                 const std::string& step, const std::vector<std::string>& needed) {
  std::vector<std::string> missing, unknown;
  for (const auto& input : benchmark.inputs) {
    const bool is_needed =
        input.is_required && std::find(needed.begin(), needed.end(), input.name) != needed.end();
    if (is_needed && request.file(input.name).empty()) missing.push_back(flag_of(input.name));
  }
  for (const auto& file : request.files) {
    const bool is_known = std::any_of(benchmark.inputs.begin(), benchmark.inputs.end(),
                                      [&](const auto& input) { return input.name == file.first; });
    if (!is_known && !file.second.empty()) unknown.push_back(flag_of(file.first));
  }
  if (missing.empty() && unknown.empty()) return;
  std::string got;
  if (!missing.empty()) got = fmt::format("no {}", fmt::join(missing, ", no "));
  if (!unknown.empty()) {
    got += fmt::format("{}{}, which it does not read", got.empty() ? "" : ", and ",
                       fmt::join(unknown, ", "));
  }
  throw refused(fmt::format("checking the files of eval {} {}", step, benchmark.name),
                "the files it reads", got);
}

std::string list_text() {
  std::string text;
  for (const auto& benchmark : benchmarks()) {
    text += (text.empty() ? "" : "\n") + entry(benchmark);
  }
  return text;
}

}  // namespace plumbline::benchmarks
