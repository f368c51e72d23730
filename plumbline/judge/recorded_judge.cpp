#include "plumbline/judge/recorded_judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "plumbline/base/error.h"
#include "plumbline/eval/answer_file.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/judge/reply_file.h"

namespace plumbline::judge {
namespace {

DataError unfit(const std::string& expected, const std::string& got, const std::string& where,
                const std::string& hint = {}) {
  return DataError(Complaint{.component = "eval",
                             .doing = "reading recorded replies",
                             .expected = expected,
                             .got = got,
                             .where = where,
                             .hint = hint});
}

// An empty reply is one, null is none.
std::string reply_of(const formats::Record& record) {
  const auto found = record.value.find("reply");
  if (found != record.value.end() && found->is_string()) return found->get<std::string>();
  const bool is_there = found != record.value.end();
  throw unfit("a text as 'reply'", is_there ? found->type_name() : "none", record.where);
}

}  // namespace

RecordedJudge::RecordedJudge(const std::string& path) : path_(path) {
  std::set<std::string> judges;
  formats::for_each_record(path, [&](formats::Record&& record) {
    const std::string id = eval::required_text(record.value, {"id"}, record.where);
    Recorded entry{.request = eval::text_of(record.value, {"request"}, record.where).value_or(""),
                   .where = record.where,
                   .reply = {reply_of(record)}};
    entry.reply.model = eval::text_of(record.value, {"model"}, record.where).value_or("");
    if (auto judge = eval::text_of(record.value, {"judge"}, record.where)) judges.insert(*judge);
    if (!entry.request.empty()) by_request_.emplace(entry.request, entry.reply);
    const auto [at, is_new] = by_id_.emplace(id, entry);
    // After a run that was stopped, the reply to an older answer may still stand there.
    if (!is_new && entry.request == at->second.request &&
        entry.reply.text != at->second.reply.text) {
      throw unfit(fmt::format("one reply about '{}'", id), "two that differ", record.where);
    }
    at->second = std::move(entry);
  });
  if (by_id_.empty()) throw unfit("replies", "an empty file", path);
  name_ = judges.empty() ? "recorded" : fmt::format("{}", fmt::join(judges, " + "));
}

std::string RecordedJudge::name() const { return name_; }

std::vector<std::string> RecordedJudge::reply(const std::vector<api::JudgeRequest>& requests) {
  return api::collected_replies(*this, requests);
}

void RecordedJudge::reply_each(const std::vector<api::JudgeRequest>& requests, const Take& take) {
  for (size_t i = 0; i < requests.size(); ++i) take(i, find(requests[i]));
}

const api::JudgeReply& RecordedJudge::find(const api::JudgeRequest& request) const {
  const std::string hash = request_hash(request);
  const auto by_id = by_id_.find(request.id);
  const bool has_id = by_id != by_id_.end();
  if (has_id && (by_id->second.request.empty() || by_id->second.request == hash)) {
    return by_id->second.reply;
  }
  const auto by_request = by_request_.find(hash);
  if (by_request != by_request_.end()) return by_request->second;
  if (!has_id) throw unfit(fmt::format("a reply about '{}'", request.id), "none", path_);
  throw unfit(fmt::format("a reply to what is asked about '{}'", request.id),
              "one to something else", by_id->second.where,
              "the answer, the prompt or the settings differ from those of the record.");
}

}  // namespace plumbline::judge
