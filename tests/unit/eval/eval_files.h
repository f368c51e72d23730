// Files of made-up benchmarks for tests.
#pragma once

#include <string>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/eval/scoring.h"
#include "tests/support/scratch.h"

namespace plumbline::eval {

// A folder of files that is gone at the end.
class EvalFiles {
 public:
  // Its path.
  std::string write(const std::string& name, const std::string& text) const {
    write_file(folder_.path() / name, text);
    return path(name);
  }
  std::string path(const std::string& name) const { return folder_ / name; }

 private:
  support::ScratchFolder folder_;
};

// The figure of this name, of all answers; fails where there is none.
inline double figure(const Scoring& scoring, const std::string& name) {
  const auto values = scoring.values(total(scoring));
  for (size_t f = 0; f < values.size(); ++f) {
    if (scoring.figures[f].name == name) return values[f];
  }
  throw InternalError("no figure called " + name);
}

inline std::string printed_figure(const Scoring& scoring, const std::string& name) {
  for (const auto& spec : scoring.figures) {
    if (spec.name == name) return printed(figure(scoring, name), spec.format);
  }
  throw InternalError("no figure called " + name);
}

// What the call throws; "" if nothing.
template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace plumbline::eval
