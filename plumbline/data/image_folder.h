// A folder of captioned pictures as records.
#pragma once

#include <string>
#include <vector>

#include "plumbline/formats/json_lines.h"

namespace plumbline::data {

// The records of the folder's metadata.jsonl. Without that file, one {"file_name", "text"} for each
// PNG, JPEG or WebP file in order of names, its text from NAME.txt beside it, without white space
// around it; a picture without such a file has no "text". Broken lines, and texts
// that are not UTF-8, go to `on_broken`. Throws
// IoError.
std::vector<formats::Record> read_image_folder(const std::string& folder,
                                               const formats::OnBroken& on_broken);

}  // namespace plumbline::data
