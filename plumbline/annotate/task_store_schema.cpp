#include <fmt/format.h>

#include "plumbline/annotate/task_store_parts.h"
#include "plumbline/base/error.h"

namespace plumbline::annotate {
namespace {

constexpr int64_t kApplication = 0x504c4d42;  // "PLMB", in the file's header
constexpr int64_t kVersion = 1;

// An assignment is 'open', 'answered', 'skipped', or 'released': given to the annotator once, and
// now as if it never had been. Open and answered ones take one of the `overlap` places of their
// task.
//
// Triggers keep what next() needs, so that no call has to count: the places free and the answers of
// each task, and how far down the ranks each annotator has nothing to find.
constexpr const char* kTables = R"sql(
CREATE TABLE settings (overlap INTEGER NOT NULL);
INSERT INTO settings VALUES (1);

CREATE TABLE tasks (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL,
  rank INTEGER NOT NULL,
  free INTEGER NOT NULL,
  answers INTEGER NOT NULL DEFAULT 0);
CREATE INDEX tasks_by_rank ON tasks (rank) WHERE free > 0;
CREATE INDEX tasks_by_answers ON tasks (answers);

CREATE TABLE annotators (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  searched INTEGER NOT NULL DEFAULT 0,  -- no task of a lower rank is for this annotator
  turns INTEGER NOT NULL DEFAULT 0);    -- counts what the annotator did

CREATE TABLE assignments (
  annotator INTEGER NOT NULL REFERENCES annotators,
  task INTEGER NOT NULL REFERENCES tasks,
  state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'skipped', 'released')),
  turn INTEGER NOT NULL,
  is_swapped INTEGER NOT NULL,
  leased_at REAL NOT NULL,
  shown_at REAL,
  closed_at REAL,
  choice TEXT CHECK (choice IN ('first', 'second', 'tie')),
  hallucination_1 INTEGER,
  hallucination_2 INTEGER,
  remark TEXT,
  PRIMARY KEY (annotator, task)) WITHOUT ROWID;
CREATE INDEX assignments_by_turn ON assignments (annotator, state, turn);
CREATE INDEX assignments_by_lease ON assignments (leased_at) WHERE state = 'open';

CREATE TRIGGER assignment_made AFTER INSERT ON assignments BEGIN
  UPDATE tasks SET free = free - 1 WHERE number = new.task;  -- always an open one
END;
CREATE TRIGGER assignment_moved AFTER UPDATE OF state ON assignments BEGIN
  UPDATE tasks SET
    free = free + (old.state IN ('open', 'answered')) - (new.state IN ('open', 'answered')),
    answers = answers - (old.state = 'answered') + (new.state = 'answered')
  WHERE number = new.task;
END;
CREATE TRIGGER task_freed AFTER UPDATE OF free ON tasks WHEN new.free > old.free BEGIN
  UPDATE annotators SET searched = new.rank WHERE searched > new.rank;
END;
CREATE TRIGGER task_added AFTER INSERT ON tasks BEGIN
  UPDATE annotators SET searched = new.rank WHERE searched > new.rank;
END;
)sql";

bool is_empty(Database& database) {
  return database.integer("SELECT count(*) FROM sqlite_master") == 0 &&
         database.integer("PRAGMA application_id") == 0 &&
         database.integer("PRAGMA user_version") == 0;
}

void check_kind(Database& database) {
  if (is_empty(database)) return;
  Complaint complaint{
      .component = "annotate", .doing = "opening the task file", .where = database.path()};
  if (database.integer("PRAGMA application_id") != kApplication) {
    complaint.expected = "tasks written by Plumbline";
    complaint.got = "an SQLite file of another program";
    complaint.hint = "name a file of tasks, or one that does not exist yet.";
    throw DataError(complaint);
  }
  const int64_t version = database.integer("PRAGMA user_version");
  if (version != kVersion) {
    complaint.expected = fmt::format("version {}", kVersion);
    complaint.got = fmt::format("version {}", version);
    complaint.hint = "use the Plumbline that wrote the file, or a newer one.";
    throw DataError(complaint);
  }
}

}  // namespace

void prepare_schema(Database& database) {
  check_kind(database);  // before anything is written: the file may be somebody else's
  database.use_write_ahead_log();
  // With the log nothing is lost when the process dies, and nobody waits for the disk at each
  // click.
  database.script("PRAGMA synchronous = NORMAL");
  Transaction transaction(database, Transaction::Kind::Write);
  check_kind(database);
  if (is_empty(database)) {  // otherwise another process may have filled it just now
    database.script(kTables);
    database.script(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};",
                                kApplication, kVersion));
  }
  transaction.commit();
}

void set_overlap(Database& database, int64_t overlap) {
  Transaction transaction(database, Transaction::Kind::Write);
  const int64_t change = overlap - database.integer("SELECT overlap FROM settings");
  if (change != 0) {
    database.run("UPDATE settings SET overlap = ?", {overlap});
    database.run("UPDATE tasks SET free = free + ?", {change});
  }
  transaction.commit();
}

}  // namespace plumbline::annotate
