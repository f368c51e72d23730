// A model directory small enough for unit tests.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "plumbline/base/files.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/image/png.h"
#include "plumbline/text/bpe_trainer.h"
#include "tests/support/scratch.h"

namespace plumbline::engine {

// Writes a model directory and three pictures; removed with the object.
class TinyAssistant {
 public:
  TinyAssistant() {
    make_folders(path_ / "images");
    write_file(path_ / "tokenizer.json", text::train_bpe({"what is it? a red cup. two cups."}, 300,
                                                         {"<unk>", "<s>", "</s>", "<image>"}));
    image::Preprocess preprocess;
    preprocess.size = preprocess.shortest_edge = 8;
    image::save_preprocess(path_ / "preprocessor_config.json", preprocess);
    config::LlavaConfig c;
    c.text = {.vocab_size = 300,
              .hidden_size = 32,
              .intermediate_size = 48,
              .num_layers = 2,
              .num_heads = 4,
              .num_kv_heads = 2,
              .head_dim = 8,
              .max_positions = 128};
    c.vision = {.image_size = 8,
                .patch_size = 4,
                .hidden_size = 16,
                .intermediate_size = 16,
                .num_layers = 2,
                .num_heads = 2};
    c.image_token = 3;
    auto model = model::Llava::create(c, random_key(5, "tiny"), at::kFloat, at::kCPU);
    checkpoint::save_llava(path_.string(), model);
    for (int i = 0; i < 3; ++i) {
      image::Image picture{.width = 8,
                           .height = 8,
                           .rgb = std::vector<uint8_t>(8 * 8 * 3, static_cast<uint8_t>(80 * i))};
      image::write_png(path_ / "images" / (std::to_string(i) + ".png"), picture);
    }
  }
  Assistant load() const { return load_assistant(path_.string(), "brief", at::kFloat, at::kCPU); }
  fs::path path() const { return path_; }
  std::string images() const { return (path_ / "images").string(); }

 private:
  support::ScratchFolder scratch_;
  fs::path path_ = scratch_.path();
};

}  // namespace plumbline::engine
