// Bytes as base64 text, for pictures inside a page.
#pragma once

#include <string>
#include <string_view>

namespace plumbline {

std::string base64(std::string_view bytes);

}  // namespace plumbline
