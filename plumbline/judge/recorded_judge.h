// A judge that repeats what another one said: for tests, and for running a benchmark again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plumbline/api/judge.h"

namespace plumbline::judge {

// Reads JSON lines, or one array, of {"id", "reply"} and, where it is known, {"request", "judge",
// "model"}, as reply files have them. A reply belongs to the request of its hash, or, without one,
// to that of its id; the hash comes first.
class RecordedJudge : public api::Judge {
 public:
  // Throws IoError, or DataError for records that are not as above, and for two replies to one id
  // that differ.
  explicit RecordedJudge(const std::string& path);

  // That of the judge whose replies these are; "recorded" where the file names none.
  std::string name() const override;
  // Throws DataError, which names the request, for one without a reply, or whose reply is to
  // something else.
  std::vector<std::string> reply(const std::vector<api::JudgeRequest>& requests) override;
  void reply_each(const std::vector<api::JudgeRequest>& requests, const Take& take) override;

 private:
  struct Recorded {
    std::string request, where;
    api::JudgeReply reply;
  };

  const api::JudgeReply& find(const api::JudgeRequest& request) const;

  std::string path_;
  std::string name_;
  std::map<std::string, Recorded> by_id_;
  std::map<std::string, api::JudgeReply> by_request_;
};

}  // namespace plumbline::judge
