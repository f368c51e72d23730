// Pictures on their way to a service.
#pragma once

#include <string>

namespace plumbline::judge {

// A data URL of the file's bytes, with its kind (PNG, JPEG, WebP, GIF) by its first bytes; a data
// URL stays as it is. Throws IoError for a file that cannot be read, DataError for another kind.
std::string image_url(const std::string& image);

// A name for what is seen: of the file's bytes, or of the URL.
std::string image_hash(const std::string& image);

}  // namespace plumbline::judge
