#include "plumbline/checkpoint/gguf_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/rope_config.h"

namespace plumbline::checkpoint {
namespace {

[[noreturn]] void fail(const formats::GgufFile& file, const std::string& doing,
                       const std::string& expected, const std::string& got) {
  throw CheckpointError({.component = "checkpoint",
                         .doing = doing,
                         .expected = expected,
                         .got = got,
                         .where = file.path()});
}

// Typed reading of the metadata, with errors that name the key.
class Keys {
 public:
  Keys(const formats::GgufFile& file, std::string prefix)
      : file_(file), prefix_(std::move(prefix)) {}

  int64_t integer(const std::string& name, std::optional<int64_t> fallback = {}) const {
    return get(name, &formats::GgufValue::integer, fallback, "an integer");
  }
  double real(const std::string& name, std::optional<double> fallback = {}) const {
    return get(name, &formats::GgufValue::real, fallback, "a real number");
  }
  bool flag(const std::string& name, bool fallback) const {
    return get(name, &formats::GgufValue::boolean, std::optional(fallback), "true or false");
  }
  std::string text(const std::string& name, const std::string& fallback) const {
    return std::string(
        get(name, &formats::GgufValue::text, std::optional<std::string_view>(fallback), "a text"));
  }
  template <class T>
  std::vector<T> list(const std::string& name,
                      std::optional<std::vector<T>> (formats::GgufValue::*read)() const) const {
    return get(name, read, std::optional<std::vector<T>>(std::in_place), "a list of one type");
  }

 private:
  template <class T>
  T get(const std::string& name, std::optional<T> (formats::GgufValue::*read)() const,
        std::optional<T> fallback, const char* kind) const {
    const std::string key = prefix_ + name;
    const auto found = file_.metadata().find(key);
    if (found == file_.metadata().end()) {
      if (fallback) return *fallback;
      fail(file_, "reading " + key, kind, "no such key");
    }
    const std::optional<T> value = (found->second.*read)();
    if (!value) fail(file_, "reading " + key, kind, "another type");
    return *value;
  }

  const formats::GgufFile& file_;
  std::string prefix_;
};

config::RopeScaling read_scaling(const formats::GgufFile& file, const Keys& keys) {
  if (file.tensors().contains("rope_freqs.weight")) {
    fail(file, "reading rotary scaling", "numbers among the metadata",
         "the tensor rope_freqs.weight");
  }
  const std::string type = keys.text("rope.scaling.type", "none");
  config::RopeScaling scaling;
  if (type == "none") return scaling;
  scaling.kind = type == "linear" ? config::RopeKind::Linear : config::RopeKind::Yarn;
  if (type != "linear" && type != "yarn") {
    fail(file, "reading rope.scaling.type", "none, linear or yarn", "'" + type + "'");
  }
  scaling.factor = keys.real("rope.scaling.factor");
  if (type == "yarn") {
    scaling.original_max_positions = keys.integer("rope.scaling.original_context_length");
    scaling.attention_factor = yarn_magnitude(scaling.factor);
  }
  return scaling;
}

// Where one of the file's tensors belongs.
const std::map<std::string, std::string>& outer_names() {
  static const std::map<std::string, std::string> names = {
      {"token_embd", "model.embed_tokens"}, {"output_norm", "model.norm"}, {"output", "lm_head"}};
  return names;
}
const std::map<std::string, std::string>& block_names() {
  static const std::map<std::string, std::string> names = {
      {"attn_norm", "input_layernorm"}, {"ffn_norm", "post_attention_layernorm"},
      {"attn_q", "self_attn.q_proj"},   {"attn_k", "self_attn.k_proj"},
      {"attn_v", "self_attn.v_proj"},   {"attn_output", "self_attn.o_proj"},
      {"ffn_gate", "mlp.gate_proj"},    {"ffn_up", "mlp.up_proj"},
      {"ffn_down", "mlp.down_proj"}};
  return names;
}

std::vector<float> in_order(const std::vector<float>& values, const std::vector<int64_t>& order) {
  const auto width = static_cast<int64_t>(values.size() / order.size());
  std::vector<float> out(values.size());
  auto to = out.begin();
  for (const int64_t row : order) to = std::copy_n(values.begin() + row * width, width, to);
  return out;
}

// To the nearest, ties to even.
uint16_t bfloat16(float value) {
  uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return static_cast<uint16_t>(bits >> 16 | 0x40);  // NaN
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

struct OwnedArrays {
  std::deque<std::vector<std::byte>> memory;
  formats::Arrays arrays;

  void add(const std::string& name, const std::vector<int64_t>& shape,
           const std::vector<float>& values, bool as_bfloat16) {
    auto& bytes = memory.emplace_back(values.size() * (as_bfloat16 ? 2 : 4));
    if (as_bfloat16) {
      for (size_t i = 0; i < values.size(); ++i) {
        const uint16_t half = bfloat16(values[i]);
        std::memcpy(bytes.data() + 2 * i, &half, sizeof half);
      }
    } else if (!values.empty()) {
      std::memcpy(bytes.data(), values.data(), bytes.size());
    }
    arrays[name] = {as_bfloat16 ? formats::Dtype::BF16 : formats::Dtype::F32, shape, bytes.data(),
                    bytes.size()};
  }
};

// Whether llama.cpp keeps the rows of a family's queries and keys in pairs.
bool pairs_rows(config::TextFamily family) {
  switch (family) {
    case config::TextFamily::Llama:
    case config::TextFamily::Mistral:  // llama.cpp calls it llama
      return true;
    case config::TextFamily::Qwen2:
      break;
  }
  return false;
}

// Heads whose rows a file keeps in pairs, or 0 for other tensors.
int64_t paired_heads(const std::string& name, const config::LlamaConfig& text) {
  if (!pairs_rows(text.family)) return 0;
  if (name.find(".q_proj.") != std::string::npos) return text.num_heads;
  return name.find(".k_proj.") != std::string::npos ? text.num_kv_heads : 0;
}

}  // namespace

std::string gguf_weight_name(const std::string& name) {
  const size_t last = name.rfind('.');
  if (last == std::string::npos) return {};
  const std::string kind = name.substr(last);
  if (kind != ".weight" && kind != ".bias") return {};
  const std::string stem = name.substr(0, last);
  if (const auto found = outer_names().find(stem); found != outer_names().end()) {
    return found->second + kind;
  }
  const size_t dot = stem.find('.', 4);
  if (!stem.starts_with("blk.") || dot == std::string::npos) return {};
  const auto found = block_names().find(stem.substr(dot + 1));
  if (found == block_names().end()) return {};
  return "model.layers." + stem.substr(4, dot - 4) + "." + found->second + kind;
}

bool is_gguf(const std::string& path) {
  return path.ends_with(".gguf") && fs::is_regular_file(path);
}

config::LlavaConfig read_gguf_config(const formats::GgufFile& file) {
  const std::string arch = Keys(file, "general.").text("architecture", "");
  if (arch != "llama" && arch != "qwen2") {
    fail(file, "reading general.architecture", "llama or qwen2", "'" + arch + "'");
  }
  const Keys keys(file, arch + "."), tokens(file, "tokenizer.ggml.");
  config::LlavaConfig c;
  c.image_token = config::kNoImageToken;
  config::LlamaConfig& t = c.text;
  t.family = arch == "llama" ? config::TextFamily::Llama : config::TextFamily::Qwen2;
  t.hidden_size = keys.integer("embedding_length");
  t.intermediate_size = keys.integer("feed_forward_length");
  t.num_layers = keys.integer("block_count");
  t.num_heads = keys.integer("attention.head_count");
  t.num_kv_heads = keys.integer("attention.head_count_kv", t.num_heads);
  t.head_dim =
      keys.integer("attention.key_length", t.num_heads > 0 ? t.hidden_size / t.num_heads : 0);
  t.rms_norm_eps = keys.real("attention.layer_norm_rms_epsilon");
  t.rope_theta = keys.real("rope.freq_base", 10000.0);
  t.max_positions = keys.integer("context_length");
  t.rope_scaling = read_scaling(file, keys);
  if (keys.integer("rope.dimension_count", t.head_dim) != t.head_dim) {
    fail(file, "reading rope.dimension_count", fmt::format("the head's {}", t.head_dim),
         "another number");
  }
  t.qkv_bias = file.tensors().contains("blk.0.attn_q.bias");
  t.o_bias = file.tensors().contains("blk.0.attn_output.bias");
  t.tie_embeddings = !file.tensors().contains("output.weight");
  const auto embedding = file.tensors().find("token_embd.weight");
  if (embedding == file.tensors().end() || embedding->second.shape.empty()) {
    fail(file, "looking for the embedding", "a tensor token_embd.weight", "none");
  }
  t.vocab_size = embedding->second.shape[0];
  t.begin_token = tokens.integer("bos_token_id", -1);
  t.end_token = tokens.integer("eos_token_id");
  if (!tokens.flag("add_bos_token",
                   t.family == config::TextFamily::Llama && tokens.text("model", "") == "llama")) {
    t.begin_token = -1;
  }
  if (const std::string wrong = config::problem(c); !wrong.empty()) {
    fail(file, "checking the metadata", "numbers that fit together", wrong);
  }
  return c;
}

text::GgufVocabulary read_gguf_vocabulary(const formats::GgufFile& file) {
  const Keys keys(file, "tokenizer.ggml.");
  using formats::GgufValue;
  text::GgufVocabulary v;
  v.model = keys.text("model", "");
  v.pre = keys.text("pre", "");
  for (const auto token : keys.list("tokens", &GgufValue::texts)) v.tokens.emplace_back(token);
  for (const auto merge : keys.list("merges", &GgufValue::texts)) v.merges.emplace_back(merge);
  v.scores = keys.list("scores", &GgufValue::reals);
  v.types = keys.list("token_type", &GgufValue::integers);
  v.add_space_prefix = keys.flag("add_space_prefix", true);
  v.add_begin = keys.flag("add_bos_token", v.model == "llama");
  v.add_end = keys.flag("add_eos_token", false);
  v.begin_token = keys.integer("bos_token_id", -1);
  v.end_token = keys.integer("eos_token_id", -1);
  return v;
}

std::string read_gguf_chat_template(const formats::GgufFile& file) {
  return Keys(file, "tokenizer.").text("chat_template", "");
}

std::vector<int64_t> gguf_row_order(const std::string& name, int64_t num_rows,
                                    const config::LlavaConfig& config) {
  const int64_t num_heads = paired_heads(name, config.text);
  if (num_heads == 0 || num_rows == 0 || num_rows % (2 * num_heads) != 0) return {};
  // Rows 2i and 2i + 1 of a head are its rows i and i + d/2, d the head's rows.
  const int64_t head = num_rows / num_heads;
  std::vector<int64_t> order;
  for (int64_t row = 0; row < num_rows; ++row) {
    const int64_t within = row % head, half = head / 2;
    order.push_back(row - within + within % half * 2 + within / half);
  }
  return order;
}

WeightFile read_gguf_weights(const formats::GgufFile& file, const config::LlavaConfig& config,
                             bool as_bfloat16, const std::set<std::string>& without) {
  auto owned = std::make_shared<OwnedArrays>();
  for (const auto& [name, tensor] : file.tensors()) {
    const std::string known = gguf_weight_name(name);
    if (known.empty())
      fail(file, "reading weights", "tensors of a language model", "'" + name + "'");
    if (without.contains(known)) continue;
    std::vector<float> values(static_cast<size_t>(tensor.num_values));
    formats::dequantize(tensor, values.data());
    // A file may claim any number of rows of no values.
    const int64_t rows = tensor.num_values == 0 || tensor.shape.empty() ? 0 : tensor.shape[0];
    const auto order = gguf_row_order(known, rows, config);
    if (!order.empty()) values = in_order(values, order);
    owned->add(known, tensor.shape, values, as_bfloat16);
  }
  return WeightFile::held(file.path(), {owned, &owned->arrays});
}

}  // namespace plumbline::checkpoint
