// A template's tags.
#pragma once

#include <string_view>

#include "plumbline/text/jinja_ast.h"

namespace plumbline::text::jinja {

// Throws Fault with a line, for tags, filters and tests that are not supported too.
Block parse(std::string_view source, const ChatTemplateLimits& limits);

}  // namespace plumbline::text::jinja
