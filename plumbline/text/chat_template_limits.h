// How much a chat template may do.
#pragma once

#include <cstdint>

namespace plumbline::text {

// A template comes with a downloaded checkpoint, so it is not trusted with time or memory.
struct ChatTemplateLimits {
  int64_t source_bytes = 1 << 20;
  int64_t nesting = 200;      // brackets and tags in the source, lists in lists in a value
  int64_t depth = 600;        // expressions, tags and macro calls that are open while rendering
  int64_t steps = 5'000'000;  // expressions evaluated, items produced, and text in 16-byte pieces
  int64_t text_bytes = 16 << 20;  // the output, and every text on the way to it
};

}  // namespace plumbline::text
