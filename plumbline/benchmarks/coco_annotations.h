// The annotations in COCO's large files, read one after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace plumbline::benchmarks {

struct CocoAnnotation {
  std::optional<int64_t> image_id, category_id;
  std::optional<std::string> caption;
  int64_t number = 0;  // from 1
};

// Calls `visit` with every entry of "annotations" of a file such as instances_val2014.json or
// captions_val2014.json, and returns the names of its "categories" by their ids, which often follow
// the annotations. Nothing else of the file is kept in memory. Throws IoError; DataError for what
// is no JSON (a file cut short) and for a file without annotations.
std::map<int64_t, std::string> for_each_annotation(
    const std::string& path, const std::function<void(const CocoAnnotation&)>& visit);

// The id in an image's name, number or text: "COCO_val2014_000000000042.jpg", "42" and "000042.jpg"
// give 42. Throws DataError for a text that does not end in digits.
int64_t coco_image_id(const std::string& text, const std::string& where);

}  // namespace plumbline::benchmarks
