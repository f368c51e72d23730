// Errors for outside data that a benchmark cannot use.
#pragma once

#include <string>

#include "plumbline/base/error.h"

namespace plumbline::eval {

// What makes the errors of one piece of work:
//
//   constexpr eval::Unfit unfit{"reading MMBench"};
//   throw unfit("a number", text, where);
struct Unfit {
  const char* doing;
  const char* usual_hint = "";  // of errors that have none of their own

  DataError operator()(const std::string& expected, const std::string& got,
                       const std::string& where, const std::string& hint = {}) const;
};

}  // namespace plumbline::eval
