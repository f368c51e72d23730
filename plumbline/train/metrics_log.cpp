#include "plumbline/train/metrics_log.h"

#include "plumbline/base/clock.h"
#include "plumbline/formats/metrics_lines.h"

namespace plumbline::train {

void MetricsLog::record(int64_t step, const Metrics& metrics) {
  append_file(file(), formats::metrics_line({step, metrics}));
  if (!events_) events_ = std::make_unique<formats::EventWriter>(folder_.string());
  for (const auto& [name, value] : metrics) events_->scalar(name, step, value, unix_seconds());
}

void MetricsLog::truncate(int64_t step) {
  std::string kept;
  for (const auto& entry : formats::read_metrics(file())) {
    if (entry.step <= step) kept += formats::metrics_line(entry);
  }
  write_file(file(), kept);
}

}  // namespace plumbline::train
