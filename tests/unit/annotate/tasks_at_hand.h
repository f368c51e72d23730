// A store of tasks in a scratch folder, with a clock of its own.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "plumbline/annotate/task_store.h"
#include "tests/support/scratch.h"

namespace plumbline::annotate {

using data::Choice;
using support::error_text;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

inline const Opinion kFirst{Choice::First};

inline std::vector<Task> some_tasks(int count) {
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
inline std::string next_id(TaskStore& store, const std::string& annotator) {
  const auto assignment = store.next(annotator);
  return assignment ? assignment->task.id : "";
}

inline std::string answer_next(TaskStore& store, const std::string& annotator,
                               const Opinion& opinion = kFirst) {
  const std::string id = next_id(store, annotator);
  if (!id.empty()) {
    EXPECT_TRUE(store.answer(annotator, id, opinion));
  }
  return id;
}

inline std::vector<std::string> answer_all(TaskStore& store, const std::string& annotator) {
  std::vector<std::string> ids;
  for (std::string id; !(id = answer_next(store, annotator)).empty();) ids.push_back(id);
  return ids;
}

inline int64_t num_votes(const TaskStore& store) {
  int64_t count = 0;
  for (const auto& task : store.votes()) count += static_cast<int64_t>(task.votes.size());
  return count;
}

}  // namespace plumbline::annotate
