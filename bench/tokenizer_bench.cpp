// How fast a tokenizer.json encodes, by one thread: megabytes per second over the documents of a
// file, which are separated by bytes of 0, and the number of tokens. tokenizer_bench.py compares.
//
// Usage: tokenizer_bench tokenizer.json DOCUMENTS ROUNDS
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "bench/median.h"
#include "plumbline/base/files.h"
#include "plumbline/text/tokenizer.h"

namespace plumbline {
namespace {

std::vector<std::string> split(const std::string& bytes) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < bytes.size();) {
    const size_t end = std::min(bytes.find('\0', begin), bytes.size());
    parts.push_back(bytes.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

void run(char** arguments) {
  const Stopwatch watch;
  const auto tokenizer = text::Tokenizer::load(arguments[1]);
  const double load = watch.seconds();
  const std::string bytes = read_file(arguments[2]);
  const auto documents = split(bytes);
  size_t tokens = 0;
  const double seconds = median_seconds(std::atoi(arguments[3]), [&] {
    tokens = 0;
    for (const std::string& document : documents) {
      // As the peer: what spells a special token is one.
      tokens += tokenizer.encode(document, {.with_special = true}).size();
    }
  });
  fmt::print(R"({{"load": {:.3f}, "megabytes": {:.3f}, "tokens": {}}})"
             "\n",
             load, static_cast<double>(bytes.size()) / seconds / 1e6, tokens);
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: tokenizer_bench tokenizer.json DOCUMENTS ROUNDS\n");
    return 2;
  }
  try {
    plumbline::run(argv);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
  return 0;
}
