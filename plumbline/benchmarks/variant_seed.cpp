#include "plumbline/benchmarks/variant_seed.h"

#include <charconv>

#include "plumbline/base/error.h"

namespace plumbline::benchmarks {

int64_t variant_seed(const eval::EvalRequest& request) {
  const std::string& text = request.variant("seed");
  int64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seed);
  if (text.empty() || (error == std::errc() && stop == end && seed >= 0)) return seed;
  throw ConfigError(Complaint{.component = "eval",
                              .doing = "choosing seed",
                              .expected = "a whole number",
                              .got = "'" + text + "'"});
}

}  // namespace plumbline::benchmarks
