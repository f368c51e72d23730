// The stages of the demo as steps of one work: a part of demo.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plumbline/recipes/stages.h"
#include "plumbline/study/layout.h"
#include "plumbline/study/steps.h"

namespace plumbline::recipes {

// A command of the program: its name in run.json, what a complete stage of it holds, and about how
// long one takes on two cores, for the time that is left.
struct Command {
  const char* name;
  void (*start)(const Invocation&);
  const char* result;
  double seconds;
};

// What a stage is given: settings that it must have, and what stands beside settings.
struct Given {
  std::vector<std::string> sets = {};
  std::vector<std::string> inputs = {};
  std::string in = {};
};

class DemoPlan {
 public:
  // `sizes`: settings of every stage that a user may change.
  DemoPlan(const Invocation& invocation, study::Layout layout, fs::path root,
           std::vector<std::string> sizes)
      : invocation_(invocation),
        layout_(std::move(layout)),
        root_(std::move(root)),
        sizes_(std::move(sizes)) {}

  // A stage in the folder `name`, by a file of configs/world (or none). When resuming, one that is
  // complete is left alone, unless its result is gone, or a stage whose folder it reads is not
  // complete, or newer. Throws ConfigError when it was run with other settings than now, when its
  // folder or a complete stage's file is damaged, and when the user sets what the demo must set
  // itself.
  void add(const std::string& name, const Command& command, const std::string& config,
           const Given& given);
  // A file that is made anew each time.
  void add_file(const std::string& name, std::function<void()> write);

  void carry_out() const { study::carry_out("demo", steps_); }
  // Of all stages, below the layout's root.
  const std::vector<std::string>& runs() const { return runs_; }

 private:
  Invocation invocation_of(const std::string& name, const std::string& config,
                           const Given& given) const;
  void refuse_clashes(const std::string& name, const std::vector<std::string>& sets) const;
  void refuse_damaged(const std::string& name) const;
  bool is_up_to_date(const std::string& name, const Given& given) const;

  const Invocation& invocation_;
  study::Layout layout_;
  fs::path root_;
  std::vector<std::string> sizes_;
  std::vector<std::string> runs_, done_;
  std::vector<study::Step> steps_;
};

}  // namespace plumbline::recipes
