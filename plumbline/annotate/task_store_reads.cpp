#include <algorithm>
#include <limits>
#include <map>

#include "plumbline/annotate/task_store_parts.h"

namespace plumbline::annotate {
namespace {

using Kind = Transaction::Kind;

double median(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::map<std::string, std::vector<double>> seconds_by_annotator(Database& db) {
  std::map<std::string, std::vector<double>> result;
  Rows rows = db.rows(
      "SELECT n.name, a.closed_at - a.shown_at FROM assignments AS a JOIN annotators AS n "
      "ON n.number = a.annotator WHERE a.state = 'answered'");
  while (rows.next()) result[rows.text(0)].push_back(rows.real(1));
  return result;
}

std::vector<AnnotatorProgress> annotator_progress(Database& db) {
  const auto seconds = seconds_by_annotator(db);
  std::vector<AnnotatorProgress> result;
  Rows rows = db.rows(
      "SELECT n.name, (SELECT count(*) FROM assignments AS a WHERE a.annotator = n.number "
      "AND a.state = 'skipped') FROM annotators AS n ORDER BY n.name");
  while (rows.next()) {
    const auto answered = seconds.find(rows.text(0));
    const auto times = answered == seconds.end() ? std::vector<double>() : answered->second;
    result.push_back(
        {rows.text(0), static_cast<int64_t>(times.size()), rows.integer(1), median(times)});
  }
  return result;
}

}  // namespace

data::Choice read_choice(const Rows& rows, int column) {
  const std::string name = rows.text(column);
  if (name == "first") return data::Choice::First;
  return name == "second" ? data::Choice::Second : data::Choice::Tie;
}

std::optional<bool> read_flag(const Rows& rows, int column) {
  if (rows.is_null(column)) return {};
  return rows.integer(column) != 0;
}

TaskProgress TaskStore::progress() const {
  const std::lock_guard lock(parts_->mutex);
  Database& db = parts_->database;
  const Transaction transaction(db, Kind::Read);  // all figures of one moment
  TaskProgress progress;
  progress.num_tasks = db.integer("SELECT count(*) FROM tasks");
  progress.num_done =
      db.integer("SELECT count(*) FROM tasks WHERE answers >= (SELECT overlap FROM settings)");
  // Overdue ones are released only when somebody asks for a task.
  progress.num_open =
      db.integer("SELECT count(*) FROM assignments WHERE state = 'open' AND leased_at >= ?",
                 {parts_->options.clock() - parts_->options.lease_seconds});
  progress.num_skipped = db.integer("SELECT count(*) FROM assignments WHERE state = 'skipped'");
  progress.annotators = annotator_progress(db);
  return progress;
}

std::vector<Task> TaskStore::tasks() const {
  const std::lock_guard lock(parts_->mutex);
  Rows rows = parts_->database.rows("SELECT id, record FROM tasks ORDER BY number");
  std::vector<Task> result;
  while (rows.next()) result.push_back({rows.text(0), rows.text(1)});
  return result;
}

std::vector<TaskVotes> TaskStore::votes() const {
  const std::lock_guard lock(parts_->mutex);
  Rows rows = parts_->database.rows(
      "SELECT t.id, n.name, a.choice, a.hallucination_1, a.hallucination_2 FROM tasks AS t "
      "LEFT JOIN (assignments AS a JOIN annotators AS n ON n.number = a.annotator) "
      "ON a.task = t.number AND a.state = 'answered' ORDER BY t.number, n.name");
  std::vector<TaskVotes> result;
  while (rows.next()) {
    if (result.empty() || result.back().task != rows.text(0)) result.push_back({rows.text(0), {}});
    if (rows.is_null(1)) continue;  // a task without votes
    result.back().votes.push_back(
        {rows.text(1), read_choice(rows, 2), read_flag(rows, 3), read_flag(rows, 4)});
  }
  return result;
}

std::vector<Remark> TaskStore::remarks() const {
  const std::lock_guard lock(parts_->mutex);
  Rows rows = parts_->database.rows(
      "SELECT t.id, n.name, a.remark, a.state = 'skipped' FROM assignments AS a "
      "JOIN tasks AS t ON t.number = a.task JOIN annotators AS n ON n.number = a.annotator "
      "WHERE a.state IN ('answered', 'skipped') AND a.remark <> '' ORDER BY t.number, n.name");
  std::vector<Remark> result;
  while (rows.next())
    result.push_back({rows.text(0), rows.text(1), rows.text(2), rows.integer(3) != 0});
  return result;
}

}  // namespace plumbline::annotate
