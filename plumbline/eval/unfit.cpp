#include "plumbline/eval/unfit.h"

namespace plumbline::eval {

DataError Unfit::operator()(const std::string& expected, const std::string& got,
                            const std::string& where, const std::string& hint) const {
  return DataError(Complaint{.component = "eval",
                             .doing = doing,
                             .expected = expected,
                             .got = got,
                             .where = where,
                             .hint = hint.empty() ? usual_hint : hint});
}

}  // namespace plumbline::eval
