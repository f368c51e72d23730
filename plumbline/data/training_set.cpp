#include "plumbline/data/training_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "plumbline/base/log.h"
#include "plumbline/data/record_walk.h"

namespace plumbline::data {
namespace {

constexpr size_t kSkippedShown = 3;

class Collector {
 public:
  Collector(const std::string& path, std::vector<SourceFile> files, BadRecords bad)
      : path_(path), files_(std::move(files)), bad_(bad), problems_(path, "reading training data") {
    for (const SourceFile& file : files_) {
      set_.sources.push_back({.name = file.name, .weight = file.weight});
    }
  }

  TrainingSet collect() {
    walk_records(files_, [this](WalkedRecord&& record) { add(std::move(record)); });
    int64_t first = 0;
    for (size_t i = 0; i < files_.size(); ++i) {
      Source& source = set_.sources[i];
      source.first = first;
      first += source.count;
      if (bad_ == BadRecords::Skip && source.count == 0 && !unread_.contains(i)) {
        problems_.add(files_[i].path, "expected at least one record without a problem, got none");
      }
    }
    warn();
    problems_.finish();
    return std::move(set_);
  }

 private:
  void add(WalkedRecord&& record) {
    const auto is_file = [](const Problem& p) { return p.kind == ProblemKind::File; };
    const bool is_unread = std::any_of(record.problems.begin(), record.problems.end(), is_file);
    if (is_unread) unread_.insert(record.source);
    if (!is_bad(record.problems)) {
      ++set_.sources[record.source].count;
      set_.records.push_back(std::move(record.conversation));
    } else if (bad_ == BadRecords::Skip && !is_unread) {
      ++set_.num_skipped;
      const Problem& first = record.problems.front();
      if (skipped_.size() < kSkippedShown) skipped_.push_back(first.where + ": " + first.text);
    } else {
      for (const Problem& problem : record.problems) {
        if (problem.kind != ProblemKind::Id) problems_.add(problem.where, problem.text);
      }
    }
  }

  void warn() const {
    if (set_.num_skipped == 0) return;
    const auto all = set_.num_skipped + std::ssize(set_.records);
    const auto more = set_.num_skipped - std::ssize(skipped_);
    log_warning("{}: left out {} of {} records that have problems:\n  {}{}", path_,
                set_.num_skipped, all, fmt::join(skipped_, "\n  "),
                more > 0 ? fmt::format("\n  ... and {} more", more) : "");
  }

  std::string path_;
  std::vector<SourceFile> files_;
  BadRecords bad_;
  Problems problems_;
  TrainingSet set_;
  std::set<size_t> unread_;  // sources that could not be read at all
  std::vector<std::string> skipped_;
};

}  // namespace

TrainingSet read_training_set(const std::string& path, const std::string& image_folder,
                              BadRecords bad) {
  return Collector(path, source_files(path, image_folder), bad).collect();
}

}  // namespace plumbline::data
