// Words as vectors, whose angles say how alike they are.
#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace plumbline::benchmarks {

class WordVectors {
 public:
  // No vectors: only equal words are alike.
  WordVectors() = default;

  // Reads the vectors of `words` from a text file of GloVe ("word v1 v2 ...") or word2vec (the same
  // behind a line "words size"); other lines are passed over. Throws IoError; DataError for a
  // vector that is no numbers or has another length, naming file and line, and for a file without
  // any of the words.
  WordVectors(const std::string& path, const std::set<std::string>& words);

  // The cosine of the angle between both: 1 for equal words, 0 where one has no vector.
  double similarity(const std::string& a, const std::string& b) const;

  size_t size() const { return vectors_.size(); }

 private:
  std::unordered_map<std::string, std::vector<double>> vectors_;  // of length 1, or all 0
};

}  // namespace plumbline::benchmarks
