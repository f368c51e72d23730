// The records of large files that are one JSON object: {"info": {...}, "annotations": [...]}.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plumbline/formats/json_lines.h"

namespace plumbline::formats {

// Visits the values of the list that the file's object has as `list`, one after the other: the list
// is never held as a whole. Members of records called as one of `left_out` are dropped at any
// depth. Returns the object's other members but lists and objects. A record's `where` is "file,
// list record n", from 1. Throws IoError, or DataError naming file and line for what is no JSON, or
// no object with such a list.
nlohmann::json for_each_in_list(const std::string& path, const std::string& list,
                                const std::function<void(Record&&)>& visit,
                                const std::vector<std::string>& left_out = {});

}  // namespace plumbline::formats
