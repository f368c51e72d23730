#include "plumbline/annotate/task_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmath>
#include <map>
#include <set>
#include <thread>

#include "plumbline/annotate/sqlite.h"
#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::annotate {
namespace {

using data::Choice;
using support::error_text;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Opinion kFirst{Choice::First};

std::vector<Task> some_tasks(int count) {
  std::vector<Task> tasks;
  for (int i = 0; i < count; ++i)
    tasks.push_back({fmt::format("t{}", i), fmt::format(R"({{"id": {}}})", i)});
  return tasks;
}

class Store : public support::Scratch {
 protected:
  std::string file() const { return path("tasks.db"); }
  TaskStoreOptions options(std::optional<int64_t> overlap = {}) {
    return {
        .overlap = overlap, .lease_seconds = 100, .seed = 1, .busy_seconds = 5, .clock = [this] {
          return now_;
        }};
  }
  TaskStore store(int num_tasks, int64_t overlap = 1) {
    TaskStore result(file(), options(overlap));
    result.add(some_tasks(num_tasks));
    return result;
  }
  double now_ = 1000;
};

// The id of the next task; "" when there is none.
std::string next_id(TaskStore& store, const std::string& annotator) {
  const auto assignment = store.next(annotator);
  return assignment ? assignment->task.id : "";
}

std::string answer_next(TaskStore& store, const std::string& annotator,
                        const Opinion& opinion = kFirst) {
  const std::string id = next_id(store, annotator);
  if (!id.empty()) {
    EXPECT_TRUE(store.answer(annotator, id, opinion));
  }
  return id;
}

std::vector<std::string> answer_all(TaskStore& store, const std::string& annotator) {
  std::vector<std::string> ids;
  for (std::string id; !(id = answer_next(store, annotator)).empty();) ids.push_back(id);
  return ids;
}

int64_t num_votes(const TaskStore& store) {
  int64_t count = 0;
  for (const auto& task : store.votes()) count += static_cast<int64_t>(task.votes.size());
  return count;
}

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

TEST_F(Store, GivesEveryTaskOnceInADrawnOrder) {
  TaskStore s = store(50);
  const auto ids = answer_all(s, "ann");
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 50U);
  EXPECT_NE(ids.front() + ids[1] + ids[2], "t0t1t2");
  EXPECT_EQ(next_id(s, "bob"), "");
}

TEST_F(Store, TheOrderComesFromTheSeed) {
  const auto order = [&](const std::string& name, uint64_t seed) {
    TaskStore s(path(name), {.seed = seed});
    s.add(some_tasks(20));
    return answer_all(s, "ann");
  };
  const auto first = order("a", 1);
  EXPECT_EQ(first, order("b", 1));
  EXPECT_NE(first, order("c", 2));
}

TEST_F(Store, GivesTheSameTaskAgainUntilItIsAnswered) {
  TaskStore s = store(10);
  const auto first = s.next("ann"), again = s.next("ann");
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->task, again->task);
  EXPECT_EQ(first->is_swapped, again->is_swapped);
  EXPECT_THAT(first->task.record, HasSubstr(R"({"id": )"));
  EXPECT_TRUE(s.answer("ann", first->task.id, kFirst));
  EXPECT_NE(next_id(s, "ann"), first->task.id);
}

TEST_F(Store, ATaskGoesToAsManyAnnotatorsAsAskedFor) {
  TaskStore s = store(1, 2);
  EXPECT_EQ(next_id(s, "ann"), "t0");
  EXPECT_EQ(next_id(s, "bob"), "t0");
  EXPECT_EQ(next_id(s, "cyd"), "");
  EXPECT_TRUE(s.answer("ann", "t0", kFirst));
  EXPECT_EQ(next_id(s, "ann"), "");
  EXPECT_EQ(next_id(s, "cyd"), "");
  EXPECT_EQ(s.progress().num_done, 0);
  EXPECT_TRUE(s.answer("bob", "t0", kFirst));
  EXPECT_EQ(s.progress().num_done, 1);
}

TEST_F(Store, ThreeAnnotatorsAnswerEveryTaskTwice) {
  TaskStore s = store(30, 2);
  int64_t given = 0;
  for (bool is_working = true; is_working;) {
    is_working = false;
    for (const char* name : {"ann", "bob", "cyd"}) {
      if (answer_next(s, name).empty()) continue;
      is_working = true;
      ++given;
    }
  }
  EXPECT_EQ(given, 60);
  for (const auto& task : s.votes()) EXPECT_EQ(task.votes.size(), 2U) << task.task;
  EXPECT_EQ(s.progress().num_done, 30);
}

TEST_F(Store, AnOverdueTaskGoesToSomebodyElse) {
  TaskStore s = store(1);
  EXPECT_EQ(next_id(s, "ann"), "t0");
  now_ += 100;  // exactly the lease
  EXPECT_EQ(next_id(s, "bob"), "");
  now_ += 1;
  EXPECT_EQ(s.progress().num_open, 0);
  EXPECT_EQ(next_id(s, "bob"), "t0");
  EXPECT_EQ(s.progress().num_open, 1);
  EXPECT_FALSE(s.answer("ann", "t0", kFirst)) << "too late";
  EXPECT_FALSE(s.skip("ann", "t0", "hard"));
  EXPECT_TRUE(s.answer("bob", "t0", kFirst));
  ASSERT_EQ(num_votes(s), 1);
  EXPECT_EQ(s.votes()[0].votes[0].annotator, "bob");
}

TEST_F(Store, ALateAnswerCountsWhenNobodyElseHasTheTask) {
  TaskStore s = store(2);
  const std::string id = next_id(s, "ann");
  now_ += 101;
  EXPECT_TRUE(s.answer("ann", id, kFirst));
  const std::string other = next_id(s, "ann");
  now_ += 101;
  s.add({{"t9", "{}"}});
  EXPECT_NE(next_id(s, "bob"), "");  // releases, and takes one of the two
  EXPECT_NE(next_id(s, "cyd"), "");  // takes the other
  EXPECT_FALSE(s.answer("ann", other, kFirst));
  EXPECT_EQ(next_id(s, "ann"), "");
}

TEST_F(Store, AReleasedTaskComesBackToItsAnnotatorWhenFree) {
  TaskStore s = store(1);
  EXPECT_EQ(next_id(s, "ann"), "t0");
  now_ += 101;
  EXPECT_EQ(next_id(s, "bob"), "t0");
  EXPECT_TRUE(s.skip("bob", "t0", ""));
  EXPECT_EQ(next_id(s, "ann"), "t0");
  EXPECT_EQ(next_id(s, "bob"), "");
}

TEST_F(Store, AskingAgainRenewsTheLease) {
  TaskStore s = store(1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(next_id(s, "ann"), "t0");
    now_ += 90;
    EXPECT_EQ(next_id(s, "bob"), "");
  }
}

TEST_F(Store, ASkippedTaskGoesToOthersOnly) {
  TaskStore s = store(1);
  EXPECT_EQ(next_id(s, "ann"), "t0");
  EXPECT_TRUE(s.skip("ann", "t0", "no picture"));
  EXPECT_TRUE(s.skip("ann", "t0", "sent twice"));
  EXPECT_EQ(next_id(s, "ann"), "");
  EXPECT_EQ(s.progress().num_skipped, 1);
  EXPECT_EQ(answer_next(s, "bob", {Choice::Tie, {}, {}, "equal"}), "t0");
  const auto remarks = s.remarks();
  ASSERT_EQ(remarks.size(), 2U);
  EXPECT_EQ(remarks[0].text, "no picture");
  EXPECT_TRUE(remarks[0].is_skip);
  EXPECT_EQ(remarks[1].annotator, "bob");
  EXPECT_EQ(remarks[1].text, "equal");
  EXPECT_FALSE(remarks[1].is_skip);
}

TEST_F(Store, UndoGoesBackStepByStepAndForthAgain) {
  TaskStore s = store(4);
  const Opinion opinion{Choice::Second, true, false, "note"};
  const std::string a = answer_next(s, "ann", opinion), b = next_id(s, "ann");
  EXPECT_TRUE(s.skip("ann", b, "hard"));
  const std::string c = next_id(s, "ann");  // open while the annotator goes back
  auto undone = s.undo("ann");
  ASSERT_TRUE(undone);
  EXPECT_EQ(undone->task, b);
  EXPECT_FALSE(undone->opinion);
  EXPECT_TRUE(undone->is_next);
  undone = s.undo("ann");
  ASSERT_TRUE(undone);
  EXPECT_EQ(undone->task, a);
  EXPECT_EQ(undone->opinion, opinion);
  EXPECT_FALSE(s.undo("ann"));
  EXPECT_EQ(num_votes(s), 0);
  EXPECT_THAT(s.remarks(), IsEmpty());
  EXPECT_EQ(s.progress().num_open, 3);
  EXPECT_EQ(answer_next(s, "ann"), a);
  EXPECT_EQ(answer_next(s, "ann"), b);
  EXPECT_EQ(answer_next(s, "ann"), c);
  EXPECT_EQ(s.undo("ann")->task, c);
  EXPECT_EQ(num_votes(s), 2);
}

TEST_F(Store, UndoIsOfOneAnnotatorOnly) {
  TaskStore s = store(2);
  const std::string a = answer_next(s, "ann");
  answer_next(s, "bob");
  EXPECT_EQ(s.undo("ann")->task, a);
  EXPECT_EQ(num_votes(s), 1);
  EXPECT_EQ(next_id(s, "bob"), "") << "the undone task stays with ann";
}

TEST_F(Store, ASkipIsTakenBackThoughOthersHaveTheTask) {
  TaskStore s = store(1);
  EXPECT_EQ(next_id(s, "ann"), "t0");
  s.skip("ann", "t0", "");
  EXPECT_EQ(next_id(s, "bob"), "t0");
  const auto undone = s.undo("ann");
  ASSERT_TRUE(undone);
  EXPECT_FALSE(undone->is_next);
  EXPECT_EQ(next_id(s, "ann"), "");
  s.skip("bob", "t0", "");
  EXPECT_EQ(next_id(s, "ann"), "t0");
}

TEST_F(Store, SidesAreBalancedPerTaskAndPerAnnotator) {
  TaskStore s = store(400, 2);
  std::map<std::string, std::map<std::string, bool>> sides;
  for (const char* name : {"ann", "bob"}) {
    while (const auto assignment = s.next(name)) {
      sides[name][assignment->task.id] = assignment->is_swapped;
      s.answer(name, assignment->task.id, kFirst);
    }
  }
  int swapped = 0, differing = 0;
  for (const auto& [id, is_swapped] : sides["ann"]) {
    swapped += is_swapped ? 1 : 0;
    differing += is_swapped != sides["bob"].at(id) ? 1 : 0;
  }
  EXPECT_NEAR(swapped, 200, 40);  // four standard deviations
  EXPECT_NEAR(differing, 200, 40);
}

TEST_F(Store, ProgressCountsAndTimes) {
  TaskStore s = store(5);
  for (const double seconds : {10.0, 40.0, 20.0}) {
    const std::string id = next_id(s, "ann");
    now_ += seconds / 2;
    EXPECT_EQ(next_id(s, "ann"), id);  // a reloaded page does not stop the watch
    now_ += seconds / 2;
    s.answer("ann", id, kFirst);
    now_ += 1000;  // a pause between two tasks counts for nobody
  }
  s.skip("bob", next_id(s, "bob"), "");
  const auto progress = s.progress();
  EXPECT_EQ(progress.num_tasks, 5);
  EXPECT_EQ(progress.num_done, 3);
  EXPECT_EQ(progress.num_open, 0);
  EXPECT_EQ(progress.num_skipped, 1);
  ASSERT_EQ(progress.annotators.size(), 2U);
  EXPECT_EQ(progress.annotators[0].annotator, "ann");
  EXPECT_EQ(progress.annotators[0].num_answered, 3);
  EXPECT_EQ(progress.annotators[0].median_seconds, 20);
  EXPECT_EQ(progress.annotators[1].num_answered, 0);
  EXPECT_EQ(progress.annotators[1].num_skipped, 1);
  EXPECT_TRUE(std::isnan(progress.annotators[1].median_seconds));
}

TEST_F(Store, TimeSpentOnAnUndoneTaskIsNotThatOfTheOneBehindIt) {
  TaskStore s = store(2);
  const std::string a = answer_next(s, "ann"), b = next_id(s, "ann");
  now_ += 50;
  s.undo("ann");
  EXPECT_EQ(next_id(s, "ann"), a);
  now_ += 30;
  s.answer("ann", a, kFirst);
  EXPECT_EQ(next_id(s, "ann"), b);
  now_ += 10;
  s.answer("ann", b, kFirst);
  EXPECT_EQ(s.progress().annotators[0].median_seconds, 20);  // of 30 and 10
}

TEST_F(Store, VotesComeInTheOrderOfTasksAndNames) {
  TaskStore s = store(3, 2);
  for (const char* name : {"zoe", "ann"}) {
    while (const auto assignment = s.next(name)) {
      if (assignment->task.id == "t1") {
        s.skip(name, "t1", "");
      } else {
        s.answer(name, assignment->task.id, {Choice::Second, true, {}, "n"});
      }
    }
  }
  const auto votes = s.votes();
  ASSERT_EQ(votes.size(), 3U);
  EXPECT_EQ(votes[0].task, "t0");
  EXPECT_EQ(votes[1].task, "t1");
  EXPECT_THAT(votes[0].votes, ElementsAre(data::Vote{"ann", Choice::Second, true, {}},
                                          data::Vote{"zoe", Choice::Second, true, {}}));
  EXPECT_THAT(votes[1].votes, IsEmpty());
  EXPECT_EQ(s.tasks(), some_tasks(3));
}

TEST_F(Store, AnImportCanBeRepeated) {
  TaskStore s = store(3);
  const std::string id = answer_next(s, "ann");
  auto tasks = some_tasks(5);
  tasks[0].record = R"( { "id" : 0 } )";  // the same value
  const Added added = s.add(tasks);
  EXPECT_EQ(added.num_added, 2);
  EXPECT_EQ(added.num_known, 3);
  EXPECT_EQ(num_votes(s), 1);
  EXPECT_EQ(answer_all(s, "ann").size(), 4U) << "also added tasks that rank before those answered";
}

TEST_F(Store, AnImportIsAllOrNothing) {
  TaskStore s = store(3);
  const auto refused = [&](std::vector<Task> tasks) {
    tasks.insert(tasks.begin(), {"new", "{}"});
    return error_text<DataError>([&] { s.add(tasks); });
  };
  EXPECT_THAT(refused({{"t1", R"({"id": 2})"}}), HasSubstr("got another one (task 't1').\nHint:"));
  EXPECT_THAT(refused({{"x", "{}"}, {"x", "{}"}}), HasSubstr("the same id twice (task 'x')"));
  EXPECT_THAT(refused({{"x", "{"}}), HasSubstr("expected a record as JSON, got text that is none"));
  EXPECT_THAT(refused({{"", "{}"}}), HasSubstr("the id of a task: expected a name"));
  EXPECT_THAT(refused({{"\xff", "{}"}}), HasSubstr("expected UTF-8"));
  EXPECT_EQ(s.tasks().size(), 3U);
}

TEST_F(Store, RefusesWhatIsNoAnswer) {
  TaskStore s = store(2);
  const std::string id = next_id(s, "ann");
  const std::string other = id == "t0" ? "t1" : "t0";
  const auto refused = [&](const std::string& name, const std::string& task,
                           const Opinion& opinion) {
    return error_text<DataError>([&] { s.answer(name, task, opinion); });
  };
  EXPECT_THAT(refused("ann", "t7", kFirst), HasSubstr("got an unknown id (task 't7')"));
  EXPECT_THAT(refused("ann", other, kFirst), HasSubstr("expected a task given to this annotator"));
  EXPECT_THAT(refused("bob", id, kFirst), HasSubstr("storing what 'bob' said"));
  EXPECT_THAT(refused("", id, kFirst), HasSubstr("got an empty one"));
  EXPECT_THAT(refused("\xff", id, kFirst), HasSubstr("expected UTF-8"));
  EXPECT_THAT(refused("ann", id, {Choice::First, {}, {}, "\xff"}), HasSubstr("a remark"));
  EXPECT_THROW(s.next(""), DataError);
  EXPECT_THROW(s.undo(""), DataError);
  EXPECT_EQ(num_votes(s), 0);
  EXPECT_THAT(s.progress().annotators, testing::SizeIs(1)) << "bob was refused";
  EXPECT_TRUE(s.answer("ann", id, kFirst));
  EXPECT_TRUE(s.answer("ann", id, kFirst)) << "sent twice";
  EXPECT_THAT(refused("ann", id, {Choice::Tie}), HasSubstr("answered already"));
  EXPECT_THROW(s.skip("ann", id, ""), DataError);
  EXPECT_EQ(num_votes(s), 1);
}

TEST_F(Store, RefusesOptionsWithoutSense) {
  const auto refused = [&](TaskStoreOptions given) {
    return error_text<ConfigError>([&] { TaskStore(file(), given); });
  };
  EXPECT_EQ(refused({.overlap = 0}),
            "[annotate] overlap: expected at least 1 annotator per task, got 0.");
  EXPECT_THAT(refused({.lease_seconds = 0}), HasSubstr("lease: expected more than 0 s"));
  EXPECT_THAT(refused({.busy_seconds = -1}), HasSubstr("waiting: expected 0 s or more"));
  EXPECT_FALSE(fs::exists(file()));
}

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
