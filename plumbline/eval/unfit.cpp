#include "plumbline/eval/unfit.h"

namespace plumbline::eval {

DataError unfit(const std::string& doing, const std::string& expected, const std::string& got,
                const std::string& where, const std::string& hint) {
  return DataError(Complaint{.component = "eval",
                             .doing = doing,
                             .expected = expected,
                             .got = got,
                             .where = where,
                             .hint = hint});
}

}  // namespace plumbline::eval
