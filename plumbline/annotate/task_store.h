// Comparison tasks for people in one SQLite file: who gets which next, and what they said.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/data/comparison.h"

namespace plumbline::annotate {

struct Task {
  std::string id;
  std::string record;  // JSON, kept as it came
  friend bool operator==(const Task&, const Task&) = default;
};

// A task in an annotator's hands.
struct Assignment {
  Task task;
  // Whether output 2 of the record is shown where output 1 would stand. Drawn for each pair of task
  // and annotator, so that neither learns nor favours a side.
  bool is_swapped = false;
};

// What an annotator says; first and second are those of the record, wherever they were shown.
struct Opinion {
  data::Choice choice = data::Choice::First;
  std::optional<bool> hallucination_1 = {}, hallucination_2 = {};
  std::string note = {};
  friend bool operator==(const Opinion&, const Opinion&) = default;
};

struct Added {
  int64_t num_added = 0;
  int64_t num_known = 0;  // were there already, with the same content
};

// An answer or skip that was taken back.
struct Undone {
  std::string task;
  std::optional<Opinion> opinion = {};  // what the answer was; nothing for a skip
  // Whether next() gives the task again. False for a skip whose task went to others meanwhile.
  bool is_next = true;
};

struct AnnotatorProgress {
  std::string annotator;
  int64_t num_answered = 0;
  int64_t num_skipped = 0;
  double median_seconds = 0;  // from showing a task to its answer; NaN without answers
};

struct TaskProgress {
  int64_t num_tasks = 0;
  int64_t num_done = 0;                            // answered by as many annotators as asked for
  int64_t num_open = 0;                            // assignments in somebody's hands
  int64_t num_skipped = 0;                         // skips by all annotators
  std::vector<AnnotatorProgress> annotators = {};  // by name
};

struct TaskVotes {
  std::string task;
  std::vector<data::Vote> votes;  // by the annotators' names
};

// What an annotator wrote beside an answer, or as the reason of a skip.
struct Remark {
  std::string task, annotator, text;
  bool is_skip = false;
};

struct TaskStoreOptions {
  // How many annotators answer each task. Nothing: as the file says, 1 for a new one. Otherwise it
  // is kept in the file and from then on true for every process that uses it.
  std::optional<int64_t> overlap = {};
  double lease_seconds = 1800;         // a task open for longer may go to somebody else
  int64_t seed = 0;                    // of the order (drawn when tasks are added) and of the sides
  double busy_seconds = 10;            // how long to wait for another process
  std::function<double()> clock = {};  // seconds since 1970; empty: the system's
};

// The file, for several processes and threads at a time (threads take turns). What a call has
// returned from survives the end of the process (kill -9); a crash of the machine may cost the last
// calls, never the file. Use local disks: SQLite's write-ahead log does not work over networks.
//
// Every call throws IoError when the file cannot be read or written (disk full, locked by another
// process for too long) and then has changed nothing; names and texts that are not UTF-8, or empty
// names, are DataErrors.
class TaskStore {
 public:
  // Opens the file or creates it. Throws ConfigError for options without sense, DataError for a
  // file that is something else or was written by a newer version.
  explicit TaskStore(const std::string& path, const TaskStoreOptions& options = {});
  ~TaskStore();
  TaskStore(TaskStore&&) noexcept;
  TaskStore& operator=(TaskStore&&) noexcept;

  // All or none. Tasks that are there with the same content (as JSON values) are passed over, so
  // that an import can be repeated. Throws DataError naming the id for one that comes twice in
  // `tasks`, is there with other content, or whose record is no JSON.
  Added add(const std::vector<Task>& tasks);

  // What the annotator works on next; nothing when there is nothing for them now (other annotators'
  // open tasks may still come back). The same again until it is answered or skipped. Never one the
  // annotator has dealt with, nor one that `overlap` annotators have answered or hold. Asking
  // renews the annotator's leases.
  std::optional<Assignment> next(const std::string& annotator);

  // True when recorded, also when the same answer was recorded before (a request sent twice). False
  // when the lease ran out and others have the task: the answer is not wanted any more. Throws
  // DataError for a task that is unknown, was not given to the annotator, or was dealt with
  // otherwise.
  bool answer(const std::string& annotator, const std::string& task, const Opinion& opinion);
  // The same for a task the annotator cannot judge; it goes to somebody else.
  bool skip(const std::string& annotator, const std::string& task, const std::string& reason);

  // Takes back the annotator's last answer or skip, called again the one before, and makes its task
  // the next one; a task that was open then waits behind it. Nothing when there is none left.
  std::optional<Undone> undo(const std::string& annotator);

  TaskProgress progress() const;
  // In the order in which they were added.
  std::vector<Task> tasks() const;
  std::vector<TaskVotes> votes() const;  // every task, also those without votes
  std::vector<Remark> remarks() const;   // those with text, by task and annotator

  struct Parts;  // what the sources share

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace plumbline::annotate
