#include "plumbline/eval/join.h"

#include <fmt/format.h>

#include <cctype>
#include <string_view>
#include <unordered_map>

#include "plumbline/eval/unfit.h"

namespace plumbline::eval {
namespace {

constexpr size_t kShown = 5;

constexpr Unfit unfit{"joining answers to questions"};

// Words with one blank between them, without a placeholder of the image.
std::string plain(std::string_view text) {
  std::string result;
  bool is_gap = false;
  for (size_t i = 0; i < text.size(); ++i) {
    constexpr std::string_view kImage = "<image>";
    if (text.substr(i).starts_with(kImage)) {
      i += kImage.size() - 1;
      is_gap = true;
    } else if (std::isspace(static_cast<unsigned char>(text[i])) != 0) {
      is_gap = true;
    } else {
      if (is_gap && !result.empty()) result += ' ';
      is_gap = false;
      result += text[i];
    }
  }
  return result;
}

// The name without folders, extension, COCO's subset and leading zeros: LLaVA's files say
// "000000000042.jpg" or "COCO_val2014_000000000042.jpg" where COCO's say 42.
std::string image_key(std::string_view name) {
  name.remove_prefix(name.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) name = name.substr(0, dot);
  if (name.starts_with("COCO_")) name.remove_prefix(name.rfind('_') + 1);
  const size_t zeros = name.find_first_not_of('0');
  return std::string(zeros == std::string_view::npos ? name.substr(0, 1) : name.substr(zeros));
}

std::string quoted(const std::string& text) {
  return "'" + (text.size() > 100 ? text.substr(0, 100) + "..." : text) + "'";
}

void check_same(const Asked& asked, const Answer& answer) {
  if (!asked.question.empty() && !answer.question.empty() &&
      !is_same_question(asked.question, answer.question)) {
    throw unfit("the question " + quoted(asked.question), quoted(answer.question), answer.where,
                "the files are of different editions, or answers have been shifted.");
  }
  if (!asked.image.empty() && !answer.image.empty() &&
      image_key(asked.image) != image_key(answer.image)) {
    throw unfit("an answer about the image " + asked.image, answer.image, answer.where,
                "the files are of different editions, or answers have been shifted.");
  }
}

std::vector<Answer> by_position(const std::vector<Asked>& questions, std::vector<Answer> answers,
                                const JoinedFiles& files) {
  if (questions.size() != answers.size()) {
    throw unfit(fmt::format("{} answers, one to each question", questions.size()),
                fmt::format("{}", answers.size()), files.answers,
                "only files of equal length can be joined by position.");
  }
  for (size_t i = 0; i < questions.size(); ++i) check_same(questions[i], answers[i]);
  return answers;
}

// Row of each id. Throws DataError for ids that are missing or come twice.
template <class T>
std::unordered_map<std::string, size_t> rows_by_id(const std::vector<T>& records,
                                                   const std::string& path) {
  std::unordered_map<std::string, size_t> rows;
  std::vector<std::string> twice;
  for (size_t i = 0; i < records.size(); ++i) {
    if (records[i].id.empty()) {
      throw unfit("an id", "none", records[i].where,
                  "--join position takes the answers in the order of the questions.");
    }
    if (!rows.emplace(records[i].id, i).second) twice.push_back(records[i].id);
  }
  if (!twice.empty()) {
    throw unfit("each id once", "twice: " + first_of(twice), path,
                "several answers to a question, or several files in one?");
  }
  return rows;
}

std::vector<Answer> by_id(const std::vector<Asked>& questions, std::vector<Answer> answers,
                          const JoinedFiles& files) {
  const auto asked_rows = rows_by_id(questions, files.questions);
  const auto answer_rows = rows_by_id(answers, files.answers);
  std::vector<std::string> missing, unknown;
  for (const Asked& asked : questions) {
    if (!answer_rows.contains(asked.id)) missing.push_back(asked.id);
  }
  for (const Answer& answer : answers) {
    if (!asked_rows.contains(answer.id)) unknown.push_back(answer.id);
  }
  if (!missing.empty() || !unknown.empty()) {
    std::string got;
    if (!missing.empty()) got = fmt::format("no answer to {}", first_of(missing));
    if (!unknown.empty()) {
      got += fmt::format("{}answers to {}, which nobody asked", got.empty() ? "" : "; ",
                         first_of(unknown));
    }
    throw unfit(fmt::format("one answer to each question of {}", files.questions), got,
                files.answers, "the answers may be of another split or edition.");
  }
  std::vector<Answer> joined;
  joined.reserve(questions.size());
  for (const Asked& asked : questions) {
    Answer& answer = answers[answer_rows.at(asked.id)];
    check_same(asked, answer);
    joined.push_back(std::move(answer));
  }
  return joined;
}

}  // namespace

std::string first_of(const std::vector<std::string>& ids) {
  std::string text;
  for (size_t i = 0; i < std::min(ids.size(), kShown); ++i) text += (i > 0 ? ", " : "") + ids[i];
  if (ids.size() > kShown) text += fmt::format(" and {} more", ids.size() - kShown);
  return text;
}

bool is_same_question(const std::string& a, const std::string& b) {
  const std::string x = plain(a), y = plain(b);
  return x.starts_with(y) || y.starts_with(x);
}

std::vector<Answer> join(const std::vector<Asked>& questions, std::vector<Answer> answers, Join by,
                         const JoinedFiles& files) {
  if (questions.empty()) throw unfit("questions", "an empty file", files.questions, "");
  return by == Join::Id ? by_id(questions, std::move(answers), files)
                        : by_position(questions, std::move(answers), files);
}

}  // namespace plumbline::eval
