#include "plumbline/annotate/task_store.h"

#include <fmt/format.h>

#include <limits>
#include <set>

#include "plumbline/annotate/task_store_parts.h"
#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/random.h"
#include "plumbline/text/utf8.h"

namespace plumbline::annotate {
namespace {

using Kind = Transaction::Kind;

[[noreturn]] void refuse_option(const std::string& name, const std::string& expected, double got) {
  throw ConfigError({.component = "annotate",
                     .doing = name,
                     .expected = expected,
                     .got = fmt::format("{}", got)});
}

TaskStoreOptions checked(TaskStoreOptions options) {
  if (options.overlap && *options.overlap < 1)
    refuse_option("overlap", "at least 1 annotator per task",
                  static_cast<double>(*options.overlap));
  if (!(options.lease_seconds > 0)) refuse_option("lease", "more than 0 s", options.lease_seconds);
  if (!(options.busy_seconds >= 0)) refuse_option("waiting", "0 s or more", options.busy_seconds);
  if (!options.clock) options.clock = unix_seconds;
  return options;
}

[[noreturn]] void refuse_task(const std::string& id, const std::string& expected,
                              const std::string& got, const std::string& hint) {
  throw DataError({.component = "annotate",
                   .doing = "adding tasks",
                   .expected = expected,
                   .got = got,
                   .where = fmt::format("task '{}'", id),
                   .hint = hint});
}

void check_tasks(const std::vector<Task>& tasks) {
  std::set<std::string> ids;
  for (const Task& task : tasks) {
    check_name(task.id, "the id of a task");
    if (!ids.insert(task.id).second)
      refuse_task(task.id, "every id once", "the same id twice", "give each task its own id.");
    if (try_parse_json(task.record, task.id).is_discarded())
      refuse_task(task.id, "a record as JSON", "text that is none", "");
  }
}

bool same_content(const Task& a, const std::string& record) {
  return a.record == record || try_parse_json(a.record, a.id) == try_parse_json(record, a.id);
}

int64_t rank_of(const std::string& id, int64_t seed) {
  return static_cast<int64_t>(Random(random_key(seed, "annotate.order").at(id)).bits() >> 1);
}

bool draw_side(const std::string& task, const std::string& annotator, int64_t seed) {
  return Random(random_key(seed, "annotate.side").at(task).at(annotator)).chance(0.5);
}

// True when it was added, false when it was there.
bool add_one(Database& db, const Task& task, int64_t rank, int64_t overlap) {
  {
    Rows known = db.rows("SELECT record FROM tasks WHERE id = ?", {task.id});
    if (known.next()) {
      if (same_content(task, known.text(0))) return false;
      refuse_task(task.id, "the content that is stored under this id", "another one",
                  "give changed tasks new ids, or use a new file.");
    }
  }
  db.run("INSERT INTO tasks (id, record, rank, free) VALUES (?, ?, ?, ?)",
         {task.id, task.record, rank, overlap});
  return true;
}

// Others' only: what this annotator holds stays theirs as long as nobody else has asked.
void release_overdue(Database& db, int64_t annotator, double latest) {
  db.run(
      "UPDATE assignments SET state = 'released' "
      "WHERE state = 'open' AND leased_at < ? AND annotator <> ?",
      {latest, annotator});
}

// Undone tasks have the latest turns.
std::optional<int64_t> open_task(Database& db, int64_t annotator) {
  Rows row = db.rows(
      "SELECT task FROM assignments WHERE annotator = ? AND state = 'open' "
      "ORDER BY turn DESC LIMIT 1",
      {annotator});
  if (!row.next()) return {};
  return row.integer(0);
}

struct Found {
  int64_t task = 0, rank = 0;
  std::string id;
};

std::optional<Found> find_task(Database& db, int64_t annotator) {
  Rows row = db.rows(
      "SELECT number, rank, id FROM tasks WHERE free > 0 "
      "AND rank >= (SELECT searched FROM annotators WHERE number = ?1) "
      "AND NOT EXISTS (SELECT 1 FROM assignments AS a WHERE a.annotator = ?1 "
      "AND a.task = tasks.number AND a.state <> 'released') ORDER BY rank LIMIT 1",
      {annotator});
  if (!row.next()) return {};
  return Found{row.integer(0), row.integer(1), row.text(2)};
}

std::optional<int64_t> assign(Database& db, int64_t annotator, const std::string& name,
                              const TaskStoreOptions& options) {
  const auto found = find_task(db, annotator);
  // The next search begins where this one ended; triggers set it back when something becomes free.
  db.run("UPDATE annotators SET searched = ? WHERE number = ?",
         {found ? found->rank : std::numeric_limits<int64_t>::max(), annotator});
  if (!found) return {};
  db.run(
      "INSERT INTO assignments (annotator, task, state, turn, is_swapped, leased_at) "
      "VALUES (?, ?, 'open', ?, ?, ?) ON CONFLICT DO UPDATE "
      "SET state = 'open', turn = excluded.turn, shown_at = NULL, leased_at = excluded.leased_at",
      {annotator, found->task, next_turn(db, annotator),
       static_cast<int64_t>(draw_side(found->id, name, options.seed)), options.clock()});
  return found->task;
}

Assignment show(Database& db, const Place& place, double now) {
  db.run("UPDATE assignments SET leased_at = ? WHERE annotator = ? AND state = 'open'",
         {now, place.annotator});
  db.run("UPDATE assignments SET shown_at = coalesce(shown_at, ?) WHERE annotator = ? AND task = ?",
         {now, place.annotator, place.task});
  Rows row = db.rows(
      "SELECT t.id, t.record, a.is_swapped FROM assignments AS a JOIN tasks AS t "
      "ON t.number = a.task WHERE a.annotator = ? AND a.task = ?",
      {place.annotator, place.task});
  const bool is_there = row.next();
  PLUMBLINE_CHECK(is_there, "an assignment without a row");
  return {{row.text(0), row.text(1)}, row.integer(2) != 0};
}

}  // namespace

void check_text(const std::string& text, const std::string& what) {
  if (text::is_valid_utf8(text)) return;
  throw DataError({.component = "annotate",
                   .doing = what,
                   .expected = "UTF-8",
                   .got = fmt::format("'{}'", text::repaired_utf8(text))});
}

void check_name(const std::string& name, const std::string& what) {
  check_text(name, what);
  if (!name.empty()) return;
  throw DataError(
      {.component = "annotate", .doing = what, .expected = "a name", .got = "an empty one"});
}

int64_t annotator_number(Database& db, const std::string& name) {
  db.run("INSERT OR IGNORE INTO annotators (name) VALUES (?)", {name});
  return db.integer("SELECT number FROM annotators WHERE name = ?", {name});
}

int64_t next_turn(Database& db, int64_t annotator) {
  db.run("UPDATE annotators SET turns = turns + 1 WHERE number = ?", {annotator});
  return db.integer("SELECT turns FROM annotators WHERE number = ?", {annotator});
}

TaskStore::TaskStore(const std::string& path, const TaskStoreOptions& options)
    : parts_(std::make_unique<Parts>(path, checked(options))) {
  prepare_schema(parts_->database);
  if (options.overlap) set_overlap(parts_->database, *options.overlap);
}

TaskStore::~TaskStore() = default;
TaskStore::TaskStore(TaskStore&&) noexcept = default;
TaskStore& TaskStore::operator=(TaskStore&&) noexcept = default;

Added TaskStore::add(const std::vector<Task>& tasks) {
  check_tasks(tasks);
  const std::lock_guard lock(parts_->mutex);
  Database& db = parts_->database;
  Transaction transaction(db, Kind::Write);
  const int64_t overlap = db.integer("SELECT overlap FROM settings");
  Added added;
  for (const Task& task : tasks) {
    const bool is_new = add_one(db, task, rank_of(task.id, parts_->options.seed), overlap);
    ++(is_new ? added.num_added : added.num_known);
  }
  transaction.commit();
  return added;
}

std::optional<Assignment> TaskStore::next(const std::string& annotator) {
  check_name(annotator, "the name of an annotator");
  const std::lock_guard lock(parts_->mutex);
  Database& db = parts_->database;
  Transaction transaction(db, Kind::Write);
  const double now = parts_->options.clock();
  const int64_t number = annotator_number(db, annotator);
  release_overdue(db, number, now - parts_->options.lease_seconds);
  auto task = open_task(db, number);
  if (!task) task = assign(db, number, annotator, parts_->options);
  std::optional<Assignment> assignment;
  if (task) assignment = show(db, {number, *task}, now);
  transaction.commit();
  return assignment;
}

}  // namespace plumbline::annotate
