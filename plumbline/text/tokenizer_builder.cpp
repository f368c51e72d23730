#include "plumbline/text/tokenizer_builder.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::text {
namespace {

constexpr int64_t kMaxId = int64_t{1} << 24;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

int fallback_byte(const std::string& spelling) {
  if (spelling.size() != 6 || !spelling.starts_with("<0x") || spelling[5] != '>') return -1;
  const int high = hex_digit(spelling[3]), low = hex_digit(spelling[4]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void TokenizerBuilder::add(int64_t id, const std::string& spelling, const TokenText& text,
                           bool is_special) {
  const auto fail = [&](const std::string& expected, const std::string& got) {
    throw DataError({.component = "tokenizer",
                     .doing = "reading token '" + spelling + "'",
                     .expected = expected,
                     .got = got,
                     .where = where_});
  };
  if (id < 0 || id >= kMaxId) fail(fmt::format("an id below {}", kMaxId), fmt::format("{}", id));
  const auto place = static_cast<size_t>(id);
  if (place >= tokens_.size()) tokens_.resize(place + 1);
  const auto known = ids_.find(spelling);
  if (known == ids_.end() ? tokens_[place].is_used : known->second != id) {
    fail("one id per token", fmt::format("id {} twice", id));
  }
  ids_.emplace(spelling, id);
  tokens_[place] = {text, is_special, true};
}

int64_t TokenizerBuilder::id(const std::string& spelling) const {
  const auto found = ids_.find(spelling);
  return found == ids_.end() ? -1 : found->second;
}

std::unordered_map<std::string, int64_t> TokenizerBuilder::ordinary() const {
  std::unordered_map<std::string, int64_t> ids;
  for (const auto& [spelling, id] : ids_) {
    if (!tokens_[static_cast<size_t>(id)].is_special) ids.emplace(spelling, id);
  }
  return ids;
}

std::shared_ptr<Tokenizer::Data> TokenizerBuilder::finish(
    const std::vector<AddedToken>& added) const {
  auto data = std::make_shared<Tokenizer::Data>();
  data->tokens = tokens_;
  data->ids = ids_;
  std::vector<AddedToken> raw, normal, special;
  for (const auto& [spelling, id] : ids_) {
    if (tokens_[static_cast<size_t>(id)].is_special) {
      special.push_back({.id = id, .content = spelling, .is_special = true});
    }
  }
  data->special = AddedTokenFinder(std::move(special));
  for (const AddedToken& token : added) (token.is_normalized ? normal : raw).push_back(token);
  data->raw_added = AddedTokenFinder(std::move(raw));
  data->normalized_added = AddedTokenFinder(std::move(normal));
  return data;
}

}  // namespace plumbline::text
