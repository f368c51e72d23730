// Where a picture's bytes come from: a file, or a URL that holds them itself.
#pragma once

#include <string>
#include <string_view>

namespace plumbline::image {

// "data:image/png;base64,...", as chat messages carry pictures.
bool is_data_url(std::string_view source);

// The file's bytes, or those a data URL holds. Throws IoError when the file cannot be read, and
// DataError for a data URL that is not base64, is broken or holds nothing.
std::string read_image_bytes(const std::string& path_or_data_url);

// What stands for a picture in messages: its path, or the beginning of a data URL and its length.
std::string source_name(const std::string& path_or_data_url);

}  // namespace plumbline::image
