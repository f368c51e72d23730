// What the tests of this folder share: a folder to fill, a tiny model, and an error's text.
#pragma once

#include <gtest/gtest.h>
#include <torch/types.h>

#include <string>

#include "plumbline/base/files.h"
#include "plumbline/model/llava.h"

namespace plumbline::checkpoint {

class Scratch : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              (std::string("plumbline_") + info->test_suite_name() + "_" + info->name());
    fs::remove_all(folder_);
    make_folders(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

// The text of the error that `act` throws; "" and a failure when it throws none of type E.
template <class E, class Act>
std::string error_text(Act act) {
  try {
    act();
  } catch (const E& e) {
    return e.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

inline config::LlavaConfig tiny_config() {
  config::LlavaConfig c;
  c.text = {.vocab_size = 50,
            .hidden_size = 16,
            .intermediate_size = 24,
            .num_layers = 2,
            .num_heads = 4,
            .num_kv_heads = 2,
            .head_dim = 8,
            .rms_norm_eps = 1e-6,
            .rope_theta = 5000,
            .max_positions = 64,
            .tie_embeddings = false,
            .begin_token = 3,
            .end_token = 4};
  c.vision = {.image_size = 16,
              .patch_size = 8,
              .hidden_size = 12,
              .intermediate_size = 20,
              .num_layers = 2,
              .num_heads = 3,
              .layer_norm_eps = 1e-5,
              .quick_gelu = true};
  c.image_token = 49;
  c.select_layer = -2;
  return c;
}

inline model::Llava tiny_model(uint64_t seed, const config::LlavaConfig& config = tiny_config(),
                               at::ScalarType dtype = at::kFloat) {
  return model::Llava::create(config, random_key(seed, "test"), dtype, at::kCPU);
}

// Same names, types, shapes and bits.
inline bool same(const nn::Parameters& a, const nn::Parameters& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, tensor] : a) {
    const auto found = b.find(name);
    if (found == b.end() || found->second.scalar_type() != tensor.scalar_type()) return false;
    if (!at::equal(found->second, tensor)) return false;
  }
  return true;
}

}  // namespace plumbline::checkpoint
