#include "plumbline/text/tokenizer_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "plumbline/base/error.h"
#include "plumbline/text/byte_level.h"

namespace plumbline::text {
namespace {

using nlohmann::json;

PrefixStep::Where prefix_of(const PartReader& reader, const json& metaspace,
                            const std::string& part) {
  reader.require(metaspace, part, "prepend_scheme", {"always", "first", "never"});
  // Older files have a flag instead.
  const bool adds = metaspace.value("add_prefix_space", true);
  const std::string scheme = metaspace.value("prepend_scheme", adds ? "always" : "never");
  if (scheme == "first") return PrefixStep::Where::First;
  return scheme == "always" ? PrefixStep::Where::Always : PrefixStep::Where::Never;
}

SplitStep split_of(const PartReader& reader, const json& split) {
  const std::string part = "pre_tokenizer.Split";
  reader.require(split, part, "behavior", {"Isolated", "Removed"});
  const bool removes = split.value("behavior", "Isolated") == "Removed";
  const bool inverts = split.value("invert", false);
  const json& pattern = split.at("pattern");
  return {Splitter(pattern.contains("Regex")
                       ? pattern.at("Regex").get<std::string>()
                       : literal_pattern(pattern.at("String").get<std::string>())),
          /*keeps_matches=*/!removes || inverts, /*keeps_gaps=*/!removes || !inverts};
}

void add_byte_level(PreTokenizer& out, const json& byte_level) {
  if (byte_level.value("add_prefix_space", true)) {
    out.steps.push_back({.prefix = PrefixStep{.where = PrefixStep::Where::Always}});
  }
  if (byte_level.value("use_regex", true)) {
    out.steps.push_back({.split = SplitStep{Splitter(kWordPattern)}});
  }
  out.is_byte_level = true;
}

MarkStep mark_of(const PartReader& reader, const json& metaspace) {
  const std::string part = "pre_tokenizer.Metaspace";
  MarkStep step;
  step.mark = metaspace.value("replacement", "\xE2\x96\x81");
  if (step.mark.empty()) reader.fail(part + ".replacement", "a character", "none");
  step.prefix = {.where = prefix_of(reader, metaspace, part), .blank = step.mark};
  step.splits = metaspace.value("split", true);
  return step;
}

void add_pre_tokenizer(const PartReader& reader, const json& pre, PreTokenizer& out) {
  const std::string type = PartReader::type_of(pre);
  if (out.is_byte_level) {
    reader.fail("pre_tokenizer", "ByteLevel as the last of a Sequence", type + " behind it");
  }
  if (type == "Sequence") {
    for (const json& part : PartReader::list(pre, "pretokenizers")) {
      add_pre_tokenizer(reader, part, out);
    }
  } else if (type == "ByteLevel") {
    add_byte_level(out, pre);
  } else if (type == "Metaspace") {
    out.steps.push_back({.mark = mark_of(reader, pre)});
  } else if (type == "Split") {
    out.steps.push_back({.split = split_of(reader, pre)});
  } else if (type == "Digits") {
    const bool each = pre.value("individual_digits", false);
    out.steps.push_back({.split = SplitStep{Splitter(each ? R"(\p{N})" : R"(\p{N}+)")}});
  } else {
    reader.fail("pre_tokenizer", "ByteLevel, Metaspace, Split, Digits or a Sequence of them",
                pre.dump());
  }
}

// The parts of a decoder in order, Sequences opened.
std::vector<json> parts_of(const json& decoder) {
  if (PartReader::type_of(decoder) != "Sequence") return {decoder};
  std::vector<json> parts;
  for (const json& part : PartReader::list(decoder, "decoders")) parts.push_back(part);
  return parts;
}

// Replace, ByteFallback, Fuse and perhaps Strip: SentencePiece's way back.
Decoder fallback_decoder(const PartReader& reader, const json& decoder,
                         const std::vector<json>& parts) {
  Decoder out;
  std::string order;
  for (const json& part : parts) {
    const std::string type = PartReader::type_of(part);
    order += (order.empty() ? "" : ", ") + type;
    if (type == "Replace") {
      reader.require(part, "decoder.Replace", "content", {" "});
      out.mark = part.at("pattern").value("String", "");
    }
    if (type == "Strip") {
      reader.require(part, "decoder.Strip", "content", {" "});
      reader.require(part, "decoder.Strip", "stop", {0});
      out.rules.blanks_cut = part.value("start", 0);
    }
  }
  if ((order != "Replace, ByteFallback, Fuse, Strip" && order != "Replace, ByteFallback, Fuse") ||
      out.mark.empty()) {
    reader.fail("decoder",
                "ByteLevel, Metaspace, or a Sequence of Replace, ByteFallback, Fuse and Strip",
                decoder.dump());
  }
  out.rules.broken = DecodingRules::Broken::PerRun;
  out.has_fallback = true;
  return out;
}

void add_special(const PartReader& reader, const json& tokens, const std::string& name,
                 TokenIds& out) {
  const json token = tokens.value(name, json());
  if (token.is_null()) reader.fail("post_processor.special_tokens", "'" + name + "'", "none");
  for (const json& id : token.at("ids")) {
    out.push_back(reader.token_id("post_processor.special_tokens", id));
  }
}

}  // namespace

void PartReader::fail(const std::string& part, const std::string& expected,
                      const std::string& got) const {
  throw DataError({.component = "tokenizer",
                   .doing = "reading " + part,
                   .expected = expected,
                   .got = got,
                   .where = path_});
}

int64_t PartReader::token_id(const std::string& part, const json& id) const {
  if (!id.is_number_integer() || id < 0 || id > std::numeric_limits<int32_t>::max())
    fail(part, "a token's number", id.dump().substr(0, 100));
  return id.get<int64_t>();
}

void PartReader::require(const json& parent, const std::string& part, const char* key,
                         const std::vector<json>& allowed) const {
  const json value = parent.value(key, json());
  if (value.is_null() || std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  std::string expected;
  for (const json& choice : allowed) expected += (expected.empty() ? "" : " or ") + choice.dump();
  fail(part + "." + key, allowed.empty() ? "null" : expected, value.dump());
}

json PartReader::list(const json& parent, const char* key) {
  const json found = parent.value(key, json::array());
  return found.is_null() ? json::array() : found;
}

std::string PartReader::type_of(const json& part) {
  return part.is_object() ? part.value("type", "") : "";
}

std::string literal_pattern(const std::string& text) {
  std::string pattern;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_mark = byte < 0x80 && std::isalnum(byte) == 0;
    pattern += is_mark ? fmt::format("\\x{{{:x}}}", byte) : std::string(1, c);
  }
  return pattern;
}

std::vector<NormalStep> read_normalizer(const PartReader& reader, const json& normalizer) {
  if (normalizer.is_null()) return {};
  const std::string type = PartReader::type_of(normalizer);
  if (type == "Sequence") {
    std::vector<NormalStep> steps;
    for (const json& part : PartReader::list(normalizer, "normalizers")) {
      for (NormalStep& step : read_normalizer(reader, part)) steps.push_back(std::move(step));
    }
    return steps;
  }
  if (type == "NFC") return {{.kind = NormalStep::Kind::Nfc}};
  if (type == "Prepend") {
    return {{.kind = NormalStep::Kind::Prepend, .to = normalizer.at("prepend")}};
  }
  if (type == "Replace" && normalizer.at("pattern").contains("String")) {
    return {{.kind = NormalStep::Kind::Replace,
             .from = normalizer.at("pattern").at("String"),
             .to = normalizer.at("content")}};
  }
  reader.fail("normalizer", "null, NFC, Prepend, Replace of a String, or a Sequence of them",
              normalizer.dump());
}

PreTokenizer read_pre_tokenizer(const PartReader& reader, const json& pre_tokenizer) {
  PreTokenizer out;
  if (!pre_tokenizer.is_null()) add_pre_tokenizer(reader, pre_tokenizer, out);
  return out;
}

Decoder read_decoder(const PartReader& reader, const json& decoder) {
  const std::vector<json> parts = parts_of(decoder);
  const std::string first = parts.empty() ? "" : PartReader::type_of(parts.front());
  if (parts.size() != 1 || (first != "ByteLevel" && first != "Metaspace")) {
    return fallback_decoder(reader, decoder, parts);
  }
  Decoder out;
  out.is_byte_level = first == "ByteLevel";
  if (!out.is_byte_level) {
    out.mark = parts.front().value("replacement", "\xE2\x96\x81");
    out.rules.first_is_bare =
        prefix_of(reader, parts.front(), "decoder.Metaspace") != PrefixStep::Where::Never;
  }
  return out;
}

SequenceTemplate read_post_processor(const PartReader& reader, const json& post_processor) {
  SequenceTemplate out;
  const std::string type = PartReader::type_of(post_processor);
  if (post_processor.is_null() || type == "ByteLevel") return out;  // the latter moves offsets only
  if (type == "Sequence") {
    for (const json& part : PartReader::list(post_processor, "processors")) {
      SequenceTemplate inner = read_post_processor(reader, part);
      out.begin.insert(out.begin.begin(), inner.begin.begin(), inner.begin.end());
      out.end.insert(out.end.end(), inner.end.begin(), inner.end.end());
    }
    return out;
  }
  if (type != "TemplateProcessing") {
    reader.fail("post_processor", "null, ByteLevel, TemplateProcessing or a Sequence of them",
                post_processor.dump());
  }
  const json tokens = post_processor.value("special_tokens", json::object());
  bool is_behind = false;
  for (const json& item : PartReader::list(post_processor, "single")) {
    if (item.contains("Sequence")) {
      is_behind = true;
    } else {
      add_special(reader, tokens, item.at("SpecialToken").at("id"),
                  is_behind ? out.end : out.begin);
    }
  }
  return out;
}

}  // namespace plumbline::text
