#include "plumbline/annotate/sqlite.h"

#include <gmock/gmock.h>

#include <fstream>
#include <optional>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::annotate {
namespace {

using support::error_text;
using testing::HasSubstr;
using Kind = Transaction::Kind;

class Sqlite : public support::Scratch {
 protected:
  std::string file() const { return path("a.db"); }
};

TEST_F(Sqlite, KeepsEveryKindOfValue) {
  Database db(file(), 1);
  db.script("CREATE TABLE t (a, b, c, d)");
  const std::string text("a\0ü'", 5);
  EXPECT_EQ(db.run("INSERT INTO t VALUES (?, ?, ?, ?)", {int64_t{1} << 60, 0.1, text, nullptr}), 1);
  Rows rows = db.rows("SELECT a, b, c, d FROM t");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.integer(0), int64_t{1} << 60);
  EXPECT_EQ(rows.real(1), 0.1);
  EXPECT_EQ(rows.text(2), text);
  EXPECT_FALSE(rows.is_null(2));
  EXPECT_TRUE(rows.is_null(3));
  EXPECT_FALSE(rows.next());
}

TEST_F(Sqlite, TakesBackWhatWasNotCommitted) {
  Database db(file(), 1);
  db.script("CREATE TABLE t (a)");
  {
    Transaction transaction(db, Kind::Write);
    db.run("INSERT INTO t VALUES (1)");
  }
  EXPECT_EQ(db.integer("SELECT count(*) FROM t"), 0);
  {
    Transaction transaction(db, Kind::Write);
    db.run("INSERT INTO t VALUES (1)");
    transaction.commit();
  }
  EXPECT_EQ(db.integer("SELECT count(*) FROM t"), 1);
}

TEST_F(Sqlite, SaysWhatCannotBeOpened) {
  const auto folder = error_text<IoError>([&] { Database(folder_.string(), 1); });
  EXPECT_THAT(folder,
              HasSubstr("[annotate] using the task file: expected a file that can be opened"));
  EXPECT_THAT(folder,
              HasSubstr("got Is a directory (" + folder_.string() + ").\nHint: name a file"));
  const auto nowhere = error_text<IoError>([&] { Database(path("no/such/folder.db"), 1); });
  EXPECT_THAT(nowhere, HasSubstr("No such file or directory"));
}

TEST_F(Sqlite, SaysThatAFileIsNone) {
  write_file(file(), "This is a text of more than a hundred bytes. " + std::string(100, '.'));
  const auto text =
      error_text<DataError>([&] { Database(file(), 1).script("CREATE TABLE t (a)"); });
  EXPECT_THAT(text, HasSubstr("expected an SQLite file, got another kind of file (" + file()));
}

TEST_F(Sqlite, SaysThatAFileIsDamaged) {
  {
    Database db(file(), 1);
    db.script("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  }
  std::fstream damaged(file(), std::ios::in | std::ios::out | std::ios::binary);
  damaged.seekp(100);
  damaged << std::string(3996, 'x');
  damaged.close();
  const auto text = error_text<DataError>([&] { Database(file(), 1).integer("SELECT a FROM t"); });
  EXPECT_THAT(text, HasSubstr("expected an undamaged SQLite file"));
}

TEST_F(Sqlite, WaitsForOthersAndThenSaysSo) {
  Database first(file(), 1), second(file(), 0.05);
  first.script("CREATE TABLE t (a)");
  const Transaction transaction(first, Kind::Write);
  const auto text = error_text<IoError>([&] { Transaction(second, Kind::Write); });
  EXPECT_THAT(text, HasSubstr("expected a turn within 0.05 seconds, got another process"));
}

TEST_F(Sqlite, WaitsForOthersBeforeItUsesALog) {
  Database first(file(), 1), second(file(), 0.05);
  first.script("CREATE TABLE t (a)");
  std::optional<Transaction> transaction(std::in_place, first, Kind::Write);
  EXPECT_THAT(error_text<IoError>([&] { second.use_write_ahead_log(); }),
              HasSubstr("expected a turn within 0.05 seconds"));
  transaction.reset();
  second.use_write_ahead_log();
  second.script("INSERT INTO t VALUES (1)");
  EXPECT_TRUE(fs::exists(file() + "-wal"));
}

TEST_F(Sqlite, SaysThatTheDiskIsFullAndGoesOnAfterwards) {
  Database db(file(), 1);
  db.use_write_ahead_log();
  db.script("CREATE TABLE t (a)");
  const std::string large(100'000, 'x');
  {
    const support::FileSizeLimit limit(80'000);
    const auto text = error_text<IoError>([&] { db.run("INSERT INTO t VALUES (?)", {large}); });
    EXPECT_THAT(text, HasSubstr("what was stored before stays"));
  }
  EXPECT_EQ(db.integer("SELECT count(*) FROM t"), 0);
  EXPECT_EQ(db.run("INSERT INTO t VALUES (?)", {large}), 1);
}

TEST_F(Sqlite, WrongStatementsAreOurFault) {
  Database db(file(), 1);
  EXPECT_THROW(db.run("SELECT * FROM nothing"), InternalError);
  EXPECT_THROW(db.run("SELECT ?", {}), InternalError);
  EXPECT_THROW(db.integer("SELECT 1 WHERE 0"), InternalError);
  EXPECT_EQ(db.integer("SELECT ?", {7}), 7);
}

}  // namespace
}  // namespace plumbline::annotate
