#include "plumbline/checkpoint/llava_checkpoint.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/pattern.h"
#include "plumbline/checkpoint/hf_config.h"
#include "plumbline/checkpoint/tensors.h"
#include "tests/support/scratch.h"
#include "tiny_model.h"

namespace plumbline::checkpoint {
namespace {

using support::error_text;
using support::Scratch;
using testing::HasSubstr;

class LlavaCheckpoint : public Scratch {
 protected:
  model::Llava load(at::ScalarType dtype = at::kFloat) {
    return load_llava(folder_.string(), dtype, at::kCPU);
  }
  // Saves a model with its weights renamed one after the other by the pairs.
  nn::Parameters save_renamed(const std::vector<std::pair<std::string, std::string>>& renames) {
    model::Llava model = tiny_model(1);
    save_llava(folder_.string(), model);
    nn::Parameters renamed;
    for (const auto& [name, tensor] : model.parameters()) {
      std::string spelling = name;
      for (const auto& [from, to] : renames) {
        spelling = Pattern(from).replace(spelling, to);
      }
      renamed[spelling] = tensor;
    }
    save_tensors(path("model.safetensors"), renamed);
    return model.parameters();
  }
};

TEST_F(LlavaCheckpoint, ComesBackBitForBit) {
  for (const auto dtype : {at::kFloat, at::kBFloat16, at::kHalf}) {
    model::Llava model = tiny_model(1, tiny_config(), dtype);
    save_llava(folder_.string(), model);
    model::Llava back = load(dtype);
    EXPECT_EQ(back.config(), model.config());
    EXPECT_TRUE(same(back.parameters(), model.parameters()));
  }
}

TEST_F(LlavaCheckpoint, ALanguageModelAloneHasPlainNames) {
  config::LlavaConfig config = tiny_config();
  config.vision = {};
  config.image_token = config::kNoImageToken;
  model::Llava model = tiny_model(1, config);
  save_llava(folder_.string(), model);
  const auto tensors = load_tensors(path("model.safetensors"));
  EXPECT_TRUE(tensors.contains("model.layers.0.self_attn.q_proj.weight"));
  EXPECT_TRUE(tensors.contains("lm_head.weight"));
  model::Llava back = load();
  EXPECT_EQ(back.config(), config);
  EXPECT_TRUE(same(back.parameters(), model.parameters()));
  EXPECT_THAT(error_text<DataError>([&] {
                back.encode_images(at::zeros({1, 3, 16, 16}));
              }),
              HasSubstr("a language model alone"));
}

TEST_F(LlavaCheckpoint, TheOriginalLayoutMayKeepPartsInFilesOfTheirOwn) {
  config::LlavaConfig config = tiny_config();
  config.image_token = config::kSplicedImageToken;
  config.projector = config::ProjectorKind::Linear;
  model::Llava model = tiny_model(1, config);
  save_llava(folder_.string(), model);
  EXPECT_TRUE(fs::exists(path("vision_tower/model.safetensors")));
  EXPECT_TRUE(same(load().parameters(), model.parameters()));

  auto tensors = load_tensors(path("model.safetensors"));
  std::map<std::string, at::Tensor> projector;
  for (const char* name : {"model.mm_projector.weight", "model.mm_projector.bias"}) {
    projector[name] = tensors.at(name);
    tensors.erase(name);
  }
  save_tensors(path("model.safetensors"), tensors);
  EXPECT_THAT(error_text<CheckpointError>([&] { load(); }),
              HasSubstr("missing multi_modal_projector.linear_1"));
  save_tensors(path("mm_projector.safetensors"), projector);
  EXPECT_TRUE(same(load().parameters(), model.parameters()));

  for (const auto& [name, tensor] : load_tensors(path("vision_tower/model.safetensors"))) {
    tensors["model.vision_tower.vision_tower." + name] = tensor;
  }
  save_tensors(path("model.safetensors"), tensors);
  fs::remove(path("vision_tower/model.safetensors"));
  EXPECT_TRUE(same(load().parameters(), model.parameters()));
}

TEST_F(LlavaCheckpoint, TiedHeadsAreOneTensor) {
  config::LlavaConfig config = tiny_config();
  config.text.tie_embeddings = true;
  model::Llava model = tiny_model(1, config);
  save_llava(folder_.string(), model);
  auto tensors = load_tensors(path("model.safetensors"));
  EXPECT_FALSE(tensors.contains("language_model.lm_head.weight"));
  // Some files store the head all the same.
  tensors["language_model.lm_head.weight"] = at::zeros({1});
  save_tensors(path("model.safetensors"), tensors);
  EXPECT_TRUE(same(load().parameters(), model.parameters()));
}

TEST_F(LlavaCheckpoint, ReadsAllSpellings) {
  const std::vector<std::vector<std::pair<std::string, std::string>>> spellings = {
      // transformers from 4.52, in memory
      {{"^language_model\\.model\\.", "model.language_model."},
       {"^language_model\\.lm_head", "lm_head"},
       {"^vision_tower", "model.vision_tower"},
       {"^multi_modal_projector", "model.multi_modal_projector"}},
      // transformers 5, on disk
      {{"vision_model\\.", ""}},
      // original LLaVA
      {{"^language_model\\.model\\.", "model."},
       {"^language_model\\.lm_head", "lm_head"},
       {"^vision_tower", "model.vision_tower.vision_tower"},
       {"^multi_modal_projector\\.linear_1", "model.mm_projector.0"},
       {"^multi_modal_projector\\.linear_2", "model.mm_projector.2"}}};
  for (const auto& spelling : spellings) {
    const nn::Parameters saved = save_renamed(spelling);
    EXPECT_TRUE(same(load().parameters(), saved)) << spelling.front().second;
  }
}

TEST_F(LlavaCheckpoint, ReadsShards) {
  model::Llava model = tiny_model(1);
  save_llava(folder_.string(), model);
  std::map<std::string, at::Tensor> shards[2];
  nlohmann::json index;
  const std::string files[] = {"model-00001-of-00002.safetensors",
                               "model-00002-of-00002.safetensors"};
  size_t i = 0;
  for (const auto& [name, tensor] : model.parameters()) {
    shards[i % 2][name] = tensor;
    index["weight_map"][name] = files[i++ % 2];
  }
  for (size_t s = 0; s < 2; ++s) save_tensors(path(files[s]), shards[s]);
  const std::string index_file = path("model.safetensors.index.json");
  write_file(index_file, index.dump());
  fs::remove(path("model.safetensors"));
  EXPECT_TRUE(same(load().parameters(), model.parameters()));

  const std::string name = shards[0].begin()->first;
  index["weight_map"][name] = files[1];
  write_file(index_file, index.dump());
  EXPECT_THAT(error_text<CheckpointError>([&] { load(); }),
              testing::AllOf(HasSubstr(name), HasSubstr("which model-00002-of")));
  index["weight_map"][name] = "../elsewhere.safetensors";
  write_file(index_file, index.dump());
  EXPECT_THAT(error_text<CheckpointError>([&] { load(); }), HasSubstr("../elsewhere"));
  fs::remove(path(files[1]));
  index["weight_map"][name] = files[0];
  write_file(index_file, index.dump());
  EXPECT_THROW(load(), IoError);
}

TEST_F(LlavaCheckpoint, WeightsOfAnotherShapeAreListed) {
  config::LlavaConfig config = tiny_config();
  model::Llava model = tiny_model(1, config);
  save_llava(folder_.string(), model);
  config.text.vocab_size = 64;
  write_file(path("config.json"), hf_config_text(config, "float32"));
  const std::string text = error_text<CheckpointError>([&] { load(); });
  EXPECT_THAT(text, HasSubstr("'language_model.lm_head.weight' expected [64, 16], got [50, 16]"));
  EXPECT_THAT(text, HasSubstr("Hint: use the config.json that belongs to these weights"));
}

TEST_F(LlavaCheckpoint, AnAbsurdConfigIsRefusedBeforeMemoryIsTaken) {
  model::Llava model = tiny_model(1);
  save_llava(folder_.string(), model);
  const auto good = nlohmann::json::parse(read_file(path("config.json")));
  for (const char* key : {"vocab_size", "num_hidden_layers", "intermediate_size"}) {
    auto bad = good;
    bad["text_config"][key] = 2'000'000'000;
    write_file(path("config.json"), bad.dump());
    try {
      load();
      FAIL() << key;
    } catch (const CheckpointError& e) {
      EXPECT_THAT(e.what(), HasSubstr("config.json")) << key;
    }
  }
}

TEST_F(LlavaCheckpoint, MissingAndUnexpectedWeightsAreListed) {
  model::Llava model = tiny_model(1);
  save_llava(folder_.string(), model);
  auto tensors = load_tensors(path("model.safetensors"));
  tensors.erase("language_model.model.norm.weight");
  tensors["image_newline"] = at::zeros({16});
  tensors["language_model.model.layers.0.self_attn.rotary_emb.inv_freq"] = at::zeros({4});
  save_tensors(path("model.safetensors"), tensors);
  const std::string text = error_text<CheckpointError>([&] { load(); });
  EXPECT_THAT(text, HasSubstr("missing language_model.model.norm.weight"));
  EXPECT_THAT(text, HasSubstr("unexpected image_newline"));
  EXPECT_THAT(text, testing::Not(HasSubstr("inv_freq")));
}

TEST_F(LlavaCheckpoint, TwoSpellingsOfOneWeightAreRefused) {
  model::Llava model = tiny_model(1);
  save_llava(folder_.string(), model);
  auto tensors = load_tensors(path("model.safetensors"));
  tensors["lm_head.weight"] = tensors["language_model.lm_head.weight"];
  save_tensors(path("model.safetensors"), tensors);
  EXPECT_THAT(error_text<CheckpointError>([&] { load(); }), HasSubstr("again as 'lm_head.weight'"));
}

TEST_F(LlavaCheckpoint, AFolderWithoutWeightsSaysWhatIsExpected) {
  EXPECT_THROW(load(), IoError);
  write_file(path("config.json"), hf_config_text(tiny_config(), "float32"));
  EXPECT_THAT(error_text<IoError>([&] { load(); }), HasSubstr("model.safetensors"));
}

TEST_F(LlavaCheckpoint, SidecarsAreCopiedAndNothingElse) {
  for (const char* name :
       {"tokenizer.json", "tokenizer.model", "added_tokens.json", "processor_config.json",
        "chat_template.jinja", "preprocessor_config.json", "model.safetensors", "notes.txt"}) {
    write_file(path(name), name);
  }
  copy_sidecars(folder_.string(), path("to"));
  EXPECT_EQ(read_file(path("to/tokenizer.json")), "tokenizer.json");
  for (const char* name :
       {"tokenizer.model", "added_tokens.json", "processor_config.json", "chat_template.jinja"}) {
    EXPECT_TRUE(fs::exists(path("to") + "/" + name)) << name;
  }
  EXPECT_TRUE(fs::exists(path("to/preprocessor_config.json")));
  EXPECT_FALSE(fs::exists(path("to/model.safetensors")));
  EXPECT_FALSE(fs::exists(path("to/notes.txt")));
  EXPECT_THROW(copy_sidecars(path("absent"), path("to")), IoError);
}

}  // namespace
}  // namespace plumbline::checkpoint
