// All that supervised fine-tuning trains on, from any form of file.
#pragma once

#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/data/order.h"
#include "plumbline/data/records.h"

namespace plumbline::data {

struct TrainingSet {
  std::vector<Conversation> records;  // images as paths that open as they stand, or data URLs
  std::vector<Source> sources;        // the records of each, in order
  int64_t num_skipped = 0;            // bad records that were left out
};

// What is done with bad records: one DataError with the first ten problems of all sources, or they
// are left out, with a warning that counts them and names the first ones.
using BadRecords = config::BadRecords;

// Reads what `path` names (mixture.h): conversations in LLaVA's form, chat messages, prompts with
// completions, captions and raw text (training_record.h), as JSON or JSONL, a folder of images with
// captions (image_folder.h), or a mixture of such sources. Paths of images start from
// `image_folder`. Checks all records as walk_records does; that images decode is not checked.
//
// Throws IoError when there is no `path`, and DataError for bad records, a file that cannot be
// read, and a source without any record that is left, whatever `bad` says.
TrainingSet read_training_set(const std::string& path, const std::string& image_folder,
                              BadRecords bad);

}  // namespace plumbline::data
