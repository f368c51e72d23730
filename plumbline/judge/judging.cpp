#include "plumbline/judge/judging.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"

namespace plumbline::judge {
namespace {

using Requests = std::vector<api::JudgeRequest>;

// Lines of a file by what they say.
struct Known {
  std::map<std::string, size_t> by_id;       // the last one about it
  std::map<std::string, size_t> by_request;  // one of this judge
};

// One thing to ask, and the requests that its reply answers.
struct Question {
  std::vector<size_t> requests;  // the first is the one that is asked
};

// What is to be done with a file.
struct Work {
  JudgingPlan plan;
  std::vector<std::pair<size_t, size_t>> copies;  // request, line whose reply answers it, too
  std::vector<Question> questions;
};

int64_t message_bytes(const api::JudgeRequest& request) {
  int64_t bytes = 0;
  for (const auto& message : request.messages)
    bytes += static_cast<int64_t>(message.content.size());
  return bytes;
}

void check_ids(const Requests& requests) {
  std::set<std::string> ids;
  for (const auto& request : requests) {
    if (ids.insert(request.id).second) continue;
    throw DataError(Complaint{.component = "eval",
                              .doing = "asking the judge",
                              .expected = "one request per id",
                              .got = fmt::format("two about '{}'", request.id)});
  }
}

void check_judge(const std::vector<ReplyLine>& lines, const std::string& judge,
                 const JudgingOptions& options) {
  if (options.allows_mixed_judges) return;
  const auto is_other = [&](const ReplyLine& line) { return line.judge != judge; };
  const auto other = std::find_if(lines.begin(), lines.end(), is_other);
  if (other == lines.end()) return;
  throw DataError(Complaint{
      .component = "eval",
      .doing = "asking the judge",
      .expected = fmt::format("replies of '{}' in the file", judge),
      .got = fmt::format("{} of {} lines of other judges, the first of '{}'",
                         std::count_if(lines.begin(), lines.end(), is_other), lines.size(),
                         other->judge),
      .where = other->where,
      .hint = "name another file, as what several say cannot be compared. (eval judge --mix-judges "
              "keeps these replies and asks only for those that are missing.)"});
}

Known known_of(const std::vector<ReplyLine>& lines, const std::string& judge) {
  Known known;
  for (size_t i = 0; i < lines.size(); ++i) {
    known.by_id[lines[i].id] = i;
    if (lines[i].judge == judge) known.by_request.emplace(lines[i].request, i);
  }
  return known;
}

int64_t num_lines_of_others(const Known& known, const Requests& requests) {
  int64_t num_known = 0;
  for (const auto& request : requests) num_known += known.by_id.contains(request.id);
  return static_cast<int64_t>(known.by_id.size()) - num_known;
}

Work work_of(const std::vector<ReplyLine>& lines, const Requests& requests,
             const std::string& judge) {
  const Known known = known_of(lines, judge);
  Work work;
  JudgingPlan& plan = work.plan;
  plan.num_requests = static_cast<int64_t>(requests.size());
  plan.num_others = num_lines_of_others(known, requests);
  std::map<std::string, size_t> question_of;  // by hash
  for (size_t i = 0; i < requests.size(); ++i) {
    const std::string hash = request_hash(requests[i]);
    const auto line = known.by_id.find(requests[i].id);
    const auto same = known.by_request.find(hash);
    if (line != known.by_id.end() && lines[line->second].request == hash) {
      ++plan.num_kept;
      continue;
    }
    if (same != known.by_request.end()) {
      ++plan.num_repeated;
      work.copies.emplace_back(i, same->second);
      continue;
    }
    const auto [question, is_new] = question_of.emplace(hash, work.questions.size());
    if (is_new) {
      work.questions.emplace_back();
      plan.num_message_bytes += message_bytes(requests[i]);
      ++plan.num_to_ask;
      plan.num_changed += line != known.by_id.end();
    } else {
      ++plan.num_repeated;
    }
    work.questions[question->second].requests.push_back(i);
  }
  return work;
}

// Asks what is open, a group at a time.
class Asking {
 public:
  Asking(const Requests& requests, api::Judge& judge, const JudgingOptions& options,
         ReplyFile& file, const JudgingPlan& plan)
      : requests_(requests),
        judge_(judge),
        options_(options),
        file_(file),
        done_(plan.num_kept),
        progress_("judging", plan.num_requests, done_) {}

  void copy(const std::vector<std::pair<size_t, size_t>>& copies) {
    for (const auto& [request, line] : copies) {
      const ReplyLine& known = file_.lines()[line];
      save(request, {.text = known.reply, .model = known.model});
    }
  }
  void ask(const std::vector<Question>& questions);

 private:
  int64_t room_for(const std::vector<Question>& group) const;
  void ask_group(const std::vector<Question>& group);
  void save(size_t request, const api::JudgeReply& reply) {
    file_.append(reply_line(requests_[request], judge_.name(), reply));
    progress_.update(++done_, judge_.spent());
  }

  const Requests& requests_;
  api::Judge& judge_;
  const JudgingOptions& options_;
  ReplyFile& file_;
  int64_t done_;
  Progress progress_;
  int num_barren_ = 0;
  std::optional<DataError> first_error_;
};

// A generous guess of what the lines will take.
int64_t Asking::room_for(const std::vector<Question>& group) const {
  constexpr int64_t kBytesPerToken = 8, kRest = 1024;
  int64_t bytes = 0;
  for (const auto& question : group) {
    for (const size_t i : question.requests) {
      bytes += 2 * message_bytes(requests_[i]) + kRest +
               kBytesPerToken * std::clamp<int64_t>(requests_[i].max_tokens, 0, 1 << 20);
    }
  }
  return bytes;
}

void Asking::ask_group(const std::vector<Question>& group) {
  Requests asked;
  for (const auto& question : group) asked.push_back(requests_[question.requests.front()]);
  const int64_t before = done_;
  file_.reserve(room_for(group));
  try {
    judge_.reply_each(asked, [&](size_t i, const api::JudgeReply& reply) {
      for (const size_t request : group.at(i).requests) save(request, reply);
    });
  } catch (const DataError& e) {
    log_warning("{}", e.what());
    if (!first_error_) first_error_ = e;
  }
  num_barren_ = done_ > before ? 0 : num_barren_ + 1;
}

void Asking::ask(const std::vector<Question>& questions) {
  const size_t step = std::max<size_t>(options_.group_size, 1);
  for (size_t i = 0; i < questions.size() && num_barren_ < options_.max_barren_groups; i += step) {
    stop_if_interrupted();
    const auto begin = questions.begin() + static_cast<ptrdiff_t>(i);
    ask_group({begin, begin + static_cast<ptrdiff_t>(std::min(step, questions.size() - i))});
  }
  const auto total = static_cast<int64_t>(requests_.size());
  if (done_ == total) return;
  throw DataError(Complaint{
      .component = "eval",
      .doing = "asking the judge",
      .expected = fmt::format("a reply to each of {} requests", total),
      .got = fmt::format("{}; the first error was:\n{}", done_,
                         first_error_ ? first_error_->what() : "replies that are missing"),
      .where = options_.file,
      .hint = "run the same command again (eval answer: with --resume): it asks only for those "
              "that are missing."});
}

// The lines that stay: those of the requests, in their order, then those about other ids.
std::vector<size_t> final_order(const std::vector<ReplyLine>& lines, const Requests& requests) {
  std::map<std::string, size_t> last;
  for (size_t i = 0; i < lines.size(); ++i) last[lines[i].id] = i;
  std::vector<size_t> order;
  std::set<std::string> asked;
  for (const auto& request : requests) {
    asked.insert(request.id);
    const auto line = last.find(request.id);
    if (line != last.end()) order.push_back(line->second);
  }
  for (size_t i = 0; i < lines.size(); ++i) {
    if (last[lines[i].id] == i && !asked.contains(lines[i].id)) order.push_back(i);
  }
  return order;
}

// A file in which every reply is to something else is most likely another benchmark's.
void check_same_requests(const JudgingPlan& plan, const JudgingOptions& options) {
  if (plan.num_kept > 0 || plan.num_changed < 2) return;
  throw DataError(Complaint{
      .component = "eval",
      .doing = "going on with a file of replies",
      .expected = "replies to some of these requests",
      .got = fmt::format("{} replies under their ids, all to something else", plan.num_changed),
      .where = options.file,
      .hint = "name a file of its own for these replies, or remove this one."});
}

void tell(const JudgingPlan& plan, const JudgingOptions& options) {
  if (plan.num_kept + plan.num_changed > 0) {
    log_info(
        "{} of {} requests have a reply in {}; {} more are to be asked ({} of them because "
        "what is asked has changed).",
        plan.num_kept, plan.num_requests, options.file, plan.num_to_ask, plan.num_changed);
  }
  if (plan.num_others > 0) {
    log_warning("[eval] {} has replies about {} ids that nothing is asked about; they stay.",
                options.file, plan.num_others);
  }
}

}  // namespace

JudgingPlan plan_judging(const Requests& requests, const api::Judge& judge,
                         const JudgingOptions& options) {
  check_ids(requests);
  std::vector<ReplyLine> lines;
  if (fs::exists(options.file)) lines = read_reply_file(options.file);
  check_judge(lines, judge.name(), options);
  return work_of(lines, requests, judge.name()).plan;
}

JudgingPlan judge_requests(const Requests& requests, api::Judge& judge,
                           const JudgingOptions& options) {
  check_ids(requests);
  ReplyFile file(options.file);
  check_judge(file.lines(), judge.name(), options);
  const Work work = work_of(file.lines(), requests, judge.name());
  check_same_requests(work.plan, options);
  tell(work.plan, options);
  try {
    Asking asking(requests, judge, options, file, work.plan);
    asking.copy(work.copies);
    asking.ask(work.questions);
  } catch (const IoError&) {
    throw;  // of a full disk, perhaps
  } catch (const Error&) {
    file.finish(final_order(file.lines(), requests));
    throw;
  }
  file.finish(final_order(file.lines(), requests));
  return work.plan;
}

}  // namespace plumbline::judge
