#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/model/llava.h"
#include "tiny.h"

namespace plumbline::model {
namespace {

using tensor::Spans;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

at::Tensor hidden(Llava& model, const std::string& adapter) {
  const AdapterScope scope(model, adapter);
  return model.forward(random_tensor({9, 32}, "rows"), Spans::from_lengths({5, 4}));
}

TEST(Adapters, ANewOneChangesNothing) {
  Llava model = tiny_model();
  const at::Tensor before = hidden(model, "");
  model.add_adapter("new", tiny_spec(), random_key(1, "new"));
  EXPECT_TRUE(at::equal(hidden(model, "new"), before));
  const nn::Parameters parameters = model.adapter_parameters("new");
  EXPECT_EQ(parameters.size(), 2U * 2 * 5);
  const std::string layer = "base_model.model.language_model.model.layers.1.self_attn.q_proj.";
  const at::Tensor a = parameters.at(layer + "lora_A.weight");
  EXPECT_EQ(a.sizes().vec(), (std::vector<int64_t>{3, 32}));
  EXPECT_NEAR(a.abs().max().item<double>(), 1 / std::sqrt(32.0), 0.01);
  EXPECT_EQ(parameters.at(layer + "lora_B.weight").sizes().vec(), (std::vector<int64_t>{64, 3}));
}

TEST(Adapters, DoNotSeeEachOther) {
  Llava model = tiny_model();
  const at::Tensor base = hidden(model, "");
  add_tuned(model, "one");
  const at::Tensor one = hidden(model, "one");
  add_tuned(model, "two");
  EXPECT_TRUE(at::equal(hidden(model, "one"), one));
  EXPECT_TRUE(at::equal(hidden(model, ""), base));
  EXPECT_FALSE(is_close(hidden(model, "two"), one));
  EXPECT_FALSE(is_close(one, base));
  for (auto& [name, tensor] : model.adapter_parameters("one")) tensor.requires_grad_(true);
  for (auto& [name, tensor] : model.adapter_parameters("two")) tensor.requires_grad_(true);
  hidden(model, "one").sum().backward();
  for (auto& [name, tensor] : model.adapter_parameters("one")) {
    EXPECT_TRUE(tensor.grad().defined()) << name;
  }
  for (auto& [name, tensor] : model.adapter_parameters("two")) {
    EXPECT_FALSE(tensor.grad().defined()) << name;
  }
  EXPECT_THAT(model.adapters(), ElementsAre("one", "two"));
}

TEST(Adapters, TargetsMayBeRegularExpressionsOfPaths) {
  Llava model = tiny_model();
  nn::AdapterSpec spec = tiny_spec();
  spec.targets = {R"(layers\.1\.self_attn\.[qv]_proj)", "layers.0.mlp.up_proj"};
  model.add_adapter("some", spec, random_key(1, "some"));
  EXPECT_THAT(model.adapter_spec("some").targets,
              ElementsAre("layers.1.self_attn.q_proj", "layers.1.self_attn.v_proj",
                          "layers.0.mlp.up_proj"));
  EXPECT_EQ(model.adapter_parameters("some").size(), 2U * 3);
  for (const char* target : {"nothing", "layers\\.9\\..*", "(", "[qv]_proj"}) {
    spec.targets = {target};
    EXPECT_THROW(model.add_adapter("none", spec, random_key(1, "none")), ConfigError) << target;
  }
}

TEST(Adapters, MagnitudesStartAsTheWeightsRowLengths) {
  Llava model = tiny_model();
  nn::AdapterSpec spec = tiny_spec();
  spec.dora = true;
  const at::Tensor before = hidden(model, "");
  model.add_adapter("dora", spec, random_key(1, "dora"));
  EXPECT_TRUE(is_close(hidden(model, "dora"), before)) << "a new one changes nothing";
  nn::Parameters parameters = model.adapter_parameters("dora");
  EXPECT_EQ(parameters.size(), 3U * 2 * 5);
  for (auto& [name, tensor] : parameters) tensor.add_(0.1);
  const at::Tensor tuned = hidden(model, "dora");
  EXPECT_FALSE(is_close(tuned, before));
  model.copy_adapter("dora", "copy");
  EXPECT_TRUE(at::equal(hidden(model, "copy"), tuned));
  model.merge_adapter("dora");
  EXPECT_TRUE(is_close(hidden(model, ""), tuned));
}

TEST(Adapters, TheProjectorMayBeOneOfTheirOwn) {
  Llava model = tiny_model();
  nn::AdapterSpec spec = tiny_spec();
  spec.saved_modules = {"multi_modal_projector"};
  model.add_adapter("own", spec, random_key(1, "own"));
  const at::Tensor features = random_tensor({1, 4, model.config().vision.hidden_size}, "features");
  const at::Tensor before = model.project(features);
  nn::Parameters parameters = model.adapter_parameters("own");
  const std::string name = "base_model.model.multi_modal_projector.linear_2.bias";
  ASSERT_TRUE(parameters.contains(name));
  parameters.at(name).add_(1);
  EXPECT_TRUE(at::equal(model.project(features), before)) << "the base's own is as it was";
  {
    const AdapterScope scope(model, "own");
    EXPECT_TRUE(is_close(model.project(features), before + 1));
  }
  model.merge_adapter("own");
  EXPECT_TRUE(is_close(model.project(features), before + 1));
}

TEST(Adapters, MergingKeepsTheFunction) {
  Llava model = tiny_model();
  add_tuned(model, "one");
  model.add_head("one", random_key(2, "head"), false);
  const at::Tensor expected = hidden(model, "one");
  model.merge_adapter("one");
  EXPECT_TRUE(is_close(hidden(model, ""), expected));
  EXPECT_FALSE(model.has_adapter("one"));
  EXPECT_FALSE(model.has_head("one"));
}

TEST(Adapters, RslorasScaleIsAnother) {
  Llava model = tiny_model();
  nn::AdapterSpec spec = tiny_spec();
  add_tuned(model, "plain", spec);
  spec.rslora = true;
  spec.alpha = 6 / std::sqrt(3.0);  // alpha / sqrt(rank) is now what alpha / rank was
  model.add_adapter("scaled", spec, random_key(1, "x"));
  nn::Parameters from = model.adapter_parameters("plain");
  for (auto& [name, tensor] : model.adapter_parameters("scaled")) tensor.copy_(from.at(name));
  EXPECT_TRUE(is_close(hidden(model, "scaled"), hidden(model, "plain")));
}

TEST(Adapters, CopyingWritesIntoWhatIsThere) {
  Llava model = tiny_model();
  add_tuned(model, "one");
  model.add_head("one", random_key(2, "head"), false);
  model.copy_adapter("one", "two");
  EXPECT_TRUE(at::equal(hidden(model, "two"), hidden(model, "one")));
  const nn::Parameters kept = model.adapter_parameters("two");
  for (auto& [name, tensor] : model.adapter_parameters("one")) tensor.mul_(0.5);
  EXPECT_FALSE(is_close(hidden(model, "two"), hidden(model, "one"))) << "copies share no storage";
  model.copy_adapter("one", "two");
  EXPECT_TRUE(at::equal(hidden(model, "two"), hidden(model, "one")));
  for (auto& [name, tensor] : model.adapter_parameters("two")) {
    EXPECT_TRUE(tensor.is_same(kept.at(name)));
  }
  EXPECT_TRUE(at::equal(model.head_parameters("two").at("weight"),
                        model.head_parameters("one").at("weight")));
  nn::AdapterSpec other = tiny_spec();
  other.targets = {"q_proj"};
  add_tuned(model, "small", other);
  model.copy_adapter("small", "two");
  EXPECT_EQ(model.adapter_parameters("two").size(), 4U);
  EXPECT_TRUE(at::equal(hidden(model, "two"), hidden(model, "small")));
  model.remove_adapter("two");
  EXPECT_FALSE(model.has_adapter("two"));
}

TEST(Adapters, ScopesNestAndRestore) {
  Llava model = tiny_model();
  add_tuned(model, "one");
  EXPECT_EQ(model.active_adapter(), "");
  {
    const AdapterScope outer(model, "one");
    {
      const AdapterScope inner(model, "");
      EXPECT_EQ(model.active_adapter(), "");
    }
    EXPECT_EQ(model.active_adapter(), "one");
    EXPECT_THROW(AdapterScope(model, "none"), ConfigError);
    EXPECT_EQ(model.active_adapter(), "one");
  }
  EXPECT_EQ(model.active_adapter(), "");
}

TEST(Adapters, DropoutFollowsItsKey) {
  Llava model = tiny_model();
  nn::AdapterSpec spec = tiny_spec();
  spec.dropout = 0.3;
  add_tuned(model, "one", spec);
  const auto under = [&](std::vector<RandomKey> keys) {
    const AdapterScope scope(model, "one", std::move(keys));
    return model.forward(random_tensor({9, 32}, "rows"), Spans::from_lengths({9}));
  };
  const at::Tensor quiet = under({});
  EXPECT_TRUE(at::equal(under({random_key(1, "a")}), under({random_key(1, "a")})));
  EXPECT_FALSE(is_close(under({random_key(1, "a")}), under({random_key(2, "a")})));
  EXPECT_FALSE(is_close(under({random_key(1, "a")}), quiet));
  EXPECT_THROW(under({random_key(1, "a"), random_key(2, "a")}), InternalError) << "one sequence";
}

TEST(Heads, ScoreIsOneNumberPerRow) {
  Llava model = tiny_model();
  add_tuned(model, "one");
  model.add_head("one", random_key(2, "head"), false);
  model.add_head("", random_key(2, "head"), true);
  const at::Tensor rows = random_tensor({2, 3, 32}, "rows");
  const nn::Parameters head = model.head_parameters("one");
  EXPECT_TRUE(is_close(model.score("one", rows),
                       (rows * head.at("weight")[0]).sum(-1) + head.at("bias")[0]));
  EXPECT_NEAR(head.at("weight").std().item<double>(), 1 / std::sqrt(33.0), 0.06);
  EXPECT_TRUE(at::equal(model.score("", rows), at::zeros({2, 3})));
  EXPECT_EQ(model.score("", rows.to(at::kBFloat16)).scalar_type(), at::kFloat);
  EXPECT_THROW(model.score("two", rows), ConfigError);
}

TEST(Adapters, MayHaveRanksOfTheirOwnAndModulesInPlaceOfTheBases) {
  Llava model = tiny_model();
  nn::AdapterSpec spec = {.rank = 3,
                          .alpha = 6,
                          .targets = {"q_proj", "layers.1.mlp.up_proj"},
                          .rank_pattern = {{"layers.0.self_attn.q_proj", 2}},
                          .alpha_pattern = {{"layers.0.self_attn.q_proj", 5}},
                          .saved_modules = {"embed_tokens", "lm_head"}};
  add_tuned(model, "one", spec);
  const nn::Parameters parameters = model.adapter_parameters("one");
  const std::string root = "base_model.model.language_model.";
  EXPECT_EQ(parameters.size(), 2U * 3 + 2);
  EXPECT_EQ(parameters.at(root + "model.layers.0.self_attn.q_proj.lora_A.weight").size(0), 2);
  EXPECT_EQ(parameters.at(root + "model.layers.1.self_attn.q_proj.lora_A.weight").size(0), 3);
  const at::Tensor ids = at::tensor({1, 2, 3}, at::kLong);
  const at::Tensor rows = model.embed(ids, at::Tensor());
  const at::Tensor former_head = model.head_weight().clone();
  at::Tensor embedding = parameters.at(root + "model.embed_tokens.weight");
  at::Tensor head = parameters.at(root + "lm_head.weight");
  embedding.mul_(2);
  head.mul_(3);
  model.copy_adapter("one", "two");
  head.mul_(0);  // the copy has its own
  {
    const AdapterScope scope(model, "two");
    EXPECT_TRUE(at::equal(model.embed(ids, at::Tensor()), 2 * rows));
    EXPECT_TRUE(is_close(model.head_weight(), 3 * former_head));
  }
  EXPECT_TRUE(at::equal(model.embed(ids, at::Tensor()), rows));
  EXPECT_TRUE(at::equal(model.head_weight(), former_head));
  model.merge_adapter("two");
  EXPECT_TRUE(is_close(model.head_weight(), 3 * former_head));
}

TEST(Adapters, RefusesWhatDoesNotFit) {
  Llava model = tiny_model();
  add_tuned(model, "one");
  const auto refusal = [&](const std::string& name, auto change) {
    nn::AdapterSpec spec = tiny_spec();
    change(spec);
    return error_text<ConfigError>([&] { model.add_adapter(name, spec, random_key(1, "x")); });
  };
  EXPECT_THAT(refusal("one", [](auto&) {}), HasSubstr("taken"));
  EXPECT_THAT(refusal("", [](auto&) {}), HasSubstr("a name"));
  EXPECT_THAT(refusal("two", [](auto& s) { s.targets = {"q_proj", "qq"}; }), HasSubstr("'qq'"));
  EXPECT_THAT(refusal("two", [](auto& s) { s.targets = {}; }), HasSubstr("at least one"));
  EXPECT_THAT(refusal("two", [](auto& s) { s.rank = 0; }), HasSubstr("positive rank"));
  EXPECT_THAT(refusal("two", [](auto& s) { s.dropout = 1; }), HasSubstr("[0, 1)"));
  EXPECT_THAT(refusal("two", [](auto& s) { s.saved_modules = {"norm"}; }), HasSubstr("'norm'"));
  EXPECT_THAT(refusal("two", [](auto& s) { s.targets = {"layers.2.mlp.up_proj"}; }),
              HasSubstr("'layers.2.mlp.up_proj'"));
  EXPECT_THAT(refusal("two", [](auto& s) { s.rank_pattern["layers.0.mlp.up_proj"] = 0; }),
              HasSubstr("positive rank"));
  EXPECT_FALSE(model.has_adapter("two"));
  const std::string text = error_text<ConfigError>([&] { model.adapter_spec("two"); });
  EXPECT_THAT(text, HasSubstr("expected 'one'"));
  EXPECT_THAT(text, HasSubstr("got 'two'"));
}

}  // namespace
}  // namespace plumbline::model
