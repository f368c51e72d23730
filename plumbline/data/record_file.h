// Files of records of one kind: all problems together when reading, one record a line when writing.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/data/record_checks.h"

namespace plumbline::data {

// Makes something of one record. What it throws as DataError, std::invalid_argument (whose text
// says what was expected) or JSON's exceptions is a problem, beside those it reports to the checks.
template <class T>
using ParseRecord =
    std::function<T(const nlohmann::json& value, const std::string& where, RecordChecks& checks)>;

// Calls `parse` with every record of a JSON array or JSONL file, and `take` behind those without a
// problem. With BadRecords::Skip the others are left out with a warning. Throws IoError, or one
// DataError with the first ten problems, also when no record is left.
void for_each_record(const std::string& path, const std::string& doing,
                     const std::string& image_folder, config::BadRecords bad_records,
                     const ParseRecord<void>& parse, const std::function<void()>& take);

template <class T>
std::vector<T> read_all(const std::string& path, const std::string& doing,
                        const std::string& image_folder, const ParseRecord<T>& parse,
                        config::BadRecords bad_records = config::BadRecords::Refuse) {
  std::vector<T> result;
  T one;
  for_each_record(
      path, doing, image_folder, bad_records,
      [&](const nlohmann::json& value, const std::string& where, RecordChecks& checks) {
        one = parse(value, where, checks);
      },
      [&] { result.push_back(std::move(one)); });
  return result;
}

// Writes a JSON array with one record a line, atomically. Bytes that are not UTF-8 become U+FFFD.
void write_array(const std::string& path, const std::vector<nlohmann::json>& records);

}  // namespace plumbline::data
