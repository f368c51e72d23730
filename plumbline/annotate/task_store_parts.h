// What the sources of TaskStore share.
#pragma once

#include <mutex>

#include "plumbline/annotate/sqlite.h"
#include "plumbline/annotate/task_store.h"

namespace plumbline::annotate {

struct TaskStore::Parts {
  Parts(const std::string& path, const TaskStoreOptions& given)
      : options(given), database(path, given.busy_seconds) {}

  TaskStoreOptions options;
  Database database;
  std::mutex mutex;  // held through every call: a connection is not for two threads at once
};

// The numbers by which the tables know an annotator and a task.
struct Place {
  int64_t annotator = 0;
  int64_t task = 0;
};

// Checks that the file is a store of this version; fills one that is empty.
void prepare_schema(Database& database);
// Makes `overlap` true for the file and all who use it.
void set_overlap(Database& database, int64_t overlap);

// Throw DataError for text that is not UTF-8, and a name that is empty.
void check_text(const std::string& text, const std::string& what);
void check_name(const std::string& name, const std::string& what);

// The annotator's number in the tables; a name that is new is entered.
int64_t annotator_number(Database& db, const std::string& name);
// The turns of an annotator's assignments say in which order they last changed.
int64_t next_turn(Database& db, int64_t annotator);

data::Choice read_choice(const Rows& rows, int column);
std::optional<bool> read_flag(const Rows& rows, int column);

}  // namespace plumbline::annotate
