// The store's file: versions, several processes at once, kills, full disks, speed.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "plumbline/annotate/sqlite.h"
#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "tests/unit/annotate/tasks_at_hand.h"

namespace plumbline::annotate {
namespace {

// A process of its own, which ends without any farewell. Start it while this one has no store open:
// SQLite's connections and locks must not be carried through a fork.
class Child {
 public:
  template <class Act>
  explicit Child(Act act) {
    EXPECT_EQ(::pipe(ends_), 0);
    process_ = ::fork();
    if (process_ != 0) return;
    const std::string text = said_by(act);
    const auto written = ::write(ends_[1], text.data(), text.size());
    ::_exit(written < 0 ? 1 : 0);
  }

  // What `act` returned or threw; "" when it was killed. To be called once.
  std::string text() {
    ::close(ends_[1]);
    std::string text(4096, '\0');
    const auto length = ::read(ends_[0], text.data(), text.size());
    ::close(ends_[0]);
    ::waitpid(process_, nullptr, 0);
    text.resize(length < 0 ? 0 : static_cast<size_t>(length));
    return text;
  }

 private:
  template <class Act>
  static std::string said_by(Act act) {
    try {
      return act();
    } catch (const std::exception& e) {
      return e.what();
    }
  }

  int ends_[2] = {};
  pid_t process_ = 0;
};

TEST_F(Store, RefusesOtherFilesAndLeavesThemAlone) {
  const auto refused = [&] { return error_text<DataError>([&] { TaskStore s(file()); }); };
  const std::string text(200, 'x');
  write_file(file(), text);
  EXPECT_THAT(refused(), HasSubstr("expected an SQLite file, got another kind of file"));
  EXPECT_EQ(read_file(file()), text);
  fs::remove(file());
  Database(file(), 1).script("CREATE TABLE theirs (a)");
  const std::string before = read_file(file());
  EXPECT_THAT(refused(), HasSubstr("got an SQLite file of another program (" + file()));
  EXPECT_EQ(read_file(file()), before);
}

TEST_F(Store, RefusesANewerVersion) {
  store(1);
  Database(file(), 1).script("PRAGMA user_version = 2");
  EXPECT_THAT(error_text<DataError>([&] { TaskStore s(file()); }),
              HasSubstr("[annotate] opening the task file: expected version 1, got version 2"));
}

TEST_F(Store, OpensAgainWithEverythingInPlace) {
  std::string answered, open;
  {
    TaskStore s = store(3, 2);
    answered = answer_next(s, "ann");
    open = next_id(s, "ann");
  }
  TaskStore s(file(), options());
  EXPECT_EQ(num_votes(s), 1);
  EXPECT_EQ(next_id(s, "ann"), open);
  EXPECT_EQ(next_id(s, "bob"), answered) << "the overlap is that of the file";
  EXPECT_EQ(s.undo("ann")->task, answered);
}

TEST_F(Store, TheOverlapCanChange) {
  TaskStore s = store(2);
  answer_all(s, "ann");
  EXPECT_EQ(next_id(s, "bob"), "");
  { const TaskStore wider(file(), options(2)); }
  EXPECT_EQ(s.progress().num_done, 0);
  EXPECT_EQ(answer_all(s, "bob").size(), 2U);
  EXPECT_EQ(next_id(s, "cyd"), "");
  { const TaskStore narrower(file(), options(1)); }
  EXPECT_EQ(s.progress().num_done, 2);
  s.add({{"t9", "{}"}});
  EXPECT_EQ(next_id(s, "cyd"), "t9");
  EXPECT_EQ(next_id(s, "ann"), "");
}

TEST_F(Store, TwoStoresShareOneFile) {
  TaskStore a = store(20);
  TaskStore b(file(), options());
  std::set<std::string> ids;
  for (int i = 0; i < 10; ++i) {
    ids.insert(answer_next(a, "ann"));
    ids.insert(answer_next(b, "bob"));
  }
  EXPECT_EQ(ids.size(), 20U);
  EXPECT_EQ(num_votes(a), 20);
  EXPECT_EQ(b.progress().num_done, 20);
}

TEST_F(Store, ThreadsAndProcessesAtOnceLoseNothing) {
  store(60, 2);
  Child child([&] {
    TaskStore mine(file(), options());
    return std::to_string(answer_all(mine, "cyd").size());
  });
  TaskStore s(file(), options());
  std::thread ann([&] { answer_all(s, "ann"); });
  answer_all(s, "bob");
  ann.join();
  EXPECT_THAT(child.text(), testing::MatchesRegex("[0-9]+"));
  EXPECT_EQ(num_votes(s), 120);
  EXPECT_EQ(s.progress().num_done, 60);
}

TEST_F(Store, TwoProcessesMayCreateTheFileTogether) {
  for (int i = 0; i < 10; ++i) {
    const std::string name = path(std::to_string(i));
    const auto open_and_add = [&] {
      TaskStore s(name, options());
      return std::to_string(s.add(some_tasks(5)).num_added);
    };
    Child child(open_and_add);
    const std::string mine = open_and_add();
    EXPECT_THAT(mine + child.text(), testing::AnyOf("05", "50"));
  }
}

TEST_F(Store, WhatWasAcknowledgedSurvivesAKilledProcess) {
  store(20);
  const std::string answers_and_dies = Child([&] {
                                         TaskStore s(file(), options());
                                         for (int i = 0; i < 7; ++i) answer_next(s, "ann");
                                         s.next("ann");
                                         ::raise(SIGKILL);
                                         return "alive";
                                       }).text();
  EXPECT_EQ(answers_and_dies, "");
  EXPECT_TRUE(fs::exists(file() + "-wal")) << "nobody has closed the file";
  const std::string skips_and_dies = Child([&] {
                                       TaskStore s(file(), options());
                                       s.skip("ann", next_id(s, "ann"), "hard");
                                       ::raise(SIGKILL);
                                       return "alive";
                                     }).text();
  EXPECT_EQ(skips_and_dies, "");
  TaskStore s(file(), options());
  EXPECT_EQ(num_votes(s), 7);
  EXPECT_EQ(s.progress().num_skipped, 1);
  EXPECT_EQ(s.progress().num_open, 0);
  EXPECT_EQ(answer_all(s, "ann").size(), 12U);
}

TEST_F(Store, AFullDiskLosesNothingAndTheStoreGoesOn) {
  TaskStore s = store(3);
  const std::string id = next_id(s, "ann");
  {
    const support::FileSizeLimit limit(fs::file_size(file() + "-wal"));
    const Opinion opinion{Choice::First, {}, {}, std::string(100'000, 'x')};
    const auto text = error_text<IoError>([&] { s.answer("ann", id, opinion); });
    EXPECT_THAT(text, HasSubstr("[annotate] using the task file: expected "));
    EXPECT_THAT(text, HasSubstr(file()));
  }
  EXPECT_EQ(num_votes(s), 0);
  EXPECT_EQ(next_id(s, "ann"), id);
  EXPECT_TRUE(s.answer("ann", id, kFirst));
}

TEST_F(Store, SaysThatAFileMayOnlyBeRead) {
  store(1);
  fs::permissions(folder_, fs::perms(0555));
  fs::permissions(file(), fs::perms(0444));
  Child child([&]() -> std::string {
    // Nothing is forbidden to the administrator, whom containers run tests as.
    if (::geteuid() == 0 && ::seteuid(65534) != 0) return "cannot become nobody";
    TaskStore s(file(), options());
    return "opened";
  });
  const std::string text = child.text();
  fs::permissions(folder_, fs::perms(0755));
  EXPECT_THAT(text,
              HasSubstr("expected a file that may be written, got one that may only be read"));
  EXPECT_THAT(text, HasSubstr("Hint: allow writing"));
}

TEST_F(Store, SaysThatAnotherProcessHoldsTheFile) {
  TaskStoreOptions impatient = options();
  impatient.busy_seconds = 0.05;
  store(1);
  TaskStore s(file(), impatient);
  Database other(file(), 1);
  {
    const Transaction transaction(other, Transaction::Kind::Write);
    EXPECT_THAT(error_text<IoError>([&] { s.next("ann"); }),
                HasSubstr("got another process that keeps it locked"));
    EXPECT_EQ(s.progress().num_tasks, 1) << "reading goes on";
  }
  EXPECT_EQ(next_id(s, "ann"), "t0");
}

TEST_F(Store, IsFastWithTenThousandTasks) {
  TaskStore s = store(10'000, 2);
  const Stopwatch watch;
  for (int i = 0; i < 3000; ++i) answer_next(s, "ann");
  // A search from the beginning would pass 3000 tasks of ann's each time. Some 0.1 ms a call where
  // this was written; the limit is for sanitizers and busy machines.
  EXPECT_LT(watch.seconds() / 6000, 0.005);
  EXPECT_EQ(s.progress().annotators[0].num_answered, 3000);
}

}  // namespace
}  // namespace plumbline::annotate
