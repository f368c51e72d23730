// Every record of training data with all that is wrong with it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plumbline/data/mixture.h"
#include "plumbline/data/record_checks.h"
#include "plumbline/data/records.h"

namespace plumbline::data {

struct WalkedRecord {
  size_t source = 0;          // index into the sources
  std::string where;          // "file:line", "file, record 7", or a file
  std::string form;           // as read_training_record says; empty when it could not be read
  Conversation conversation;  // images as paths that open as they stand, or data URLs
  std::vector<Problem> problems;
};

// Visits all records in order; a source that cannot be read, or holds none, is visited once with a
// problem of kind File. Checks the form, turns, ids (unique within a source; the place stands for a
// missing one) and that image files exist. What is bad is a problem and never thrown.
void walk_records(const std::vector<SourceFile>& sources,
                  const std::function<void(WalkedRecord&&)>& visit);

}  // namespace plumbline::data
