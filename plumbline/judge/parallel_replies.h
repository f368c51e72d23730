// A few requests at a time.
#pragma once

#include <cstddef>
#include <functional>

#include "plumbline/api/judge.h"

namespace plumbline::judge {

// Calls `ask` for each index below `count`, in at most `parallel` threads, and `take`, in the
// caller's thread, with each reply as soon as it is there.
//
// A DataError of `ask` concerns one request: the others are asked nevertheless. After any other
// error and after a signal (base/interrupt.h) no more are asked, but replies that are under way are
// waited for and taken. Throws at the end what the first request of an error of the latter kind
// threw, or else the first DataError. What `take` throws ends everything.
void parallel_replies(size_t count, int parallel,
                      const std::function<api::JudgeReply(size_t index)>& ask,
                      const api::Judge::Take& take);

}  // namespace plumbline::judge
