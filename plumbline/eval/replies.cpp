#include "plumbline/eval/replies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <unordered_map>
#include <unordered_set>

#include "plumbline/eval/answer_file.h"
#include "plumbline/eval/join.h"
#include "plumbline/eval/unfit.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::eval {
namespace {

using nlohmann::json;

struct Reply {
  bool is_raw = false;  // a chat response, without id
  std::string id = {};
  std::string text = {}, judge = {};
  std::string asked = {};                 // what the judge was shown, or empty
  std::optional<std::string> about = {};  // the answer it is to, where the file says so
  bool is_replaced_by_later = false;      // the same id may come again
  std::string where = {};
};

constexpr Unfit unfit{"reading a judge's replies"};

// The text of the first choice of a raw chat response; empty for null.
std::string first_choice(const json& response, const std::string& where) {
  const json& choices = response.at("choices");
  if (choices.is_array() && !choices.empty() && choices[0].is_object()) {
    const auto message = choices[0].find("message");
    if (message != choices[0].end() && message->is_object() && message->contains("content")) {
      return text_of(*message, {"content"}, where).value_or("");
    }
  }
  throw unfit("choices[0].message.content", "none", where);
}

std::string shown(const json& record) {
  std::string text;
  const auto messages = record.find("messages");
  if (messages == record.end() || !messages->is_array()) return text;
  for (const json& message : *messages) {
    const bool is_text =
        message.is_object() && message.contains("content") && message.at("content").is_string();
    if (!is_text) return "";
    text += message.at("content").get<std::string>() + "\n";
  }
  return text;
}

Reply read_reply(const json& record, const std::string& where) {
  if (!record.is_object()) throw unfit("an object", record.type_name(), where);
  if (record.contains("choices")) {
    return {.is_raw = true,
            .text = first_choice(record, where),
            .judge = text_of(record, {"model"}, where).value_or(""),
            .where = where};
  }
  const bool is_ours = record.contains("judge");
  const auto id_name = is_ours || !record.contains("question_id") ? "id" : "question_id";
  if (!record.contains(id_name)) throw unfit("an id, or 'choices'", "neither", where);
  const std::vector<std::string> names = {"reply", "content", "text"};
  if (!record.contains("reply") && !record.contains("content") && !record.contains("text")) {
    throw unfit("'reply', 'content' or 'text'", "none", where);
  }
  return {.id = id_text(record.at(id_name), where),
          .text = text_of(record, names, where).value_or(""),
          .judge = text_of(record, {"judge"}, where).value_or(""),
          .asked = shown(record),
          .about = text_of(record, {"about"}, where),
          .is_replaced_by_later = is_ours,
          .where = where};
}

std::vector<Reply> read_file_of_replies(const std::string& path) {
  std::vector<Reply> replies;
  formats::for_each_record(path, [&](const formats::Record& record) {
    replies.push_back(read_reply(record.value, record.where));
  });
  if (replies.empty()) throw unfit("replies", "an empty file", path);
  return replies;
}

// Each id once: the last of those that may come again.
std::vector<Reply> latest(std::vector<Reply> replies, const std::string& path) {
  for (const auto& reply : replies) {
    if (reply.is_raw) throw unfit("replies with ids throughout", "a chat response", reply.where);
  }
  std::unordered_map<std::string, size_t> rows;
  std::vector<Reply> kept;
  std::vector<std::string> twice;
  for (Reply& reply : replies) {
    const auto [row, is_new] = rows.emplace(reply.id, kept.size());
    if (is_new) {
      kept.push_back(std::move(reply));
    } else if (reply.is_replaced_by_later && kept[row->second].is_replaced_by_later) {
      kept[row->second] = std::move(reply);
    } else {
      twice.push_back(reply.id);
    }
  }
  if (!twice.empty()) throw unfit("one reply to each id", "two to " + first_of(twice), path);
  return kept;
}

std::vector<Reply> by_id(std::vector<Reply> replies, const std::vector<JudgedAnswer>& answers,
                         const std::string& path) {
  replies = latest(std::move(replies), path);
  std::unordered_map<std::string, size_t> rows;
  for (size_t i = 0; i < replies.size(); ++i) rows.emplace(replies[i].id, i);
  std::unordered_set<std::string> judged;
  std::vector<std::string> missing, unknown;
  for (const auto& answer : answers) {
    judged.insert(answer.id);
    if (!answer.is_optional && !rows.contains(answer.id)) missing.push_back(answer.id);
  }
  for (const auto& reply : replies) {
    if (!judged.contains(reply.id)) unknown.push_back(reply.id);
  }
  if (!missing.empty() || !unknown.empty()) {
    std::string got;
    if (!missing.empty()) got = "none to " + first_of(missing);
    if (!unknown.empty()) {
      got += (got.empty() ? "" : "; ") + std::string("replies to ") + first_of(unknown) +
             ", which are no answers' ids";
    }
    throw unfit("one reply to each answer", got, path,
                missing.empty() ? "the replies may be to another benchmark's answers."
                                : "`plumbline eval judge` goes on where it stopped.");
  }
  std::vector<Reply> joined;
  joined.reserve(answers.size());
  for (const auto& answer : answers) {
    const auto row = rows.find(answer.id);
    joined.push_back(row == rows.end() ? Reply{} : std::move(replies[row->second]));
  }
  return joined;
}

std::vector<Reply> by_position(std::vector<Reply> replies, const std::vector<JudgedAnswer>& answers,
                               const std::string& path) {
  for (const auto& reply : replies) {
    if (!reply.is_raw) {
      throw unfit("raw chat responses throughout", "a reply with an id", reply.where);
    }
  }
  const std::string hint = "raw chat responses have no ids: only their order tells whose they are.";
  if (replies.size() != answers.size()) {
    throw unfit(fmt::format("{} raw chat responses, one to each answer", answers.size()),
                std::to_string(replies.size()), path, hint);
  }
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].place != i) {
      throw unfit("raw chat responses to answers in the questions' order",
                  fmt::format("the answer to {} as number {} instead of {}", answers[i].id,
                              answers[i].place + 1, i + 1),
                  path, hint);
    }
  }
  return replies;
}

// Replies are kept for long: they must not be taken for replies to newer answers.
void check_same_answer(const Reply& reply, const JudgedAnswer& answer) {
  const bool is_same =
      reply.about ? *reply.about == answer.text
                  : reply.asked.empty() || reply.asked.find(answer.text) != std::string::npos;
  if (is_same) return;
  throw unfit("a reply about the answer that is scored", "one to another answer to " + answer.id,
              reply.where, "judge these answers anew, or score the answers that were judged.");
}

std::string judge_of(const std::vector<Reply>& replies, bool may_mix_judges,
                     const std::string& path) {
  std::set<std::string> judges;
  for (const auto& reply : replies) {
    const bool is_there = !reply.where.empty();
    if (is_there) judges.insert(reply.judge);
  }
  if (judges.size() > 1 && !may_mix_judges) {
    throw unfit("replies of one judge", fmt::format("of '{}'", fmt::join(judges, "' and '")), path,
                "judges differ too much to be mixed; --variant judges=several scores them all the "
                "same.");
  }
  judges.erase("");
  return fmt::format("{}", fmt::join(judges, ", "));
}

}  // namespace

Replies read_replies(const std::string& path, const std::vector<JudgedAnswer>& answers,
                     bool may_mix_judges) {
  auto replies = read_file_of_replies(path);
  replies = replies.front().is_raw ? by_position(std::move(replies), answers, path)
                                   : by_id(std::move(replies), answers, path);
  Replies result{.texts = {}, .judge = judge_of(replies, may_mix_judges, path)};
  for (size_t i = 0; i < replies.size(); ++i) {
    check_same_answer(replies[i], answers[i]);
    result.texts.push_back(std::move(replies[i].text));
  }
  return result;
}

VariantSpec judges_variant() {
  return {"judges", {"one", "several"}, "whether replies may be of several judges"};
}

Replies read_replies(const EvalRequest& request, const std::vector<JudgedAnswer>& answers) {
  return read_replies(request.file("replies"), answers, request.variant("judges") == "several");
}

}  // namespace plumbline::eval
