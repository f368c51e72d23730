#include "plumbline/text/tokenizer_pieces.h"

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/text/piece_model.h"
#include "plumbline/text/tokenizer_builder.h"

namespace plumbline::text {
namespace {

TokenText text_of(const ScoredPiece& piece) {
  if (piece.type == PieceType::Byte) {
    return {std::string(1, static_cast<char>(fallback_byte(piece.text))), true};
  }
  if (piece.type == PieceType::Control || piece.type == PieceType::Unknown) return {piece.text};
  return {replaced(piece.text, kPieceBlank, " ")};
}

bool is_control(const ScoredPiece& piece) {
  return piece.type == PieceType::Control || piece.type == PieceType::Unknown;
}

MarkStep mark_step(const PieceVocabulary& vocabulary, bool legacy) {
  using Where = PrefixStep::Where;
  MarkStep step{.mark = std::string(kPieceBlank),
                .prefix = {.where = legacy ? Where::Always : Where::First,
                           .blank = std::string(kPieceBlank),
                           .doubles = true},
                .drops_extra = vocabulary.remove_extra_blanks};
  if (!vocabulary.add_dummy_prefix) step.prefix.where = Where::Never;
  return step;
}

TokenIds control_id(const TokenizerBuilder& builder, const char* name, bool is_wanted,
                    const std::string& where) {
  if (!is_wanted) return {};
  const int64_t id = builder.id(name);
  if (id >= 0) return {id};
  throw DataError({.component = "tokenizer",
                   .doing = "looking for the begin and end tokens",
                   .expected = std::string("a piece ") + name,
                   .got = "none",
                   .where = where});
}

}  // namespace

Tokenizer tokenizer_from_pieces(const PieceVocabulary& vocabulary, const PieceOptions& options,
                                const std::string& where) {
  auto model = std::make_shared<PieceModel>(vocabulary, where);
  TokenizerBuilder builder(where);
  std::vector<AddedToken> added = options.added;
  for (size_t i = 0; i < vocabulary.pieces.size(); ++i) {
    const ScoredPiece& piece = vocabulary.pieces[i];
    const auto id = static_cast<int64_t>(i);
    builder.add(id, piece.text, text_of(piece), is_control(piece));
    const bool is_named = std::any_of(added.begin(), added.end(),
                                      [&](const AddedToken& token) { return token.id == id; });
    if (is_control(piece) && !is_named) {
      added.push_back({.id = id, .content = piece.text, .is_special = true});
    }
  }
  for (const AddedToken& token : options.added) {
    builder.add(token.id, token.content, {token.content}, token.is_special);
  }
  auto data = builder.finish(added);
  data->word_steps = {{.mark = mark_step(vocabulary, options.legacy)}};
  data->model = std::move(model);
  data->decoding = {.broken = DecodingRules::Broken::PerByte,
                    .blanks_cut = vocabulary.add_dummy_prefix ? 1 : 0};
  data->begin_ids = control_id(builder, "<s>", options.adds_begin, where);
  data->end_ids = control_id(builder, "</s>", options.adds_end, where);
  return Tokenizer(std::move(data));
}

}  // namespace plumbline::text
