// metrics.jsonl and TensorBoard events of a run.
#pragma once

#include <memory>

#include "plumbline/base/files.h"
#include "plumbline/formats/events.h"
#include "plumbline/train/metrics.h"

namespace plumbline::train {

class MetricsLog {
 public:
  explicit MetricsLog(fs::path folder) : folder_(std::move(folder)) {}
  // Appends one line, whole or not at all, and the same figures as TensorBoard scalars.
  void record(int64_t step, const Metrics& metrics);
  // Forgets all steps after `step`: they will be done again.
  void truncate(int64_t step);

 private:
  fs::path file() const { return folder_ / "metrics.jsonl"; }

  fs::path folder_;
  std::unique_ptr<formats::EventWriter> events_;  // made with the first record
};

}  // namespace plumbline::train
