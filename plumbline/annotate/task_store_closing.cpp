#include <fmt/format.h>

#include "plumbline/annotate/task_store_parts.h"
#include "plumbline/base/error.h"

namespace plumbline::annotate {
namespace {

using Kind = Transaction::Kind;

bool has_room(Database& db, int64_t task) {
  return db.integer("SELECT free > 0 FROM tasks WHERE number = ?", {task}) != 0;
}

// What the page sends about an assignment, in the words of the tables.
struct Closing {
  std::string state;
  std::optional<Opinion> opinion = {};
  std::string remark = {};
};

std::string choice_name(data::Choice choice) {
  return choice == data::Choice::First    ? "first"
         : choice == data::Choice::Second ? "second"
                                          : "tie";
}

SqlValue flag(const std::optional<bool>& value) {
  if (!value) return nullptr;
  return static_cast<int64_t>(*value);
}

[[noreturn]] void refuse_closing(const std::string& annotator, const std::string& task,
                                 const std::string& expected, const std::string& got,
                                 const std::string& hint) {
  throw DataError({.component = "annotate",
                   .doing = fmt::format("storing what '{}' said", annotator),
                   .expected = expected,
                   .got = got,
                   .where = fmt::format("task '{}'", task),
                   .hint = hint});
}

struct Stored {
  std::string state;
  std::optional<Opinion> opinion;
};

// Reads state, choice, hallucination_1, hallucination_2, remark from this column on.
Stored read_stored(const Rows& rows, int column) {
  Stored stored{rows.text(column), {}};
  if (stored.state != "answered") return stored;
  stored.opinion = Opinion{read_choice(rows, column + 1), read_flag(rows, column + 2),
                           read_flag(rows, column + 3), rows.text(column + 4)};
  return stored;
}

std::optional<Stored> find_stored(Database& db, const Place& place) {
  Rows row = db.rows(
      "SELECT state, choice, hallucination_1, hallucination_2, remark FROM assignments "
      "WHERE annotator = ? AND task = ?",
      {place.annotator, place.task});
  if (!row.next()) return {};
  return read_stored(row, 0);
}

void store_closing(Database& db, const Place& place, const Closing& closing, double now) {
  const auto& opinion = closing.opinion;
  const std::string choice = opinion ? choice_name(opinion->choice) : "";
  db.run(
      "UPDATE assignments SET state = ?, turn = ?, closed_at = ?, choice = ?, "
      "hallucination_1 = ?, hallucination_2 = ?, remark = ? WHERE annotator = ? AND task = ?",
      {closing.state, next_turn(db, place.annotator), now,
       opinion ? SqlValue(std::string_view(choice)) : SqlValue(nullptr),
       opinion ? flag(opinion->hallucination_1) : nullptr,
       opinion ? flag(opinion->hallucination_2) : nullptr, closing.remark, place.annotator,
       place.task});
}

int64_t task_number(Database& db, const std::string& annotator, const std::string& id) {
  Rows row = db.rows("SELECT number FROM tasks WHERE id = ?", {id});
  if (!row.next())
    refuse_closing(annotator, id, "a task of this file", "an unknown id",
                   "start `annotate answer` again.");
  return row.integer(0);
}

bool close(Database& db, const std::string& annotator, const std::string& task,
           const Closing& closing, double now) {
  check_name(annotator, "the name of an annotator");
  check_text(closing.remark, "a remark");
  Transaction transaction(db, Kind::Write);
  const int64_t number = task_number(db, annotator, task);
  const Place place{annotator_number(db, annotator), number};
  const auto stored = find_stored(db, place);
  if (!stored)
    refuse_closing(annotator, task, "a task given to this annotator", "one that was not",
                   "check the name, and start `annotate answer` again.");
  if (stored->state == "answered" || stored->state == "skipped") {
    if (stored->state == closing.state && stored->opinion == closing.opinion) return true;
    refuse_closing(annotator, task, "an open task", "one that is " + stored->state + " already",
                   "take that back first.");
  }
  if (stored->state == "released" && !has_room(db, place.task)) return false;
  store_closing(db, place, closing, now);
  transaction.commit();
  return true;
}

// The task that was closed last, and with what.
std::optional<std::pair<int64_t, Stored>> last_closed(Database& db, int64_t annotator) {
  Rows row = db.rows(
      "SELECT task, state, choice, hallucination_1, hallucination_2, remark FROM assignments "
      "WHERE annotator = ? AND state IN ('answered', 'skipped') ORDER BY turn DESC LIMIT 1",
      {annotator});
  if (!row.next()) return {};
  return std::pair(row.integer(0), read_stored(row, 1));
}

void reopen(Database& db, const Place& place, bool is_next, double now) {
  // A task that waits behind this one is not being looked at; its time starts anew.
  db.run("UPDATE assignments SET shown_at = NULL WHERE annotator = ? AND state = 'open'",
         {place.annotator});
  db.run(
      "UPDATE assignments SET state = ?, turn = ?, leased_at = ?, shown_at = NULL, "
      "closed_at = NULL, choice = NULL, hallucination_1 = NULL, hallucination_2 = NULL, "
      "remark = NULL WHERE annotator = ? AND task = ?",
      {is_next ? "open" : "released", next_turn(db, place.annotator), now, place.annotator,
       place.task});
}

std::string task_id(Database& db, int64_t number) {
  Rows row = db.rows("SELECT id FROM tasks WHERE number = ?", {number});
  const bool is_there = row.next();
  PLUMBLINE_CHECK(is_there, "an assignment without a task");
  return row.text(0);
}

}  // namespace

bool TaskStore::answer(const std::string& annotator, const std::string& task,
                       const Opinion& opinion) {
  const std::lock_guard lock(parts_->mutex);
  const Closing closing{"answered", opinion, opinion.note};
  return close(parts_->database, annotator, task, closing, parts_->options.clock());
}

bool TaskStore::skip(const std::string& annotator, const std::string& task,
                     const std::string& reason) {
  const std::lock_guard lock(parts_->mutex);
  return close(parts_->database, annotator, task, {"skipped", {}, reason}, parts_->options.clock());
}

std::optional<Undone> TaskStore::undo(const std::string& annotator) {
  check_name(annotator, "the name of an annotator");
  const std::lock_guard lock(parts_->mutex);
  Database& db = parts_->database;
  Transaction transaction(db, Kind::Write);
  const int64_t number = annotator_number(db, annotator);
  const auto last = last_closed(db, number);
  if (!last) return {};
  const auto& [task, stored] = *last;
  // A skip gave the place away, and somebody else may have it.
  const bool is_next = stored.opinion || has_room(db, task);
  reopen(db, {number, task}, is_next, parts_->options.clock());
  Undone undone{task_id(db, task), stored.opinion, is_next};
  transaction.commit();
  return undone;
}

}  // namespace plumbline::annotate
