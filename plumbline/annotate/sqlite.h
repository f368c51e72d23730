// An SQLite file with our errors: the one place that knows the library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace plumbline::annotate {

// What stands for a `?` in a statement.
using SqlValue = std::variant<std::nullptr_t, int64_t, double, std::string_view>;

class Database;

// The rows of one statement, one after the other. Ends the statement when it goes; until then the
// same statement must not be run again.
class Rows {
 public:
  Rows(Database& database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // Whether there is another row; the readers below are about it.
  bool next();
  bool is_null(int column) const;
  int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;

 private:
  Database& database_;
  sqlite3_stmt* statement_;
};

// A connection. Not for several threads at once.
//
// Errors, from every call: IoError when the file cannot be opened, read or written, the disk is
// full, or another process holds it for longer than `busy_seconds`; DataError when it is no SQLite
// file or a damaged one; InternalError for statements that are wrong.
class Database {
 public:
  // Opens the file, or creates an empty one.
  Database(const std::string& path, double busy_seconds);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const { return path_; }

  // Statements stay prepared for the next time.
  Rows rows(const std::string& sql, const std::vector<SqlValue>& values = {});
  // Runs a statement to its end; returns how many rows it changed itself (without triggers).
  int64_t run(const std::string& sql, const std::vector<SqlValue>& values = {});
  // The first column of the first row, which must exist.
  int64_t integer(const std::string& sql, const std::vector<SqlValue>& values = {});
  // Several statements without values.
  void script(const std::string& sql);
  // From now on readers and a writer do not wait for each other. Waits for others as every call
  // does; SQLite by itself gives up at once when two processes turn to the log together.
  void use_write_ahead_log();
  bool is_in_transaction() const;

 private:
  friend class Rows;
  sqlite3_stmt* prepared(const std::string& sql);
  void bind(sqlite3_stmt* statement, const std::vector<SqlValue>& values);
  void check(int code);
  [[noreturn]] void fail(int code);
  void close();

  std::string path_;
  double busy_seconds_;
  sqlite3* connection_ = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

// All or nothing: what was not committed when it goes is taken back. A writing one waits at its
// beginning, so that what it reads is still true when it writes.
class Transaction {
 public:
  enum class Kind { Read, Write };
  Transaction(Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
};

}  // namespace plumbline::annotate
