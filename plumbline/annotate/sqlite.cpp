#include "plumbline/annotate/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"

namespace plumbline::annotate {

Rows::~Rows() {
  sqlite3_reset(statement_);  // repeats the error that next() has thrown
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail(code);
  return false;
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Rows::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string Rows::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

Database::Database(const std::string& path, double busy_seconds)
    : path_(path), busy_seconds_(busy_seconds) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &connection_, flags, nullptr);
  try {
    check(code);
    sqlite3_extended_result_codes(connection_, 1);
    check(sqlite3_busy_timeout(connection_, static_cast<int>(1000 * busy_seconds)));
    // SQLite opens what it may not write for reading, and would complain in the middle of the work.
    if (sqlite3_db_readonly(connection_, "main") == 1) fail(SQLITE_READONLY);
  } catch (...) {
    close();
    throw;
  }
}

Database::~Database() { close(); }

void Database::close() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(connection_);
}

sqlite3_stmt* Database::prepared(const std::string& sql) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr) {
    check(sqlite3_prepare_v3(connection_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                             nullptr));
  }
  return statement;
}

void Database::bind(sqlite3_stmt* statement, const std::vector<SqlValue>& values) {
  const auto wanted = static_cast<size_t>(sqlite3_bind_parameter_count(statement));
  PLUMBLINE_CHECK(values.size() == wanted, fmt::format("{} of {}", values.size(), wanted));
  int place = 0;
  for (const SqlValue& value : values) {
    ++place;
    if (const auto* number = std::get_if<int64_t>(&value)) {
      check(sqlite3_bind_int64(statement, place, *number));
    } else if (const auto* real = std::get_if<double>(&value)) {
      check(sqlite3_bind_double(statement, place, *real));
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      check(sqlite3_bind_text64(statement, place, text->empty() ? "" : text->data(), text->size(),
                                SQLITE_TRANSIENT, SQLITE_UTF8));
    }
  }
}

Rows Database::rows(const std::string& sql, const std::vector<SqlValue>& values) {
  sqlite3_stmt* statement = prepared(sql);
  bind(statement, values);
  return {*this, statement};
}

int64_t Database::run(const std::string& sql, const std::vector<SqlValue>& values) {
  Rows all = rows(sql, values);
  while (all.next()) {
  }
  return sqlite3_changes64(connection_);
}

int64_t Database::integer(const std::string& sql, const std::vector<SqlValue>& values) {
  Rows one = rows(sql, values);
  const bool is_there = one.next();
  PLUMBLINE_CHECK(is_there, sql);
  return one.integer(0);
}

void Database::script(const std::string& sql) {
  check(sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr));
}

void Database::use_write_ahead_log() {
  const Stopwatch watch;
  int code = SQLITE_OK;
  do {
    code = sqlite3_exec(connection_, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if ((code & 0xff) != SQLITE_BUSY) return check(code);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  } while (watch.seconds() < busy_seconds_);
  fail(code);
}

bool Database::is_in_transaction() const { return sqlite3_get_autocommit(connection_) == 0; }

void Database::check(int code) {
  if (code != SQLITE_OK) fail(code);
}

void Database::fail(int code) {
  Complaint complaint{.component = "annotate", .doing = "using the task file", .where = path_};
  complaint.got = connection_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection_);
  const int system = connection_ == nullptr ? 0 : sqlite3_system_errno(connection_);
  switch (code & 0xff) {  // the rest says more than a user needs
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      complaint.expected = fmt::format("a turn within {} seconds", busy_seconds_);
      complaint.got = "another process that keeps it locked";
      complaint.hint = "try again, or end that process; what it has stored stays.";
      throw IoError(complaint);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      complaint.expected = "a file that may be written";
      complaint.got = "one that may only be read";
      complaint.hint = "allow writing to the file and to its folder.";
      throw IoError(complaint);
    case SQLITE_CANTOPEN:
      complaint.expected = "a file that can be opened for writing";
      if (system != 0) complaint.got = std::strerror(system);
      complaint.hint = "name a file, in a folder that exists and may be written.";
      throw IoError(complaint);
    case SQLITE_FULL:
      complaint.expected = "space on the disk";
      complaint.got = "none left";
      complaint.hint = "make room and try again; what was stored before stays.";
      throw IoError(complaint);
    case SQLITE_IOERR:
      complaint.expected = "a disk that can be read and written";
      if (system != 0) complaint.got = std::strerror(system);
      complaint.hint = "check the disk and try again; what was stored before stays.";
      throw IoError(complaint);
    case SQLITE_NOTADB:
      complaint.expected = "an SQLite file";
      complaint.got = "another kind of file";
      complaint.hint = "name a file of tasks, or one that does not exist yet.";
      throw DataError(complaint);
    case SQLITE_CORRUPT:
      complaint.expected = "an undamaged SQLite file";
      complaint.hint = "use a copy, or save what `sqlite3 FILE .recover` finds.";
      throw DataError(complaint);
    default:
      throw InternalError(message(complaint));
  }
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.run(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (!database_.is_in_transaction()) return;
  try {
    database_.run("ROLLBACK");
  } catch (const Error&) {
    // The error on the way says more; SQLite takes the rest back when the file is opened next.
  }
}

void Transaction::commit() { database_.run("COMMIT"); }

}  // namespace plumbline::annotate
