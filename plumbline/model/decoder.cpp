#include "plumbline/model/decoder.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "plumbline/base/error.h"
#include "plumbline/nn/few_rows.h"
#include "plumbline/nn/ragged_attention.h"
#include "plumbline/nn/recompute.h"
#include "plumbline/nn/rms_norm.h"
#include "plumbline/nn/swiglu.h"

namespace plumbline::model {
namespace {

using Tensors = std::vector<at::Tensor>;

// What a block computes from its weights; two ways to hold these implement it.
struct Products {
  std::function<Tensors(const at::Tensor&)> qkv, gate_up;
  std::function<at::Tensor(const at::Tensor&)> o, down;
};

Products products(const DecoderBlock& block, nn::AdapterSelection& selection) {
  return {
      .qkv =
          [&](const at::Tensor& x) {
            return nn::apply_all({&block.q, &block.k, &block.v}, x, selection);
          },
      .gate_up =
          [&](const at::Tensor& x) {
            return nn::apply_all({&block.gate, &block.up}, x, selection);
          },
      .o = [&](const at::Tensor& x) { return nn::apply(block.o, x, selection); },
      .down = [&](const at::Tensor& x) { return nn::apply(block.down, x, selection); },
  };
}

// One block's weights with the adapter added in, side by side where they share an input.
struct JoinedBlock {
  nn::WeightAndBias qkv, o, gate_up, down;
};

struct JoinedWeights {
  std::string adapter;
  std::vector<JoinedBlock> blocks;  // empty: too large, use the layers themselves
};

Products products(const JoinedBlock& joined, const config::LlamaConfig& config) {
  const int64_t q = config.num_heads * config.head_dim, kv = config.num_kv_heads * config.head_dim;
  const auto product = [](const nn::WeightAndBias& layer, const at::Tensor& x) {
    return nn::products(x, {layer})[0];
  };
  return {
      .qkv =
          [&, q, kv, product](const at::Tensor& x) {
            return product(joined.qkv, x).split_with_sizes({q, kv, kv}, -1);
          },
      .gate_up = [&,
                  product](const at::Tensor& x) { return product(joined.gate_up, x).chunk(2, -1); },
      .o = [&, product](const at::Tensor& x) { return product(joined.o, x); },
      .down = [&, product](const at::Tensor& x) { return product(joined.down, x); },
  };
}

// Attention of rotated q over k and v; gets the layer's number.
using Attend = std::function<at::Tensor(int64_t layer, const at::Tensor& q, const at::Tensor& k,
                                        const at::Tensor& v)>;

at::Tensor run_block(const DecoderBlock& block, const Products& weights, int64_t layer,
                     const config::LlamaConfig& config, const nn::BatchAngles& angles,
                     const Attend& attend, const at::Tensor& x) {
  const auto heads = [&](const at::Tensor& rows) {
    return rows.view({rows.size(0), rows.size(1) / config.head_dim, config.head_dim});
  };
  const Tensors qkv = weights.qkv(nn::rms_norm(x, block.input_norm, config.rms_norm_eps));
  const auto rotated = [&](const at::Tensor& x_NHK) {
    return nn::rotate(x_NHK, angles.table, angles.rows);
  };
  const at::Tensor mixed =
      attend(layer, rotated(heads(qkv[0])), rotated(heads(qkv[1])), heads(qkv[2]));
  const at::Tensor middle = x + weights.o(mixed.flatten(1));
  const Tensors gate_up =
      weights.gate_up(nn::rms_norm(middle, block.post_attention_norm, config.rms_norm_eps));
  return middle + weights.down(nn::swiglu(gate_up[0], gate_up[1]));
}

void check_positions(int64_t needed, const config::LlamaConfig& config) {
  const int64_t most = config::longest_sequence(config);
  if (needed <= most) return;
  throw DataError(Complaint{.component = "model",
                            .doing = "running the language model",
                            .expected = fmt::format("sequences of at most {} rows", most),
                            .got = fmt::format("{}", needed),
                            .hint = "shorten the prompt or the answer."});
}

// Rows of the longest sequence with what comes before it.
int64_t longest(const tensor::Spans& spans, const std::vector<int64_t>& starts) {
  if (starts.empty()) return spans.max_length();
  int64_t most = 0;
  for (size_t s = 0; s < starts.size(); ++s) {
    most = std::max(most, starts[s] + spans.length(static_cast<int64_t>(s)));
  }
  return most;
}

void check_rows(const at::Tensor& rows, const tensor::Spans& spans,
                const config::LlamaConfig& config) {
  PLUMBLINE_CHECK(
      rows.dim() == 2 && rows.size(0) == spans.total() && rows.size(1) == config.hidden_size,
      fmt::format("[{}, {}] expected, got [{}]", spans.total(), config.hidden_size,
                  fmt::join(rows.sizes(), ", ")));
}

nn::WeightAndBias join(const std::vector<const nn::Linear*>& layers,
                       const nn::AdapterSelection& selection) {
  std::vector<at::Tensor> weights, biases;
  for (const nn::Linear* layer : layers) {
    weights.push_back(nn::effective_weight(*layer, selection));
    if (layer->bias.defined()) biases.push_back(layer->bias);
  }
  if (layers.size() == 1) return {.weight = weights[0], .bias = layers[0]->bias};
  return {.weight = at::cat(weights), .bias = biases.empty() ? at::Tensor() : at::cat(biases)};
}

std::shared_ptr<JoinedWeights> join(const Decoder& decoder, JoinedBytes most) {
  auto joined = std::make_shared<JoinedWeights>();
  joined->adapter = decoder.selection.active;
  size_t bytes = 0;
  bool is_packed = false, is_fp32 = true;
  for (const DecoderBlock& block : decoder.blocks) {
    for (const NamedLinear& named : block_linears()) {
      const nn::Linear& linear = block.*named.member;
      is_packed |= linear.packed.is_defined();
      if (is_packed) break;
      bytes += linear.weight.nbytes();
      is_fp32 &= linear.weight.scalar_type() == at::kFloat;
    }
  }
  // In half precision W + BA would lose most of a small update: sampling must use what is trained.
  const bool is_exact = joined->adapter.empty() || is_fp32;
  const int64_t limit = joined->adapter.empty() ? most.plain : most.adapted;
  if (is_packed || static_cast<int64_t>(bytes) > limit || !is_exact) return joined;
  for (const DecoderBlock& block : decoder.blocks) {
    const nn::AdapterSelection& selection = decoder.selection;
    joined->blocks.push_back({.qkv = join({&block.q, &block.k, &block.v}, selection),
                              .o = join({&block.o}, selection),
                              .gate_up = join({&block.gate, &block.up}, selection),
                              .down = join({&block.down}, selection)});
  }
  return joined;
}

// Made anew for an empty cache, as the weights may have changed since it last held rows.
std::shared_ptr<JoinedWeights> joined_for(const Decoder& decoder, nn::KvCache& cache,
                                          JoinedBytes most) {
  auto joined = std::static_pointer_cast<JoinedWeights>(cache.companion());
  if (!joined || cache.is_empty() || joined->adapter != decoder.selection.active) {
    joined = join(decoder, most);
    cache.companion() = joined;
  }
  return joined;
}

// Rows that training on this CPU in bfloat16 adds, as a sequence of zeros of their own, so that
// their number is a multiple of this: oneDNN compiles its products anew for every number of rows,
// which can take longer than the products themselves.
constexpr int64_t kRowStep = 32;

int64_t rows_to_add(const at::Tensor& rows) {
  const bool is_compiled = rows.is_cpu() && rows.scalar_type() == at::kBFloat16;
  if (!is_compiled || !at::GradMode::is_enabled()) return 0;
  return (kRowStep - rows.size(0) % kRowStep) % kRowStep;
}

}  // namespace

const std::vector<NamedLinear>& block_linears() {
  static const std::vector<NamedLinear> all = {
      {"self_attn.q_proj", &DecoderBlock::q}, {"self_attn.k_proj", &DecoderBlock::k},
      {"self_attn.v_proj", &DecoderBlock::v}, {"self_attn.o_proj", &DecoderBlock::o},
      {"mlp.gate_proj", &DecoderBlock::gate}, {"mlp.up_proj", &DecoderBlock::up},
      {"mlp.down_proj", &DecoderBlock::down}};
  return all;
}

at::Tensor decoder_forward(Decoder& decoder, const config::LlamaConfig& config,
                           const at::Tensor& rows_given, const tensor::Spans& spans_given,
                           const tensor::Prefixes& prefixes_given,
                           const std::function<void(const at::Tensor&)>& after_block) {
  check_rows(rows_given, spans_given, config);
  tensor::check_prefixes(prefixes_given, spans_given);
  std::vector<int64_t> starts = tensor::starts_of(spans_given, prefixes_given);
  check_positions(longest(spans_given, starts), config);
  const int64_t added = rows_to_add(rows_given);
  at::Tensor rows = rows_given;
  tensor::Spans spans = spans_given;
  tensor::Prefixes prefixes = prefixes_given;
  if (added > 0) {
    rows = at::cat({rows_given, at::zeros({added, rows_given.size(1)}, rows_given.options())});
    spans.append(added);
    if (!prefixes.empty()) {
      prefixes.push_back(-1);
      starts.push_back(0);
    }
  }
  nn::AdapterSelection selection = decoder.selection;
  if (!selection.dropout_keys.empty()) {
    PLUMBLINE_CHECK(std::ssize(selection.dropout_keys) == spans_given.size(),
                    fmt::format("dropout keys for {} sequences of {}",
                                selection.dropout_keys.size(), spans_given.size()));
    if (added > 0) selection.dropout_keys.emplace_back();
    selection.spans = spans;
  }
  // Everything by value that a backward pass may need when this call has ended.
  const Attend attend = [spans, prefixes, window = config.sliding_window](
                            int64_t, const at::Tensor& q, const at::Tensor& k,
                            const at::Tensor& v) {
    return nn::ragged_attention(q, k, v, spans, window, prefixes);
  };
  const nn::BatchAngles angles = decoder.rotary.of(spans, starts);
  at::Tensor x = rows;
  for (size_t i = 0; i < decoder.blocks.size(); ++i) {
    selection.num_masks = i * block_linears().size();  // more than one block draws
    const auto run = [&block = decoder.blocks[i], &config, selection, attend, angles,
                      layer = static_cast<int64_t>(i)](const at::Tensor& in) {
      nn::AdapterSelection own = selection;
      return run_block(block, products(block, own), layer, config, angles, attend, in);
    };
    x = decoder.recomputes_blocks ? nn::recomputed(run, x) : run(x);
    if (after_block) after_block(x.narrow(0, 0, rows_given.size(0)));
  }
  return nn::rms_norm(x.narrow(0, 0, rows_given.size(0)), decoder.norm, config.rms_norm_eps);
}

at::Tensor decoder_forward(Decoder& decoder, const config::LlamaConfig& config,
                           const at::Tensor& rows, const tensor::Spans& spans, nn::KvCache& cache,
                           const std::vector<int64_t>& slots, JoinedBytes most) {
  const at::NoGradGuard no_grad;
  check_rows(rows, spans, config);
  PLUMBLINE_CHECK(static_cast<int64_t>(slots.size()) == spans.size(),
                  fmt::format("{} slots for {} sequences", slots.size(), spans.size()));
  std::vector<int64_t> starts;
  for (const int64_t slot : slots) starts.push_back(cache.length(slot));
  check_positions(longest(spans, starts), config);
  const bool is_beginning =
      std::all_of(starts.begin(), starts.end(), [](int64_t start) { return start == 0; });
  const auto joined = joined_for(decoder, cache, most);
  nn::AdapterSelection selection{.active = decoder.selection.active};
  const nn::BatchAngles angles = decoder.rotary.of(spans, starts);
  const Attend attend = [&](int64_t layer, const at::Tensor& q, const at::Tensor& k,
                            const at::Tensor& v) {
    cache.append(layer, k, v, spans, slots);
    if (is_beginning) return nn::ragged_attention(q, k, v, spans, config.sliding_window);
    return nn::cached_attention(q, cache, layer, spans, slots, config.sliding_window);
  };
  at::Tensor x = rows;
  for (size_t i = 0; i < decoder.blocks.size(); ++i) {
    const DecoderBlock& block = decoder.blocks[i];
    const Products weights =
        joined->blocks.empty() ? products(block, selection) : products(joined->blocks[i], config);
    x = run_block(block, weights, static_cast<int64_t>(i), config, angles, attend, x);
  }
  cache.advance(spans, slots);
  return nn::rms_norm(x, decoder.norm, config.rms_norm_eps);
}

}  // namespace plumbline::model
