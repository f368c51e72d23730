#include "plumbline/data/dialogue.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::data {

Conversation dialogue(std::string id, std::string image, const std::vector<Round>& rounds) {
  std::vector<text::Turn> turns;
  turns.reserve(2 * rounds.size());
  for (const Round& round : rounds) {
    turns.push_back({.is_user = true,
                     .text = turns.empty() ? text::with_image(round.question) : round.question});
    turns.push_back({.is_user = false, .text = round.answer});
  }
  return {.id = std::move(id), .images = {std::move(image)}, .turns = std::move(turns)};
}

Prompt image_prompt(std::string id, std::string image, const std::string& question,
                    CaptionType type) {
  return {.id = std::move(id),
          .image = std::move(image),
          .turns = {{.is_user = true, .text = text::with_image(question)}},
          .caption_type = type};
}

void check_limit(const std::string& what, int64_t limit) {
  if (limit >= 0) return;
  throw ConfigError({.component = "data",
                     .doing = "converting",
                     .expected = fmt::format("a limit on {} of at least 0 (none)", what),
                     .got = std::to_string(limit)});
}

}  // namespace plumbline::data
