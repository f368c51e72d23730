#include "plumbline/annotate/interview.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/json.h"
#include "plumbline/base/trimmed.h"
#include "plumbline/text/conversation.h"

namespace plumbline::annotate {
namespace {

using data::Choice;

constexpr const char* kHelp =
    "1 or 2: the better answer; t: a tie; s: skip, somebody else may know; u: take the last one "
    "back; q: end.\nWhat is typed behind is kept as a note: \"1 the second invents a dog\".\n";
constexpr const char* kWhatIsFalse = "false in: 1, 2, b (both), n (neither); empty: not said > ";

// The first word of a line, and what stands behind it.
struct Typed {
  std::string word, rest;
};

// A turn as people read it: the pictures are named apart.
std::string words_of(const text::Turn& turn) {
  std::string words = turn.text;
  if (!turn.is_user || turn.images_before >= 0) return words;  // what looks like one is data
  for (size_t at = 0; (at = words.find(text::kImagePlaceholder, at)) != std::string::npos;) {
    words.erase(at, text::kImagePlaceholder.size());
  }
  return words.substr(std::min(words.find_first_not_of(" \n"), words.size()));
}

data::Comparison pair_of(const Task& task) {
  try {
    return data::pair_from_json(parse_json(task.record, task.id));
  } catch (const std::exception& e) {
    throw DataError(Complaint{.component = "annotate",
                              .doing = "reading a task",
                              .expected = "a pair of answers",
                              .got = untagged(e),
                              .where = task.id});
  }
}

class Interview {
 public:
  Interview(TaskStore& store, std::string annotator, fs::path image_folder, std::istream& in,
            std::ostream& out)
      : store_(store),
        annotator_(std::move(annotator)),
        image_folder_(std::move(image_folder)),
        in_(in),
        out_(out) {}

  void run() {
    out_ << kHelp;
    bool goes_on = true;
    while (goes_on) {
      const auto assignment = store_.next(annotator_);
      if (!assignment) out_ << "\nNothing is left for you now.\n";
      goes_on = assignment && work_on(*assignment);
    }
    tell_progress();
  }

 private:
  std::optional<Typed> ask(const char* question) {
    out_ << question << std::flush;
    std::string line;
    if (!std::getline(in_, line)) {
      stop_if_interrupted();
      out_ << "\n";
      return std::nullopt;
    }
    stop_if_interrupted();
    const std::string_view typed = trimmed(line);
    const size_t blank = std::min(typed.find_first_of(" \t"), typed.size());
    return Typed{std::string(typed.substr(0, blank)), std::string(trimmed(typed.substr(blank)))};
  }

  void show(const data::Comparison& pair, bool is_swapped) {
    tell_progress();
    for (const auto& image : pair.images) {
      // Data URLs are long.
      out_ << "picture: "
           << (image.starts_with("data:") ? "(in the record)" : (image_folder_ / image).string())
           << "\n";
    }
    for (const auto& turn : pair.turns) {
      out_ << (turn.is_user ? "question: " : "answer:   ") << words_of(turn) << "\n";
    }
    out_ << "  [1] " << (is_swapped ? pair.output_2 : pair.output_1) << "\n  [2] "
         << (is_swapped ? pair.output_1 : pair.output_2) << "\n";
  }

  // Whether to go on with another task.
  bool work_on(const Assignment& assignment) {
    const Task& task = assignment.task;
    show(pair_of(task), assignment.is_swapped);
    while (true) {
      const auto typed = ask("better > ");
      if (!typed || typed->word == "q") return false;
      if (typed->word == "s") {
        store_.skip(annotator_, task.id, typed->rest);
        return true;
      }
      if (typed->word == "u") {
        if (store_.undo(annotator_)) return true;
        out_ << "There is nothing to take back.\n";
      } else if (typed->word == "1" || typed->word == "2" || typed->word == "t") {
        return record(assignment, *typed);
      } else {
        out_ << kHelp;
      }
    }
  }

  bool record(const Assignment& assignment, const Typed& better) {
    Opinion opinion{.choice = Choice::Tie, .note = better.rest};
    if (better.word != "t") {
      const bool is_first = (better.word == "1") != assignment.is_swapped;
      opinion.choice = is_first ? Choice::First : Choice::Second;
    }
    auto &shown_1 = opinion.hallucination_1, &shown_2 = opinion.hallucination_2;
    while (true) {
      const auto typed = ask(kWhatIsFalse);
      if (!typed || typed->word == "q") return false;
      const std::string& word = typed->word;
      if (word.empty()) break;
      if (word != "1" && word != "2" && word != "b" && word != "n") continue;
      shown_1 = word == "1" || word == "b";
      shown_2 = word == "2" || word == "b";
      break;
    }
    if (assignment.is_swapped) std::swap(shown_1, shown_2);
    if (!store_.answer(annotator_, assignment.task.id, opinion)) {
      out_ << "This pair went to somebody else meanwhile; the answer was not wanted any more.\n";
    }
    return true;
  }

  void tell_progress() {
    const TaskProgress progress = store_.progress();
    const auto own = std::find_if(progress.annotators.begin(), progress.annotators.end(),
                                  [&](const auto& one) { return one.annotator == annotator_; });
    const bool has_own = own != progress.annotators.end();
    std::string pace;
    if (has_own && std::isfinite(own->median_seconds)) {
      pace = fmt::format(", {:.0f} s each", own->median_seconds);
    }
    out_ << fmt::format("\n{} answered by you{}; {} of {} pairs are done\n",
                        has_own ? own->num_answered : 0, pace, progress.num_done,
                        progress.num_tasks);
  }

  TaskStore& store_;
  std::string annotator_;
  fs::path image_folder_;
  std::istream& in_;
  std::ostream& out_;
};

}  // namespace

void interview(TaskStore& store, const std::string& annotator, const std::string& image_folder,
               std::istream& in, std::ostream& out) {
  Interview(store, annotator, image_folder, in, out).run();
}

}  // namespace plumbline::annotate
