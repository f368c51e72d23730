// What a look through all training data finds, before anything long starts.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/data/length_summary.h"
#include "plumbline/data/records.h"

namespace plumbline::data {

struct ReportOptions {
  int64_t max_tokens = 0;  // 0: no limit
  config::TooLong too_long = config::TooLong::Refuse;
  int64_t image_token = -1;  // whose rows a cut does not part
  int64_t image_tokens = 1;  // rows per image
};

// All findings of one kind are counted, the first ten are told.
struct Findings {
  int64_t count = 0;
  std::vector<std::string> first;
};

struct SourceReport {
  std::string name;
  double weight = 1;
  int64_t num_records = 0;
  int64_t num_bad = 0;                   // with a problem that read_training_set would refuse
  std::map<std::string, int64_t> forms;  // records of each form; "unread" for what has none
};

struct DataReport {
  std::vector<SourceReport> sources;
  int64_t num_records = 0;
  int64_t num_bad = 0;
  int64_t num_images = 0;  // as often as they are named
  int64_t num_distinct_images = 0;

  LengthSummary tokens;           // of what could be encoded, before any cut
  int64_t num_answer_tokens = 0;  // of these, the trained ones

  // Each record that has it counts once in a kind; a record can be in several.
  Findings unreadable;      // sources, lines and records that cannot be read
  Findings wrong_turns;     // sides, empty texts, placeholders that do not fit the images
  Findings missing_images;  // no such file
  Findings duplicate_ids;
  Findings broken_images;  // files and data URLs that do not decode, once each
  Findings unencodable;    // the tokenizer or the template refuses it
  Findings duplicates;     // the same images and texts as an earlier record
  Findings over_long;      // with what happens to each under the policy
  Findings without_label;  // nothing of it is trained

  // What becomes of the over-long ones.
  int64_t num_refused = 0;
  int64_t num_skipped = 0;
  int64_t num_truncated = 0;  // and still trained in part
  int64_t num_label_cut = 0;  // cut before anything that is trained
  // Records that pass every check and still teach nothing: without a label from the start, or cut
  // before it. Nothing else would say so.
  int64_t would_be_dropped_silently = 0;
};

using Encode = std::function<text::EncodedConversation(const Conversation&)>;
// The problem with a picture (a path or a data URL), empty when it is fine.
using InspectImage = std::function<std::string(const std::string& path_or_data_url)>;

// Walks all records once. Never throws for a bad record: `encode` may throw Error, which becomes a
// finding, and every existing picture is inspected once. Throws for a `path` that is not there or a
// mixture that cannot be read.
DataReport report_data(const std::string& path, const std::string& image_folder,
                       const Encode& encode, const InspectImage& inspect_image,
                       const ReportOptions& options);

// Whether read_training_set would take it all and every example could be trained on.
bool is_clean(const DataReport& report);

std::string report_text(const DataReport& report);
nlohmann::json report_json(const DataReport& report);

}  // namespace plumbline::data
