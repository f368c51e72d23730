// Runs a fuzz target without libFuzzer: every file of a folder, then changed copies of them.
//   fuzz_NAME FOLDER MUTATIONS SEED
// The same arguments always give the same inputs. When the target crashes, the input is left in
// "NAME.crash"; `fuzz_NAME FILE 0 0` runs it alone.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

// Sanitizers then end with a signal, as other crashes do.
extern "C" const char* __asan_default_options() { return "abort_on_error=1"; }
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

namespace plumbline {
namespace {

constexpr size_t kMaxSize = 1 << 16;

std::string current;     // the input that runs
std::string crash_file;  // where it goes

// Only calls that are allowed in a signal handler.
void save_current(int signal) {
  const int fd = ::open(crash_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd >= 0 && ::write(fd, current.data(), current.size()) >= 0) {
    const std::string_view text = "the target crashed; its input is in ";
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0 ||
        ::write(STDERR_FILENO, crash_file.data(), crash_file.size()) < 0 ||
        ::write(STDERR_FILENO, "\n", 1) < 0) {
      ::_exit(1);
    }
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::vector<std::string> read_seeds(const fs::path& place) {
  std::vector<fs::path> files;
  if (fs::is_directory(place)) {
    for (const auto& entry : fs::directory_iterator(place)) files.push_back(entry.path());
  } else {
    files.push_back(place);
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> seeds;
  for (const auto& file : files) seeds.push_back(read_file(file));
  return seeds;
}

// Numbers that parsers are likely to get wrong, little-endian.
constexpr uint64_t kNumbers[] = {0,          1,          0x7f,       0x80,       0xff,
                                 0x7fff,     0xffff,     0x7fffffff, 0x80000000, 0xffffffff,
                                 1ull << 62, 1ull << 63, ~0ull >> 1, ~0ull};

class Mutator {
 public:
  Mutator(const std::vector<std::string>& seeds, uint64_t seed, uint64_t index)
      : seeds_(seeds), random_(random_key(seed, "fuzz").at(index)) {}

  std::string next() {
    std::string bytes = random_.pick(seeds_);
    // Few changes reach far into a parser, many reach its first checks.
    for (size_t i = 0, count = 1 + below(4); i < count; ++i) change(bytes);
    bytes.resize(std::min(bytes.size(), kMaxSize));
    return bytes;
  }

 private:
  void change(std::string& bytes) {
    const size_t at = below(bytes.size() + 1);
    const size_t length = std::min(bytes.size() - at, size_t{1} << below(6));
    switch (below(8)) {
      case 0:
      case 1:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        return;
      case 2:
        if (at < bytes.size()) bytes[at] = static_cast<char>(below(256));
        return;
      case 3: {
        const uint64_t number = kNumbers[below(std::size(kNumbers))];
        const size_t size = std::min(bytes.size() - at, size_t{1} << below(4));
        bytes.replace(at, size, reinterpret_cast<const char*>(&number), size);
        return;
      }
      case 4:
        bytes.resize(at);
        return;
      case 5:
        bytes.erase(at, length);
        return;
      case 6:
        bytes.insert(at, std::string(bytes, at, length));
        return;
      default: {  // the beginning of one input and the end of another
        const std::string& other = random_.pick(seeds_);
        const size_t from = below(2) == 0 ? std::min(at, other.size()) : below(other.size() + 1);
        bytes = bytes.substr(0, at) + other.substr(from);
        return;
      }
    }
  }

  size_t below(size_t bound) {
    return static_cast<size_t>(random_.below(static_cast<int64_t>(bound)));
  }

  const std::vector<std::string>& seeds_;
  Random random_;
};

// Seconds. The bytes lie in a buffer of exactly their size, so that a sanitizer sees its end.
double run_one(std::string input) {
  current = std::move(input);
  const auto start = std::chrono::steady_clock::now();
  const std::vector<uint8_t> exact(current.begin(), current.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int replay(const fs::path& place, uint64_t mutations, uint64_t seed) {
  const std::vector<std::string> seeds = read_seeds(place);
  if (seeds.empty()) {
    fmt::print(stderr, "no inputs in {}\n", place.string());
    return 2;
  }
  double slowest = 0;
  for (const std::string& bytes : seeds) slowest = std::max(slowest, run_one(bytes));
  for (uint64_t i = 0; i < mutations; ++i) {
    slowest = std::max(slowest, run_one(Mutator(seeds, seed, i).next()));
  }
  fmt::print("{} seeds and {} mutations, the slowest took {:.1f} ms\n", seeds.size(), mutations,
             slowest * 1000);
  return 0;
}

}  // namespace
}  // namespace plumbline

int main(int count, char** arguments) {
  if (count != 4) {
    fmt::print(stderr, "usage: {} FOLDER MUTATIONS SEED\n", arguments[0]);
    return 2;
  }
  plumbline::crash_file = plumbline::fs::path(arguments[0]).filename().string() + ".crash";
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    std::signal(signal, plumbline::save_current);
  }
  return plumbline::replay(arguments[1], std::strtoull(arguments[2], nullptr, 10),
                           std::strtoull(arguments[3], nullptr, 10));
}
