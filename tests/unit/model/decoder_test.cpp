#include "plumbline/model/decoder.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/model/llava_state.h"
#include "tiny.h"

namespace plumbline::model {
namespace {

using tensor::Spans;
using ::testing::HasSubstr;

// Hidden rows of one sequence, from the weights by name and plain operators.
at::Tensor reference(Llava& model, const at::Tensor& rows) {
  const nn::Parameters weights = model.parameters();
  const config::LlamaConfig& config = model.config().text;
  const auto norm = [&](const at::Tensor& x, const std::string& name) {
    return x / (x.square().mean(-1, true) + config.rms_norm_eps).sqrt() *
           weights.at(name + ".weight");
  };
  const int64_t half = config.head_dim / 2;
  const at::Tensor frequencies =
      at::pow(at::scalar_tensor(config.rope_theta, at::kDouble),
              -at::arange(half, at::kDouble) / static_cast<double>(half));
  const at::Tensor angles =
      at::outer(at::arange(rows.size(0), at::kDouble), frequencies).to(at::kFloat);
  const auto rotated = [&](const at::Tensor& x) {
    const at::Tensor low = x.slice(1, 0, half), high = x.slice(1, half);
    return at::cat(
        {low * angles.cos() - high * angles.sin(), high * angles.cos() + low * angles.sin()}, 1);
  };
  const at::Tensor hidden_keys = at::ones({rows.size(0), rows.size(0)}, at::kBool).triu(1);
  at::Tensor x = rows;
  for (int64_t i = 0; i < config.num_layers; ++i) {
    const std::string layer = "language_model.model.layers." + std::to_string(i) + ".";
    const auto linear = [&](const at::Tensor& in, const std::string& name) {
      return in.matmul(weights.at(layer + name + ".weight").t());
    };
    const at::Tensor in = norm(x, layer + "input_layernorm");
    const auto q = linear(in, "self_attn.q_proj").split(config.head_dim, 1);
    const auto k = linear(in, "self_attn.k_proj").split(config.head_dim, 1);
    const auto v = linear(in, "self_attn.v_proj").split(config.head_dim, 1);
    std::vector<at::Tensor> heads;
    for (size_t h = 0; h < q.size(); ++h) {
      const size_t g = h / (q.size() / k.size());
      const double scale = 1 / std::sqrt(static_cast<double>(config.head_dim));
      const at::Tensor scores = rotated(q[h]).matmul(rotated(k[g]).t()) * scale;
      heads.push_back(scores.masked_fill(hidden_keys, -INFINITY).softmax(-1).matmul(v[g]));
    }
    x = x + linear(at::cat(heads, 1), "self_attn.o_proj");
    const at::Tensor middle = norm(x, layer + "post_attention_layernorm");
    const at::Tensor gate = linear(middle, "mlp.gate_proj");
    x = x + linear(gate * at::sigmoid(gate) * linear(middle, "mlp.up_proj"), "mlp.down_proj");
  }
  return norm(x, "language_model.model.norm");
}

TEST(Decoder, EqualsAReference) {
  Llava model = tiny_model();
  const at::Tensor rows = random_tensor({37, 32}, "rows");
  EXPECT_TRUE(is_close(model.forward(rows, Spans::from_lengths({37})), reference(model, rows)));
}

// With biases, a window and stretched angles: joined or not, whole or in pieces.
TEST(Decoder, CachedRowsEqualTheWholeWithEveryOption) {
  config::LlavaConfig config = tiny_config();
  config.text.qkv_bias = config.text.o_bias = config.text.mlp_bias = true;
  config.text.sliding_window = 6;
  config.text.rope_scaling = {
      .kind = config::RopeKind::Yarn, .factor = 2, .original_max_positions = 48};
  Llava model = tiny_model(config);
  add_tuned(model, "tuned");
  const AdapterScope scope(model, "tuned");
  const at::Tensor rows = random_tensor({12, 32}, "rows");
  const at::Tensor whole = model.forward(rows, Spans::from_lengths({12}));
  nn::KvCache cache = model.make_cache(1, 12);
  std::vector<at::Tensor> pieces;
  for (const int64_t begin : {0, 9, 10, 11}) {
    const int64_t end = begin == 0 ? 9 : begin + 1;
    pieces.push_back(
        model.forward(rows.slice(0, begin, end), Spans::from_lengths({end - begin}), cache, {0}));
  }
  EXPECT_TRUE(is_close(at::cat(pieces), whole));
  config.text.qkv_bias = false;
  EXPECT_FALSE(is_close(tiny_model(config).forward(rows, Spans::from_lengths({12})), whole));
}

TEST(Decoder, StatesEndInWhatForwardNormalises) {
  Llava model = tiny_model();
  const at::Tensor rows = random_tensor({5, 32}, "rows");
  const auto states = model.states(rows, Spans::from_lengths({5}));
  ASSERT_EQ(states.size(), 3U);
  EXPECT_TRUE(at::equal(states[0], rows));
  const at::Tensor scale = (states[2].square().mean(-1, true) + 1e-5).rsqrt();
  EXPECT_TRUE(
      is_close(states[2] * scale * model.parameters().at("language_model.model.norm.weight"),
               model.forward(rows, Spans::from_lengths({5}))));
}

TEST(Decoder, ASequenceIsTheSameInAnyBatch) {
  Llava model = tiny_model();
  const at::Tensor rows = random_tensor({60, 32}, "rows");
  const Spans spans = Spans::from_lengths({20, 0, 33, 7});
  const at::Tensor together = model.forward(rows, spans);
  for (int64_t s = 0; s < spans.size(); ++s) {
    const at::Tensor alone =
        model.forward(rows.narrow(0, spans.begin(s), spans.length(s)), spans.slice(s, 1));
    EXPECT_TRUE(is_close(together.narrow(0, spans.begin(s), spans.length(s)), alone)) << s;
  }
}

// Gradients of every weight and adapter for a loss that sums over rows.
nn::Parameters gradients(Llava& model, const at::Tensor& rows, const Spans& spans,
                         int64_t sequences_at_a_time) {
  nn::Parameters leaves = model.adapter_parameters("tuned");
  for (auto& [name, tensor] : model.parameters()) {
    if (name.starts_with("language_model.")) leaves.emplace(name, tensor);
  }
  for (auto& [name, tensor] : leaves) {
    tensor.requires_grad_(true);
    tensor.mutable_grad() = at::Tensor();
  }
  const AdapterScope scope(model, "tuned");
  const at::Tensor directions = random_tensor({spans.total(), 40}, "directions");
  for (int64_t s = 0; s < spans.size(); s += sequences_at_a_time) {
    const Spans part = spans.slice(s, sequences_at_a_time);
    const auto rows_of = [&](const at::Tensor& x) {
      return x.narrow(0, spans.begin(s), part.total());
    };
    (model.logits(model.forward(rows_of(rows), part)) * rows_of(directions)).sum().backward();
  }
  nn::Parameters result;
  for (auto& [name, tensor] : leaves) {
    if (tensor.grad().defined()) result.emplace(name, tensor.grad());
  }
  return result;
}

TEST(Decoder, GradientsDoNotDependOnTheSplit) {
  Llava model = tiny_model();
  add_tuned(model, "tuned");
  const Spans spans = Spans::from_lengths({9, 30, 4, 17});
  const at::Tensor rows = random_tensor({60, 32}, "rows");
  const nn::Parameters whole = gradients(model, rows, spans, 4);
  EXPECT_EQ(whole.size(), 2U * 2 * 5 + 2 * 9 + 2);  // all but the embedding, which is not used
  for (const int64_t count : {1, 2}) {
    for (const auto& [name, gradient] : gradients(model, rows, spans, count)) {
      const at::Tensor& expected = whole.at(name);
      EXPECT_TRUE(is_close(gradient / expected.abs().max(), expected / expected.abs().max(), 1e-4))
          << name;
    }
  }
}

TEST(Decoder, GradientIsTheSlope) {
  Llava model = tiny_model();
  add_tuned(model, "tuned");
  const AdapterScope scope(model, "tuned");
  const Spans spans = Spans::from_lengths({5, 8});
  const at::Tensor rows = random_tensor({13, 32}, "rows");
  const at::Tensor directions = random_tensor({13, 32}, "directions");
  const auto loss = [&] { return (model.forward(rows, spans) * directions).sum(); };
  nn::Parameters leaves = model.adapter_parameters("tuned");
  leaves.merge(model.parameters());
  for (const std::string name :
       {"base_model.model.language_model.model.layers.0.self_attn.q_proj.lora_A.weight",
        "base_model.model.language_model.model.layers.1.mlp.up_proj.lora_B.weight",
        "language_model.model.layers.0.self_attn.k_proj.weight",
        "language_model.model.layers.0.mlp.gate_proj.weight",
        "language_model.model.layers.1.input_layernorm.weight"}) {
    at::Tensor leaf = leaves.at(name);
    leaf.requires_grad_(true);
    loss().backward();
    const at::NoGradGuard no_grad;
    const at::Tensor step = 1e-2 * random_tensor(leaf.sizes().vec(), name) * leaf.std();
    leaf.add_(step);
    const double above = loss().item<double>();
    leaf.sub_(2 * step);
    const double below = loss().item<double>();
    leaf.add_(step);
    const double slope = (leaf.grad() * step).sum().item<double>();
    EXPECT_NEAR((above - below) / 2, slope, 0.02 * std::abs(slope) + 2e-4) << name;
    leaf.requires_grad_(false);
  }
}

TEST(Decoder, CacheEqualsTheWholeForward) {
  Llava model = tiny_model();
  add_tuned(model, "tuned");
  for (const std::string adapter : {"", "tuned"}) {
    const AdapterScope scope(model, adapter);
    const at::Tensor rows = random_tensor({50, 32}, "rows");
    const at::Tensor first = rows.narrow(0, 0, 30), second = rows.narrow(0, 30, 20);
    const at::Tensor expected = model.forward(rows, Spans::from_lengths({30, 20}));
    nn::KvCache cache = model.make_cache(3, 32);
    // Prompts of different lengths, the last tokens one at a time, slots out of order.
    const Spans prompts = Spans::from_lengths({27, 17});
    model.forward(at::cat({first.narrow(0, 0, 27), second.narrow(0, 0, 17)}), prompts, cache,
                  {2, 0});
    for (int64_t t = 0; t < 3; ++t) {
      const at::Tensor hidden = model.forward(at::stack({first[27 + t], second[17 + t]}),
                                              Spans::from_lengths({1, 1}), cache, {2, 0});
      EXPECT_FALSE(hidden.requires_grad());
      EXPECT_TRUE(is_close(hidden[0], expected[27 + t])) << adapter << t;
      EXPECT_TRUE(is_close(hidden[1], expected[30 + 17 + t])) << adapter << t;
    }
    EXPECT_EQ(cache.length(2), 30);
  }
}

TEST(Decoder, SharedPromptsContinueApart) {
  Llava model = tiny_model();
  const at::Tensor rows = random_tensor({12, 32}, "rows");
  nn::KvCache cache = model.make_cache(2, 20);
  model.forward(rows.narrow(0, 0, 10), Spans::from_lengths({10}), cache, {0});
  cache.copy_prefix(0, 1);
  const at::Tensor hidden =
      model.forward(rows.narrow(0, 10, 2), Spans::from_lengths({1, 1}), cache, {0, 1});
  for (int64_t i = 0; i < 2; ++i) {
    const at::Tensor whole = at::cat({rows.narrow(0, 0, 10), rows.narrow(0, 10 + i, 1)});
    EXPECT_TRUE(is_close(hidden[i], model.forward(whole, Spans::from_lengths({11}))[10])) << i;
  }
}

TEST(Decoder, AnEmptiedCacheSeesNewWeights) {
  Llava model = tiny_model();
  const at::Tensor rows = random_tensor({6, 32}, "rows");
  const Spans spans = Spans::from_lengths({6});
  nn::KvCache cache = model.make_cache(1, 8);
  model.forward(rows, spans, cache, {0});
  cache.reset(0);
  model.parameters().at("language_model.model.layers.0.mlp.up_proj.weight").mul_(2);
  EXPECT_TRUE(is_close(model.forward(rows, spans, cache, {0}), model.forward(rows, spans)));
}

TEST(Decoder, LargeModelsDecodeWithoutJoinedWeights) {
  config::LlavaConfig config = tiny_config();
  Base base;
  for (WeightSlot& slot : weight_slots(base, config)) {
    *slot.tensor = 0.2 * random_tensor(slot.shape, slot.name);
  }
  base.decoder.rotary = nn::RotaryAngles(config.text, at::kCPU);
  const at::Tensor rows = random_tensor({6, 32}, "rows");
  const Spans spans = Spans::from_lengths({6});
  nn::KvCache cache(2, 2, 16, 1, 8, at::kFloat, at::kCPU);
  const at::Tensor hidden = decoder_forward(base.decoder, config.text, rows, spans, cache, {0},
                                            {.plain = 0, .adapted = 0});
  EXPECT_TRUE(is_close(hidden, decoder_forward(base.decoder, config.text, rows, spans, {})));
}

TEST(Decoder, ASharedPrefixStandsBeforeEachThatHasIt) {
  Llava model = tiny_model();
  const at::Tensor prefix = random_tensor({5, 32}, "prefix"), a = random_tensor({3, 32}, "a"),
                   b = random_tensor({4, 32}, "b"), other = random_tensor({2, 32}, "other");
  const at::Tensor shared = model.forward(at::cat({prefix, a, b, other}),
                                          Spans::from_lengths({5, 3, 4, 2}), {-1, 0, 0, -1});
  const at::Tensor apart =
      model.forward(at::cat({prefix, a, prefix, b, other}), Spans::from_lengths({8, 9, 2}));
  EXPECT_TRUE(is_close(shared.slice(0, 0, 8), apart.slice(0, 0, 8)));
  EXPECT_TRUE(is_close(shared.slice(0, 8, 12), apart.slice(0, 13, 17)));
  EXPECT_TRUE(is_close(shared.slice(0, 12), apart.slice(0, 17)));
  EXPECT_FALSE(is_close(shared.slice(0, 5, 8), model.forward(a, Spans::from_lengths({3}))));
}

TEST(Decoder, APrefixCountsAgainstThePositions) {
  Llava model = tiny_model();
  const Spans spans = Spans::from_lengths({90, 7});
  EXPECT_THROW(model.forward(at::zeros({97, 32}), spans, {-1, 0}), DataError);
  EXPECT_NO_THROW(model.forward(at::zeros({97, 32}), spans));
}

TEST(Decoder, RefusesSequencesBeyondItsPositions) {
  Llava model = tiny_model();
  const at::Tensor rows = at::zeros({97, 32});
  const std::string text =
      error_text<DataError>([&] { model.forward(rows, Spans::from_lengths({97})); });
  EXPECT_THAT(text, HasSubstr("at most 96 rows"));
  EXPECT_THAT(text, HasSubstr("got 97"));
  nn::KvCache cache = model.make_cache(1, 200);
  EXPECT_THROW(model.forward(rows, Spans::from_lengths({97}), cache, {0}), DataError);
}

}  // namespace
}  // namespace plumbline::model
