#include "plumbline/benchmarks/mme_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/eval/join.h"
#include "plumbline/eval/unfit.h"
#include "plumbline/text/python_text.h"
#include "plumbline/text/utf8.h"

namespace plumbline::benchmarks {
namespace {

constexpr eval::Unfit unfit_line{"reading MME's lines"};
constexpr eval::Unfit unfit_to_join{"joining answers to MME's questions"};
constexpr eval::Unfit unfit{"reading MME's questions"};

std::vector<std::string> all_tasks() {
  std::vector<std::string> tasks = mme_perception_tasks();
  tasks.insert(tasks.end(), mme_cognition_tasks().begin(), mme_cognition_tasks().end());
  return tasks;
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder, error)) entries.push_back(entry.path());
  if (error) {
    throw IoError(Complaint{.component = "eval",
                            .doing = "reading MME's folder",
                            .expected = "a folder",
                            .got = error.message(),
                            .where = folder.string()});
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

using Fields = std::vector<std::string>;

// Calls `visit` with the fields of every line that is not empty, and "file:line".
void for_each_line(const fs::path& path, size_t num_fields, const std::string& form,
                   const std::function<void(const Fields&, const std::string&)>& visit) {
  const std::string bytes = read_file(path);
  std::string_view text = bytes;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (size_t line = 1; !text.empty(); ++line) {
    std::string_view content = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(content.size() + 1, text.size()));
    if (content.ends_with('\r')) content.remove_suffix(1);
    if (content.find_first_not_of(" \t") == std::string_view::npos) continue;
    const std::string where = fmt::format("{}:{}", path.string(), line);
    if (!text::is_valid_utf8(content)) {
      throw unfit_line("UTF-8", "other bytes", where, "save the file as UTF-8.");
    }
    Fields fields(1);
    for (const char c : content) {
      if (c == '\t') {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    if (fields.size() != num_fields) {
      throw unfit_line(fmt::format("{} fields: {}", num_fields, form),
                       fmt::format("{}", fields.size()), where,
                       "a tab or a line end within a field breaks the line: write blanks instead.");
    }
    visit(fields, where);
  }
}

bool is_yes(const std::string& text, const std::string& where) {
  const std::string label = text::python::lower(text);
  if (label == "yes" || label == "no") return label == "yes";
  throw eval::Unfit{"reading MME's labels"}("Yes or No", "'" + text + "'", where);
}

// The last part of a path up to its first dot, as LLaVA's converter cuts it.
std::string stem_of(std::string_view name) {
  name.remove_prefix(name.rfind('/') + 1);
  return std::string(name.substr(0, name.find('.')));
}

// The picture that belongs to a file of questions.
std::string image_file_of(const fs::path& root, const fs::path& images, const std::string& stem) {
  for (const char* extension : {".jpg", ".png", ".jpeg", ".JPG", ".PNG"}) {
    const fs::path image = images / (stem + extension);
    if (fs::exists(image)) return fs::relative(image, root).string();
  }
  return "";
}

void read_truth_of(const fs::path& root, const std::string& task, MmeFolder& truth) {
  const fs::path folder = root / task;
  const bool is_split = fs::is_directory(folder / "questions_answers_YN");
  const fs::path images = is_split ? folder / "images" : folder;
  for (const auto& file : sorted_entries(is_split ? folder / "questions_answers_YN" : folder)) {
    if (file.extension() != ".txt") continue;
    const std::string image = stem_of(file.filename().string());
    for_each_line(file, 2, "question, label", [&](const Fields& fields, const std::string& where) {
      truth.questions.push_back(
          {.task = task,
           .image = image,
           .image_file = image_file_of(root, images, image),
           .question = std::string(text::python::stripped(fields[0])),
           .is_yes = is_yes(std::string(text::python::stripped(fields[1])), where),
           .where = where});
    });
  }
}

using Key = std::string;

Key key_of(const std::string& task, const std::string& image, const std::string& question) {
  return task + "\t" + image + "\t" + plain_mme_question(question);
}

// What an answer's id names: "existence/000000006040.jpg".
Key key_of(const eval::Answer& answer) {
  const size_t slash = answer.id.find('/');
  if (slash == std::string::npos) {
    throw unfit_to_join("an id such as 'existence/0001.jpg'", "'" + answer.id + "'", answer.where);
  }
  const std::string name = answer.id.substr(0, answer.id.find('#'));
  return key_of(answer.id.substr(0, slash), stem_of(name), answer.question);
}

}  // namespace

const std::vector<std::string>& mme_perception_tasks() {
  static const std::vector<std::string> tasks = {"existence", "count",     "position", "color",
                                                 "posters",   "celebrity", "scene",    "landmark",
                                                 "artwork",   "OCR"};
  return tasks;
}

const std::vector<std::string>& mme_cognition_tasks() {
  static const std::vector<std::string> tasks = {"commonsense_reasoning", "numerical_calculation",
                                                 "text_translation", "code_reasoning"};
  return tasks;
}

MmeFolder read_mme_truth(const std::string& folder) {
  MmeFolder truth;
  const auto tasks = all_tasks();
  for (const auto& entry : sorted_entries(folder)) {
    const std::string name = entry.filename().string();
    const bool is_task = std::find(tasks.begin(), tasks.end(), name) != tasks.end();
    if (!is_task && fs::is_directory(entry)) truth.unread.push_back(name);
  }
  for (const auto& task : tasks) {
    if (fs::is_directory(fs::path(folder) / task)) read_truth_of(folder, task, truth);
  }
  if (truth.questions.empty()) {
    throw unfit("folders called " + tasks.front() + " and so on", "none with questions", folder);
  }
  return truth;
}

MmeFolder read_mme_results(const std::string& folder) {
  MmeFolder results;
  const auto tasks = all_tasks();
  for (const auto& entry : sorted_entries(folder)) {
    const bool is_task = entry.extension() == ".txt" &&
                         std::find(tasks.begin(), tasks.end(), entry.stem()) != tasks.end();
    if (!is_task) results.unread.push_back(entry.filename().string());
  }
  for (const auto& task : tasks) {
    const fs::path file = fs::path(folder) / (task + ".txt");
    if (!fs::exists(file)) continue;
    for_each_line(file, 4, "image, question, label, answer",
                  [&](const Fields& fields, const std::string& where) {
                    results.questions.push_back({.task = task,
                                                 .image = stem_of(fields[0]),
                                                 .image_file = "",
                                                 .question = fields[1],
                                                 .is_yes = is_yes(fields[2], where),
                                                 .answer = fields[3],
                                                 .where = where});
                  });
  }
  if (results.questions.empty()) {
    throw eval::Unfit{"reading MME's results"}("files called " + tasks.front() + ".txt and so on",
                                               "none with answers", folder);
  }
  return results;
}

std::vector<MmeQuestion> answered_mme(std::vector<MmeQuestion> questions,
                                      const std::vector<eval::Answer>& answers,
                                      const std::string& path) {
  std::map<Key, MmeQuestion*> open;
  std::map<Key, std::string> done;  // with the place of the answer
  for (MmeQuestion& question : questions) {
    const Key key = key_of(question.task, question.image, question.question);
    if (open.emplace(key, &question).second) continue;
    throw unfit("each question about an image once", "'" + question.question + "' again",
                question.where);
  }
  for (const eval::Answer& answer : answers) {
    const Key key = key_of(answer);
    const auto found = open.find(key);
    if (found == open.end()) {
      const auto first = done.find(key);
      throw unfit_to_join("one answer to a question of the data set",
                          first == done.end()
                              ? "one to '" + answer.question + "' about " + answer.id
                              : "another one after " + first->second,
                          answer.where);
    }
    found->second->answer = answer.text;
    done.emplace(key, answer.where);
    open.erase(found);
  }
  if (open.empty()) return questions;
  std::vector<std::string> missing;
  for (const auto& [_, question] : open) missing.push_back(question->task + "/" + question->image);
  throw unfit_to_join("an answer to each question", "none to one about " + eval::first_of(missing),
                      path);
}

std::string plain_mme_question(const std::string& question) {
  constexpr std::string_view kAsked[] = {"Answer the question using a single word or phrase.",
                                         "Please answer yes or no."};
  std::string text = question;
  for (const auto asked : kAsked) {
    for (size_t i = text.find(asked); i != std::string::npos; i = text.find(asked)) {
      text.replace(i, asked.size(), " ");
    }
  }
  std::string plain;
  bool is_gap = false;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_blank && is_gap && !plain.empty()) plain += ' ';
    if (!is_blank) plain += c;
    is_gap = is_blank;
  }
  return plain;
}

}  // namespace plumbline::benchmarks
