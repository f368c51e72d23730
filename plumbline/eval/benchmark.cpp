#include "plumbline/eval/benchmark.h"

#include "plumbline/base/error.h"

namespace plumbline::eval {

const std::string& EvalRequest::file(const std::string& name) const {
  static const std::string none;
  const auto found = files.find(name);
  return found == files.end() ? none : found->second;
}

const std::string& EvalRequest::variant(const std::string& name) const {
  const auto found = variants.find(name);
  PLUMBLINE_CHECK(found != variants.end(), "no variant " + name);
  return found->second;
}

}  // namespace plumbline::eval
