#include "plumbline/benchmarks/word_vectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <string_view>

#include "plumbline/base/file_view.h"
#include "plumbline/eval/unfit.h"

namespace plumbline::benchmarks {
namespace {

constexpr eval::Unfit unfit{"reading word vectors", "take a text file of GloVe or word2vec."};

std::vector<double> numbers(std::string_view text, const std::string& where) {
  std::vector<double> values;
  while (true) {
    const size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return values;
    text.remove_prefix(begin);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || !std::isfinite(value)) {
      throw unfit("numbers", fmt::format("'{}'", text.substr(0, 20)), where);
    }
    values.push_back(value);
    text.remove_prefix(static_cast<size_t>(end - text.data()));
  }
}

void normalise(std::vector<double>& vector) {
  const double length =
      std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
  if (length > 0) {
    for (double& value : vector) value /= length;
  }
}

}  // namespace

WordVectors::WordVectors(const std::string& path, const std::set<std::string>& words) {
  const FileView file(path);
  std::string_view text = file.bytes();
  size_t size = 0;
  for (int64_t line_number = 1; !text.empty(); ++line_number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const std::string word(line.substr(0, blank));
    if (!words.contains(word) || vectors_.contains(word)) continue;
    const std::string where = fmt::format("{}:{}", path, line_number);
    auto vector = numbers(line.substr(blank), where);
    if (vector.empty() || (size != 0 && vector.size() != size)) {
      throw unfit(size == 0 ? "a vector" : fmt::format("{} numbers", size),
                  fmt::format("{}", vector.size()), where);
    }
    size = vector.size();
    normalise(vector);
    vectors_.emplace(word, std::move(vector));
  }
  if (vectors_.empty()) throw unfit("vectors of the benchmark's words", "none", path);
}

double WordVectors::similarity(const std::string& a, const std::string& b) const {
  if (a == b) return 1;
  const auto first = vectors_.find(a), second = vectors_.find(b);
  if (first == vectors_.end() || second == vectors_.end()) return 0;
  return std::inner_product(first->second.begin(), first->second.end(), second->second.begin(),
                            0.0);
}

}  // namespace plumbline::benchmarks
