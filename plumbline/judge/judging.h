// The step between answers and scores: a judge is asked, and all it says is kept.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/api/judge.h"
#include "plumbline/judge/reply_file.h"

namespace plumbline::judge {

struct JudgingOptions {
  std::string file;        // of replies (reply_file.h); made, or gone on with
  size_t group_size = 16;  // requests that the judge gets at once
  bool allows_mixed_judges = false;
  // The run ends after so many groups in a row without any reply.
  int max_barren_groups = 3;
};

// What is there and what is to do, for a set of requests and a file.
struct JudgingPlan {
  int64_t num_requests = 0;
  int64_t num_kept = 0;           // answered in the file
  int64_t num_repeated = 0;       // the same as another one that is answered or to be asked
  int64_t num_to_ask = 0;         // by the judge
  int64_t num_changed = 0;        // among those to ask: answered before, but to something else
  int64_t num_message_bytes = 0;  // of what the judge gets; some 4 bytes are a token of English
  int64_t num_others = 0;         // lines about ids that nothing is asked about; they stay
};

// Nothing is asked or changed. Throws as judge_requests does, but for what the judge throws.
JudgingPlan plan_judging(const std::vector<api::JudgeRequest>& requests, const api::Judge& judge,
                         const JudgingOptions& options);

// Sees to it that the file has one line per request, in their order, with the judge's raw reply.
// What was asked before is not asked again: a line with the same id and request stays, a request
// equal to one of the judge's is answered by that reply, and a line that answers something else
// under an id is replaced. Each reply is in the file before the next one is waited for; so after a
// kill, a signal, a full disk or any error the same call goes on where this one ended. One process
// at a time.
//
// A reply that is not what it should be ends only its group. Returns the plan that was carried out.
//
// Throws DataError for two requests of one id, replies of another judge in the file (unless
// allowed), a file in which all replies are to something else, lines that are none of a reply file,
// and at the end if some requests have got no reply: it says how many, and why the first one.
// IoError when the file cannot be written or the judge not reached. BudgetReached. Interrupted.
JudgingPlan judge_requests(const std::vector<api::JudgeRequest>& requests, api::Judge& judge,
                           const JudgingOptions& options);

}  // namespace plumbline::judge
