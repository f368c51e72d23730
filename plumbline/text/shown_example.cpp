#include "plumbline/text/shown_example.h"
#include "plumbline/base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace plumbline::text {
namespace {

std::vector<bool> trained_tokens(const EncodedConversation& encoded) {
  std::vector<bool> is_trained(encoded.ids.size());
  for (const auto& [begin, end] : encoded.answers) {
    std::fill(is_trained.begin() + begin, is_trained.begin() + end, true);
  }
  return is_trained;
}

bool is_image(const PromptFormat& format, int64_t id) {
  return format.image_tokens > 0 && id == format.image_token;
}

}  // namespace

std::string token_table(const Tokenizer& tokenizer, const PromptFormat& format,
                        const EncodedConversation& encoded) {
  const auto is_trained = trained_tokens(encoded);
  std::string text;
  for (size_t t = 0; t < encoded.ids.size(); ++t) {
    const int64_t id = encoded.ids[t];
    if (is_image(format, id)) {
      const size_t last = t + static_cast<size_t>(format.image_tokens) - 1;
      text += fmt::format("{:6}-{:<6} image\n", t, last);
      t = last;
      continue;
    }
    const std::string spelling = plumbline::json_text(nlohmann::json(tokenizer.token(id)));
    text += fmt::format("{:6} {:8}  {:<8} {}\n", t, id,
                        is_trained[t]              ? "trained"
                        : tokenizer.is_special(id) ? "control"
                                                   : "context",
                        spelling);
  }
  return text + fmt::format("{} rows, {} image{}\n", encoded.ids.size(), encoded.num_images,
                            encoded.num_images == 1 ? "" : "s");
}

std::string marked_text(const Tokenizer& tokenizer, const PromptFormat& format,
                        const EncodedConversation& encoded) {
  const auto is_trained = trained_tokens(encoded);
  std::string text;
  TokenIds pending;  // decoded together: a character may take several tokens
  const auto flush = [&] {
    text += tokenizer.decode(pending);
    pending.clear();
  };
  for (size_t t = 0; t < encoded.ids.size(); ++t) {
    const int64_t id = encoded.ids[t];
    const bool begins = is_trained[t] && (t == 0 || !is_trained[t - 1]);
    const bool ends = is_trained[t] && (t + 1 == encoded.ids.size() || !is_trained[t + 1]);
    if (begins) flush(), text += "⟦";
    if (is_image(format, id)) {
      flush();
      text += fmt::format("[image: {} rows]", format.image_tokens);
      t += static_cast<size_t>(format.image_tokens) - 1;
    } else if (tokenizer.is_special(id)) {
      flush();
      text += tokenizer.token(id);
    } else {
      pending.push_back(id);
    }
    if (ends) flush(), text += "⟧";
  }
  flush();
  return text;
}

}  // namespace plumbline::text
