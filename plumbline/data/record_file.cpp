#include "plumbline/data/record_file.h"

#include <stdexcept>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::data {

using nlohmann::json;

void for_each_record(const std::string& path, const std::string& doing,
                     const std::string& image_folder, config::BadRecords bad_records,
                     const ParseRecord<void>& parse, const std::function<void()>& take) {
  Problems problems(path, doing);
  std::vector<std::string> of_record, skipped;
  RecordChecks checks([&](const Problem& p) { of_record.push_back(p.where + ": " + p.text); },
                      image_folder);
  const auto note = [&](const std::string& where, const std::string& text) {
    of_record.push_back(where + ": " + text);
  };
  size_t num_taken = 0;
  const auto records = formats::read_records(path);
  for (const auto& record : records) {
    stop_if_interrupted();
    of_record.clear();
    try {
      parse(record.value, record.where, checks);
    } catch (const json::exception& e) {
      note(record.where, untagged(e));
    } catch (const std::invalid_argument& e) {
      note(record.where, std::string("expected ") + e.what());
    } catch (const DataError& e) {
      note(record.where, e.what());
    }
    if (of_record.empty()) {
      take();
      ++num_taken;
    } else if (bad_records == config::BadRecords::Skip) {
      skipped.push_back(of_record.front());
    } else {
      for (const std::string& problem : of_record) problems.add(problem);
    }
  }
  problems.finish();
  if (!skipped.empty()) {
    log_warning("{}: {} of {} records are left out, the first: {}", path, skipped.size(),
                records.size(), skipped.front());
  }
  if (num_taken > 0) return;
  throw DataError(Complaint{
      .component = "data",
      .doing = doing,
      .expected = "at least one record",
      .got = skipped.empty() ? "none" : "none that can be used, such as " + skipped.front(),
      .where = path});
}

void write_array(const std::string& path, const std::vector<json>& records) {
  std::string text = "[\n";
  for (size_t i = 0; i < records.size(); ++i) {
    text += json_text(records[i]) + (i + 1 < records.size() ? ",\n" : "\n");
  }
  write_file(path, text + "]\n");
}

}  // namespace plumbline::data
