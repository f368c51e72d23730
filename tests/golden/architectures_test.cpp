// Every architecture against transformers and peft, by tools/golden/make_architectures.py: language
// models with all kinds of rotary scaling, vision towers, layouts, adapters with patterns.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/model/llava.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using nlohmann::json;

// Logits reach about 7. Observed: below 3e-5.
constexpr double kDifference = 1e-4;
constexpr double kBfloat16Error = 0.03;  // of all logits of a text, relative
constexpr int64_t kRowStep = 8;          // ROW_STEP of the script
constexpr int64_t kImageToken = 95;      // the last of the vocabulary, and no word
const fs::path kRoot = "tests/golden/architectures";

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  EXPECT_EQ(a.sizes(), b.sizes());
  return (a - b).abs().max().item<double>();
}

// A folder of weights with the config of one architecture, and what transformers computes with it.
struct Architecture {
  std::string name;
  std::string folder;  // empty: the name
  std::string config = "config.json";
  std::string expected = "expected.safetensors";
};

void PrintTo(const Architecture& architecture, std::ostream* out) { *out << architecture.name; }

Architecture alone(const std::string& name) { return {.name = name, .folder = name}; }
Architecture of_llama(const std::string& name, const std::string& config = "") {
  return {.name = name,
          .folder = "llama",
          .config = config.empty() ? name + ".json" : config,
          .expected = name + ".safetensors"};
}

const std::vector<Architecture>& architectures() {
  static const std::vector<Architecture> all = {of_llama("plain", "config.json"),
                                                of_llama("linear"),
                                                of_llama("dynamic"),
                                                of_llama("llama3"),
                                                of_llama("yarn"),
                                                of_llama("yarn_mscale"),
                                                alone("mistral"),
                                                alone("qwen2"),
                                                alone("tied"),
                                                alone("head_dim"),
                                                alone("biases"),
                                                alone("gelu_clip"),
                                                alone("full"),
                                                alone("siglip"),
                                                alone("original_linear")};
  return all;
}

// A model and three texts of different lengths, as one ragged batch.
class Case {
 public:
  // `change` edits the config before the model is loaded.
  Case(const Architecture& architecture, const fs::path& scratch,
       const std::function<void(json&)>& change = {}, at::ScalarType dtype = at::kFloat)
      : expected_(checkpoint::load_tensors(
            (kRoot / architecture.folder / architecture.expected).string())),
        model_(load(architecture, scratch, change, dtype)) {
    for (int64_t i = 0; i < num_texts(); ++i) spans_.append(of("ids", i).size(0));
  }

  model::Llava& model() { return model_; }
  const tensor::Spans& spans() const { return spans_; }
  int64_t num_texts() const { return expected_.contains("ids.2") ? 3 : 2; }
  const at::Tensor& of(const std::string& name, int64_t i) const {
    return expected_.at(name + "." + std::to_string(i));
  }
  bool has(const std::string& name, int64_t i) const {
    return expected_.contains(name + "." + std::to_string(i));
  }

  at::Tensor rows() {
    std::vector<at::Tensor> ids, images;
    for (int64_t i = 0; i < num_texts(); ++i) {
      ids.push_back(of("ids", i));
      if (!has("pixels", i)) continue;
      images.push_back(
          model_.project(model_.encode_images(of("pixels", i).to(model_.dtype()))).flatten(0, 1));
    }
    return model_.embed(at::cat(ids), images.empty() ? at::Tensor() : at::cat(images));
  }
  at::Tensor logits() { return model_.logits(model_.forward(rows(), spans_)); }
  at::Tensor text(const at::Tensor& batch, int64_t i) const {
    return batch.narrow(0, spans_.begin(i), spans_.length(i));
  }

  // Largest difference of logits at the rows that are kept.
  double logit_difference() {
    const at::Tensor computed = logits();
    double largest = 0;
    for (int64_t i = 0; i < num_texts(); ++i) {
      largest = std::max(largest, largest_difference(text(computed, i).slice(0, 0, {}, kRowStep),
                                                     of("logits", i)));
    }
    return largest;
  }

  // The likeliest continuations of all texts, decoded together through one cache, [texts, count].
  at::Tensor continuations(int64_t count) {
    const at::NoGradGuard no_grad;
    nn::KvCache cache = model_.make_cache(num_texts(), spans_.max_length() + count);
    std::vector<int64_t> slots, last;
    for (int64_t i = 0; i < num_texts(); ++i) {
      slots.push_back(i);
      last.push_back(spans_.end(i) - 1);
    }
    at::Tensor hidden =
        model_.forward(rows(), spans_, cache, slots).index_select(0, at::tensor(last, at::kLong));
    const auto single = tensor::Spans::from_lengths(std::vector<int64_t>(slots.size(), 1));
    std::vector<at::Tensor> tokens;
    while (true) {
      tokens.push_back(model_.logits(hidden).slice(1, 0, kImageToken).argmax(1));
      if (static_cast<int64_t>(tokens.size()) == count) return at::stack(tokens, 1);
      hidden = model_.forward(model_.embed(tokens.back(), at::Tensor()), single, cache, slots);
    }
  }

 private:
  static model::Llava load(const Architecture& architecture, const fs::path& scratch,
                           const std::function<void(json&)>& change, at::ScalarType dtype) {
    const fs::path folder = scratch / architecture.name;
    fs::remove_all(folder);
    fs::copy(kRoot / architecture.folder, folder, fs::copy_options::recursive);
    json config = json::parse(read_file(folder / architecture.config));
    if (change) change(config);
    write_file(folder / "config.json", config.dump());
    return checkpoint::load_llava(folder.string(), dtype, at::kCPU);
  }

  std::map<std::string, at::Tensor> expected_;
  model::Llava model_;
  tensor::Spans spans_;
};

class Architectures : public support::Scratch, public testing::WithParamInterface<Architecture> {};

INSTANTIATE_TEST_SUITE_P(Golden, Architectures, testing::ValuesIn(architectures()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(Architectures, LogitsStatesAndLogprobs) {
  Case c(GetParam(), folder_);
  const at::Tensor logits = c.logits();
  const std::vector<at::Tensor> states = c.model().states(c.rows(), c.spans());
  double states_difference = 0, logprobs_difference = 0;
  for (int64_t i = 0; i < c.num_texts(); ++i) {
    for (size_t layer = 0; layer + 1 < states.size(); ++layer) {
      const at::Tensor state = c.text(states[layer + 1], i).slice(0, 0, {}, kRowStep);
      states_difference = std::max(
          states_difference, largest_difference(state, c.of("state." + std::to_string(layer), i)));
    }
    const at::Tensor logprobs = at::log_softmax(c.text(logits, i), 1);
    const at::Tensor next = c.of("ids", i).slice(0, 1).clamp_min(0);
    const at::Tensor of_next = logprobs.slice(0, 0, -1).gather(1, next.unsqueeze(1)).squeeze(1);
    // Image placeholders of the original layout are no tokens.
    const at::Tensor is_token = c.of("ids", i).slice(0, 1) >= 0;
    logprobs_difference = std::max(logprobs_difference,
                                   largest_difference(of_next.masked_select(is_token),
                                                      c.of("logprobs", i).masked_select(is_token)));
  }
  const double logit_difference = c.logit_difference();
  RecordProperty("logits", std::to_string(logit_difference * 1e6) + "e-6");
  RecordProperty("states", std::to_string(states_difference * 1e6) + "e-6");
  RecordProperty("logprobs", std::to_string(logprobs_difference * 1e6) + "e-6");
  EXPECT_LT(logit_difference, kDifference);
  EXPECT_LT(states_difference, kDifference);
  EXPECT_LT(logprobs_difference, kDifference);
  EXPECT_GT(logits.abs().max().item<double>(), 1.0) << "logits too small to show differences";
}

TEST_P(Architectures, GreedyContinuations) {
  Case c(GetParam(), folder_);
  const int64_t count = c.of("greedy", 0).size(0);
  EXPECT_EQ(count, 64);
  const at::Tensor tokens = c.continuations(count);
  for (int64_t i = 0; i < c.num_texts(); ++i) {
    EXPECT_TRUE(at::equal(tokens[i], c.of("greedy", i))) << "text " << i;
  }
}

// Against the fp32 numbers: transformers' own bfloat16 lies 0.008 to 0.029 from them.
TEST_P(Architectures, Bfloat16IsWithinItsRounding) {
  const at::NoGradGuard no_grad;
  Case c(GetParam(), folder_, {}, at::kBFloat16);
  const at::Tensor logits = c.logits().to(at::kFloat);
  const auto relative_error = [&](const at::Tensor& got, int64_t i) {
    const at::Tensor expected = c.of("logits", i);
    return ((got - expected).norm() / expected.norm()).item<double>();
  };
  double largest = 0;
  for (int64_t i = 0; i < c.num_texts(); ++i) {
    largest = std::max(largest, relative_error(c.text(logits, i).slice(0, 0, {}, kRowStep), i));
  }
  RecordProperty("relative_error", std::to_string(largest));
  EXPECT_LT(largest, kBfloat16Error);
  // Row by row over the cache the loops are others. Dynamic scaling then turns early rows by the
  // length so far.
  if (GetParam().name == "dynamic") return;
  const at::Tensor rows = c.rows();
  nn::KvCache cache = c.model().make_cache(1, c.spans().max_length());
  std::vector<at::Tensor> one_by_one;
  for (int64_t t = 0; t < c.spans().length(0); ++t) {
    const at::Tensor row = rows.narrow(0, t, 1);
    const at::Tensor hidden = c.model().forward(row, tensor::Spans::from_lengths({1}), cache, {0});
    one_by_one.push_back(c.model().logits(hidden).to(at::kFloat));
  }
  EXPECT_LT(relative_error(at::cat(one_by_one).slice(0, 0, {}, kRowStep), 0), kBfloat16Error);
}

TEST_P(Architectures, ComeBackFromTheirOwnLayout) {
  Case c(GetParam(), folder_);
  const std::string written = (folder_ / "written").string();
  checkpoint::save_llava(written, c.model());
  model::Llava back = checkpoint::load_llava(written, at::kFloat, at::kCPU);
  EXPECT_EQ(back.config(), c.model().config());
  const nn::Parameters parameters = c.model().parameters(), read = back.parameters();
  ASSERT_EQ(read.size(), parameters.size());
  for (const auto& [name, tensor] : parameters) EXPECT_TRUE(at::equal(tensor, read.at(name)));
}

// A comparison that cannot fail shows nothing: each of these small changes must be noticed.
struct Change {
  std::string architecture, pointer;
  json value;
};

TEST(ArchitectureChanges, AreNoticed) {
  const std::vector<Change> changes = {
      {"plain", "/rope_parameters/rope_theta", 9000.0},
      {"plain", "/rms_norm_eps", 1e-3},
      {"linear", "/rope_parameters/factor", 4.1},
      {"dynamic", "/rope_parameters/factor", 4.1},
      {"dynamic", "/max_position_embeddings", 65},
      {"llama3", "/rope_parameters/factor", 8.2},
      {"llama3", "/rope_parameters/low_freq_factor", 1.1},
      {"llama3", "/rope_parameters/high_freq_factor", 4.2},
      {"llama3", "/rope_parameters/original_max_position_embeddings", 66},
      {"yarn", "/rope_parameters/factor", 4.1},
      {"yarn", "/rope_parameters/attention_factor", 1.0},
      {"yarn", "/rope_parameters/rope_type", "linear"},
      {"yarn_mscale", "/rope_parameters/mscale", 0.75},
      {"yarn_mscale", "/rope_parameters/beta_fast", 4.4},
      {"yarn_mscale", "/rope_parameters/beta_slow", 0.55},
      {"yarn_mscale", "/rope_parameters/truncate", true},
      {"mistral", "/sliding_window", 17},
      {"qwen2", "/rope_parameters/rope_theta", 9000.0},
      {"tied", "/rms_norm_eps", 1e-3},
      {"head_dim", "/rope_parameters/rope_theta", 9000.0},
      {"biases", "/rms_norm_eps", 1e-3},
      {"gelu_clip", "/vision_config/hidden_act", "quick_gelu"},
      {"full", "/vision_feature_layer", 2},
      {"siglip", "/vision_config/hidden_act", "gelu"},
      {"siglip", "/vision_config/layer_norm_eps", 1e-3},
      {"siglip", "/vision_feature_layer", -1},
      {"original_linear", "/mm_vision_select_layer", -1}};
  const support::ScratchFolder scratch;
  for (const Architecture& architecture : architectures()) {
    for (const Change& change : changes) {
      if (change.architecture != architecture.name) continue;
      Case c(architecture, scratch.path(), [&](json& config) {
        const json::json_pointer at(change.pointer);
        EXPECT_NE(config.value(at, json()), change.value);
        config[at] = change.value;
      });
      EXPECT_GT(c.logit_difference(), kDifference) << change.architecture << change.pointer;
    }
  }
}

// Whether the logits depend on a weight. The tower's blocks behind the layer that is read do not
// count, and neither does the bias of its keys, which shifts all scores of a query alike.
bool matters(const std::string& name, const config::LlavaConfig& config) {
  const std::string blocks = "vision_tower.vision_model.encoder.layers.";
  if (!name.starts_with("vision_tower.")) return true;
  if (name.find("post_layernorm") != std::string::npos || name.ends_with("k_proj.bias")) {
    return false;
  }
  return !name.starts_with(blocks) ||
         std::stoll(name.substr(blocks.size())) < config::num_tower_blocks(config);
}

TEST(ArchitectureChanges, OfAnyWeightAreNoticed) {
  const support::ScratchFolder scratch;
  for (const Architecture& architecture : architectures()) {
    Case c(architecture, scratch.path());
    for (const auto& [name, tensor] : c.model().parameters()) {
      if (!matters(name, c.model().config())) continue;
      at::Tensor weight = tensor;
      const at::Tensor former = weight.clone();
      weight.add_(0.1 * at::sin(at::arange(weight.numel()).add(1)).view(weight.sizes()));
      EXPECT_GT(c.logit_difference(), kDifference) << architecture.name << " " << name;
      weight.copy_(former);
    }
  }
}

class ArchitectureAdapter : public support::Scratch {
 protected:
  // The plain llama with the adapter's two texts.
  Case plain() {
    return Case({.name = "plain", .folder = "llama", .expected = "../adapter/expected.safetensors"},
                folder_);
  }
  static double difference(Case& c) {
    const at::Tensor both = at::cat({c.of("logits", 0), c.of("logits", 1)});
    return largest_difference(c.logits(), both);
  }
  const std::string saved_ = (kRoot / "adapter").string();
};

TEST_F(ArchitectureAdapter, PatternsAndSavedModules) {
  Case c = plain();
  checkpoint::load_adapter(saved_, c.model(), "peft");
  const nn::AdapterSpec spec = c.model().adapter_spec("peft");
  // The first pattern that matches counts, in the order of the file.
  EXPECT_EQ(spec.rank_of("layers.1.self_attn.q_proj"), 2);
  EXPECT_EQ(spec.rank_of("layers.0.self_attn.q_proj"), 3);
  EXPECT_EQ(spec.rank_of("layers.0.mlp.down_proj"), 4);
  EXPECT_NEAR(spec.scale_of("layers.0.mlp.down_proj"), 9 / 2.0, 1e-12);
  EXPECT_GT(difference(c), kDifference);
  {
    const model::AdapterScope scope(c.model(), "peft");
    const double adapted = difference(c);
    RecordProperty("logits", std::to_string(adapted * 1e6) + "e-6");
    EXPECT_LT(adapted, kDifference);
    at::Tensor head =
        c.model().adapter_parameters("peft").at("base_model.model.language_model.lm_head.weight");
    head.add_(0.01);
    EXPECT_GT(difference(c), kDifference);
    head.sub_(0.01);
  }
  c.model().copy_adapter("peft", "copy");
  const at::Tensor decoded = [&] {
    const model::AdapterScope scope(c.model(), "copy");
    return c.continuations(16);
  }();
  c.model().merge_adapter("peft");
  EXPECT_LT(difference(c), kDifference);
  EXPECT_TRUE(at::equal(c.continuations(16), decoded));
}

TEST_F(ArchitectureAdapter, AWrongScaleIsNoticed) {
  const fs::path changed = folder_ / "adapter";
  for (const auto& [name, value] : {std::pair<std::string, json>{"lora_alpha", 6.1},
                                    {"use_rslora", false},
                                    {"alpha_pattern", json::object()}}) {
    fs::remove_all(changed);
    fs::copy(saved_, changed);
    json config = json::parse(read_file(changed / "adapter_config.json"));
    config[name] = value;
    write_file(changed / "adapter_config.json", config.dump());
    Case c = plain();
    checkpoint::load_adapter(changed.string(), c.model(), "peft");
    const model::AdapterScope scope(c.model(), "peft");
    EXPECT_GT(difference(c), kDifference) << name;
  }
}

TEST_F(ArchitectureAdapter, ComesBackAsWritten) {
  Case c = plain();
  checkpoint::load_adapter(saved_, c.model(), "peft");
  checkpoint::save_adapter((folder_ / "written").string(), c.model(), "peft", "base");
  checkpoint::load_adapter((folder_ / "written").string(), c.model(), "back");
  EXPECT_EQ(c.model().adapter_spec("back"), c.model().adapter_spec("peft"));
  const model::AdapterScope scope(c.model(), "back");
  EXPECT_LT(difference(c), kDifference);
}

// LLaVA-RLHF's form: pickled adapters named lora_default with the authors' base in their config,
// a pickled head above the reward model's.
class Release : public support::Scratch {
 protected:
  const std::map<std::string, at::Tensor> expected_ =
      checkpoint::load_tensors((kRoot / "release/expected.safetensors").string());
};

TEST_F(Release, PolicyAndRewardModel) {
  const at::NoGradGuard no_grad;
  Case c(alone("original_linear"), folder_);
  checkpoint::load_adapter((kRoot / "release/policy").string(), c.model(), "policy");
  checkpoint::load_adapter((kRoot / "release/reward").string(), c.model(), "reward");
  EXPECT_FALSE(c.model().has_head("policy"));
  ASSERT_TRUE(c.model().has_head("reward"));
  for (int64_t i = 0; i < c.num_texts(); ++i) {
    const std::string number = std::to_string(i);
    {
      const model::AdapterScope scope(c.model(), "policy");
      EXPECT_LT(largest_difference(c.text(c.logits(), i), expected_.at("logits." + number)),
                kDifference);
    }
    const model::AdapterScope scope(c.model(), "reward");
    const at::Tensor last = c.model().forward(c.rows(), c.spans())[c.spans().end(i) - 1];
    EXPECT_NEAR(c.model().score("reward", last).item<double>(),
                expected_.at("reward." + number).item<double>(), kDifference);
  }
}

// The search for a head ends, and does not look above the folder.
TEST_F(Release, APolicyHasNoHeadWhateverItsFolderIsCalled) {
  fs::create_directories(folder_ / "policy");
  fs::copy(kRoot / "release/policy", folder_ / "policy", fs::copy_options::recursive);
  fs::copy(kRoot / "release/reward/adapter_model/reward_head", folder_);
  Case c(alone("original_linear"), folder_);
  for (const std::string end : {"", "/"}) {
    checkpoint::load_adapter((folder_ / "policy").string() + end, c.model(), "policy" + end);
    EXPECT_FALSE(c.model().has_head("policy" + end));
  }
}

TEST_F(Release, AdaptersAreFoundInEveryFolder) {
  const fs::path named = kRoot / "release/reward/adapter_model/lora_default";
  for (const std::string place : {".", "lora_default", "adapter_model"}) {
    const fs::path root = folder_ / ("at_" + place);
    fs::create_directories(root / place);
    fs::copy(named, root / place, fs::copy_options::recursive);
    fs::copy(kRoot / "release/reward/adapter_model/reward_head", root);
    Case c(alone("original_linear"), folder_);
    checkpoint::load_adapter(root.string(), c.model(), "reward");
    EXPECT_TRUE(c.model().has_head("reward")) << place;
  }
}

// Writes what tools/golden/check_written.py compares with transformers and peft.
TEST(ArchitectureFolders, AreWrittenForTransformers) {
  const char* root = std::getenv("PLUMBLINE_GOLDEN_WRITE");
  if (root == nullptr) GTEST_SKIP() << "PLUMBLINE_GOLDEN_WRITE is not set";
  const support::ScratchFolder scratch;
  for (const Architecture& architecture : architectures()) {
    if (architecture.name == "original_linear") continue;  // transformers does not read it
    Case c(architecture, scratch.path());
    const fs::path folder = fs::path(root) / "architectures" / architecture.name;
    fs::remove_all(folder);
    checkpoint::save_llava(folder.string(), c.model());
    nn::Parameters check = {{"ids", c.of("ids", 0)}, {"logits", c.text(c.logits(), 0)}};
    if (c.has("pixels", 0)) check["pixels"] = c.of("pixels", 0);
    const nn::AdapterSpec spec = {.rank = 3,
                                  .alpha = 5,
                                  .targets = {"k_proj", "layers.1.mlp.up_proj"},
                                  .rank_pattern = {{"layers.0.self_attn.k_proj", 2}},
                                  .alpha_pattern = {{"layers.1.mlp.up_proj", 7}},
                                  .saved_modules = {"embed_tokens", "lm_head"}};
    const bool is_tied = c.model().config().text.tie_embeddings;
    nn::AdapterSpec fitting = spec;
    if (is_tied) fitting.saved_modules.clear();
    c.model().add_adapter("written", fitting, random_key(3, "golden"));
    for (auto& [name, tensor] : c.model().adapter_parameters("written")) {
      at::Tensor values = tensor;
      values.add_(0.1 * at::sin(at::arange(tensor.numel())).view(tensor.sizes()));
    }
    checkpoint::save_adapter((folder / "adapter").string(), c.model(), "written", folder.string());
    const model::AdapterScope scope(c.model(), "written");
    check["adapter_logits"] = c.text(c.logits(), 0);
    checkpoint::save_tensors((folder / "check.safetensors").string(), check);
  }
}

}  // namespace
}  // namespace plumbline
