// A folder of captioned pictures as records.
#pragma once

#include <string>
#include <vector>

#include "plumbline/formats/json_lines.h"

namespace plumbline::data {

// The records of the folder's metadata.jsonl. Without that file, one {"file_name", "text"} for each
// PNG, JPEG or WebP file in order of names, its text from NAME.txt beside it, without white space
// around it. Hidden files do not count. Broken lines, pictures without a text, texts without a
// picture or not in UTF-8, and pictures of other kinds go to `on_broken`. Throws IoError.
std::vector<formats::Record> read_image_folder(const std::string& folder,
                                               const formats::OnBroken& on_broken);

}  // namespace plumbline::data
