// Files of JSON records.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace plumbline::formats {

struct Record {
  nlohmann::json value;
  // For errors about it: "file:line" in a file of lines, "file, record n" (from 1) in an array.
  std::string where;
};

// Reads one JSON array, or one JSON value per line (empty lines are skipped), told apart by the
// first character. Throws IoError, or DataError naming file and line.
std::vector<Record> read_records(const std::string& path);

// The same one after the other: a file of lines is never held as a whole in its parsed form.
void for_each_record(const std::string& path, const std::function<void(Record&&)>& visit);

// As read_records, but lines that are no JSON are handed to `on_broken` and passed over, and so is
// an array as a whole. Throws IoError only.
using OnBroken = std::function<void(const std::string& where, const std::string& problem)>;
std::vector<Record> read_records(const std::string& path, const OnBroken& on_broken);

// The first that is JSON; nothing of a file of lines is parsed beyond it. Throws IoError only.
std::optional<Record> first_record(const std::string& path);

// Writes one value per line, atomically. Bytes that are not UTF-8 become U+FFFD. Throws IoError.
void write_records(const std::string& path, const std::vector<nlohmann::json>& values);

}  // namespace plumbline::formats
