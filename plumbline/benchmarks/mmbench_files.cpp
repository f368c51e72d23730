#include "plumbline/benchmarks/mmbench_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "plumbline/eval/join.h"
#include "plumbline/eval/unfit.h"
#include "plumbline/formats/table.h"

namespace plumbline::benchmarks {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr int64_t kRotation = 1'000'000;

constexpr eval::Unfit unfit{"reading MMBench"};

// "7" and "7.0", as pandas writes a column of numbers that has gaps.
int64_t index_of(std::string text, const std::string& where) {
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  int64_t index = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, index);
  if (error != std::errc() || stop != end || index < 0) {
    throw unfit("an index: a whole number", "'" + text + "'", where);
  }
  return index;
}

std::optional<std::string> first_cell(const formats::TableRow& row,
                                      const std::vector<std::string>& columns) {
  for (const auto& column : columns) {
    if (row.cells.contains(column)) return row.cells.at(column);
  }
  return std::nullopt;
}

std::string value_of(const formats::TableRow& row, const std::string& column) {
  const auto text = row.find(column);
  return text && !is_missing_to_pandas(*text) ? *text : "";
}

char answer_letter(const formats::TableRow& row) {
  const auto text = row.find("answer");
  if (!text) return 0;
  const bool is_letter = text->size() == 1 && kLetters.find((*text)[0]) != std::string_view::npos;
  if (is_letter && row.find(*text)) return (*text)[0];
  throw unfit("the letter of an option as answer", "'" + *text + "'", row.where);
}

MmbenchRow read_row(const formats::TableRow& row) {
  const auto index = first_cell(row, {"index"});
  if (!index) throw unfit("a column 'index'", "none", row.where);
  const auto question = row.find("question");
  if (!question) throw unfit("a question", "none", row.where);
  MmbenchRow result{.index = index_of(*index, row.where),
                    .question = *question,
                    .hint = value_of(row, "hint"),
                    .options = {},
                    .answer = answer_letter(row),
                    .category = value_of(row, "category"),
                    .l2_category = value_of(row, "l2-category"),
                    .split = value_of(row, "split"),
                    .image = row.find("image").value_or(""),
                    .where = row.where};
  for (const char letter : kLetters) {
    const auto text = row.find(std::string(1, letter));
    if (!text) continue;
    ++result.num_filled;
    if (!is_missing_to_pandas(*text)) result.options.push_back({letter, *text});
  }
  if (result.options.empty()) throw unfit("options A, B, ...", "none", row.where);
  return result;
}

std::vector<std::string> question_columns(bool with_images) {
  std::vector<std::string> columns = {"index",    "question",    "hint", "answer",
                                      "category", "l2-category", "split"};
  for (const char letter : kLetters) columns.emplace_back(1, letter);
  if (with_images) columns.push_back("image");
  return columns;
}

}  // namespace

// Source: the default na_values of pandas.read_csv.
bool is_missing_to_pandas(const std::string& text) {
  static constexpr std::array<std::string_view, 19> kMissing = {
      "",     "#N/A",   "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN",
      "-nan", "1.#IND", "1.#QNAN",  "<NA>", "N/A",     "NA",       "NULL",
      "NaN",  "None",   "n/a",      "nan",  "null"};
  return std::find(kMissing.begin(), kMissing.end(), text) != kMissing.end();
}

void for_each_mmbench_row(const std::string& path, bool with_images,
                          const std::function<void(MmbenchRow&&)>& visit) {
  std::unordered_set<int64_t> seen;
  formats::for_each_row(
      path, {.columns = question_columns(with_images)}, [&](formats::TableRow&& cells) {
        MmbenchRow row = read_row(cells);
        if (!seen.insert(row.index).second) {
          throw unfit("each index once", fmt::format("{} twice", row.index), row.where);
        }
        visit(std::move(row));
      });
  if (seen.empty()) throw unfit("questions", "none", path);
}

std::vector<MmbenchRow> read_mmbench(const std::string& path) {
  std::vector<MmbenchRow> rows;
  for_each_mmbench_row(path, false, [&](MmbenchRow&& row) { rows.push_back(std::move(row)); });
  return rows;
}

bool check_mmbench(const std::vector<MmbenchRow>& rows, const std::string& path) {
  std::map<int64_t, std::vector<const MmbenchRow*>> groups;
  bool is_rotated = false;
  for (const MmbenchRow& row : rows) {
    if (row.answer == 0) {
      throw unfit("an answer to each question", "none", row.where,
                  "the labels of MMBench's test split are not public: take the dev split, or send "
                  "the answers to its server.");
    }
    groups[row.base()].push_back(&row);
    is_rotated = is_rotated || row.is_rotated();
  }
  if (!is_rotated) return false;
  std::vector<std::string> missing;
  for (auto& [base, group] : groups) {
    std::unordered_set<int64_t> there;
    size_t num_options = 0;
    for (const MmbenchRow* row : group) {
      there.insert(row->index);
      num_options = std::max(num_options, row->num_filled);
    }
    for (size_t r = 0; r < num_options; ++r) {
      const int64_t index = base + static_cast<int64_t>(r) * kRotation;
      if (!there.contains(index)) missing.push_back(std::to_string(index));
    }
    if (group.size() > num_options) {
      throw unfit(fmt::format("{} rotations of question {}", num_options, base),
                  std::to_string(group.size()), group.back()->where);
    }
  }
  if (!missing.empty()) {
    throw unfit("a rotation for each option of a question", "no row " + eval::first_of(missing),
                path, "the file has been cut, or filtered by row.");
  }
  return true;
}

std::vector<eval::Answer> read_mmbench_answers(const std::string& path) {
  const std::vector<std::string> ids = {"index", "question_id", "id"};
  const std::vector<std::string> texts = {"prediction", "text", "response", "output"};
  std::vector<eval::Answer> answers;
  const formats::TableOptions options = {.columns = {"index", "question_id", "id", "prediction",
                                                     "text", "response", "output", "prompt",
                                                     "question"}};
  formats::for_each_row(path, options, [&](formats::TableRow&& row) {
    const auto id = first_cell(row, ids);
    const auto text = first_cell(row, texts);
    if (!text) {
      throw unfit("an answer as 'prediction' (tables) or 'text' (JSONL)", "none", row.where);
    }
    answers.push_back({.id = id ? std::to_string(index_of(*id, row.where)) : "",
                       .text = *text,
                       .is_null = text->empty(),
                       .question = first_cell(row, {"prompt", "question"}).value_or(""),
                       .where = row.where});
  });
  if (answers.empty()) throw unfit("answers", "none", path);
  return answers;
}

}  // namespace plumbline::benchmarks
