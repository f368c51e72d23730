#include "plumbline/annotate/task_store.h"

#include <cmath>
#include <map>
#include <set>

#include "plumbline/base/error.h"
#include "tests/unit/annotate/tasks_at_hand.h"

namespace plumbline::annotate {
namespace {

TEST_F(Store, GivesEveryTaskOnceInADrawnOrder) {
  TaskStore s = store(50);
  const auto ids = answer_all(s, "ann");
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 50U);
  EXPECT_NE(ids.front() + ids[1] + ids[2], "t0t1t2");
  EXPECT_EQ(next_id(s, "bob"), "");
}

TEST_F(Store, TheOrderComesFromTheSeed) {
  const auto order = [&](const std::string& name, int64_t seed) {
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

}  // namespace
}  // namespace plumbline::annotate
