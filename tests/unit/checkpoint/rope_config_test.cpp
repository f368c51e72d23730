#include "plumbline/checkpoint/rope_config.h"

#include <gmock/gmock.h>

#include <cmath>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::checkpoint {
namespace {

using config::RopeKind;
using nlohmann::json;
using support::error_text;
using testing::AllOf;
using testing::HasSubstr;

config::LlamaConfig read(const json& text) {
  config::LlamaConfig config{.max_positions = 4096};
  read_rope({text, "config.json"}, config);
  return config;
}

std::string refusal(const json& rope) {
  return error_text<CheckpointError>([&] { read({{"rope_scaling", rope}}); });
}

TEST(RopeConfig, ReadsOldAndNewSpellings) {
  for (const json& text :
       {json{{"rope_theta", 500.0}, {"rope_scaling", {{"type", "linear"}, {"factor", 2.0}}}},
        json{{"rope_theta", 500.0}, {"rope_scaling", {{"rope_type", "linear"}, {"factor", 2}}}},
        json{{"rope_parameters",
              {{"rope_type", "linear"}, {"factor", 2.0}, {"rope_theta", 500.0}}}}}) {
    const config::LlamaConfig c = read(text);
    EXPECT_EQ(c.rope_theta, 500);
    EXPECT_EQ(c.rope_scaling, (config::RopeScaling{.kind = RopeKind::Linear, .factor = 2}));
    EXPECT_EQ(config::longest_sequence(c), 8192);
  }
  EXPECT_EQ(read(json::object()).rope_theta, 10000);
  EXPECT_EQ(read({{"rope_scaling", nullptr}}).rope_scaling, config::RopeScaling{});
}

TEST(RopeConfig, ReadsLlama3) {
  const config::RopeScaling rope = read({{"rope_scaling",
                                          {{"rope_type", "llama3"},
                                           {"factor", 8.0},
                                           {"low_freq_factor", 1.0},
                                           {"high_freq_factor", 4.0},
                                           {"original_max_position_embeddings", 512}}}})
                                       .rope_scaling;
  EXPECT_EQ(rope.original_max_positions, 512);
  EXPECT_EQ(rope.high_freq_factor, 4);
}

TEST(RopeConfig, YarnsAttentionFactorFollowsFromTheOthers) {
  json yarn = {{"rope_type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 1024}};
  const auto factor = [&] { return read({{"rope_scaling", yarn}}).rope_scaling.attention_factor; };
  EXPECT_NEAR(factor(), 0.1 * std::log(4) + 1, 1e-12);
  yarn["mscale"] = 0.7;
  EXPECT_NEAR(factor(), 0.1 * std::log(4) + 1, 1e-12);
  yarn["mscale_all_dim"] = 1.3;
  EXPECT_NEAR(factor(), (0.07 * std::log(4) + 1) / (0.13 * std::log(4) + 1), 1e-12);
  yarn["attention_factor"] = 1.5;
  EXPECT_EQ(factor(), 1.5);
  yarn["factor"] = nullptr;
  EXPECT_EQ(read({{"rope_scaling", yarn}}).rope_scaling.factor, 4);  // 4096 / 1024
}

TEST(RopeConfig, ReadsWhatItWrites) {
  for (const RopeKind kind :
       {RopeKind::Default, RopeKind::Linear, RopeKind::Dynamic, RopeKind::Llama3, RopeKind::Yarn}) {
    config::LlamaConfig config{.rope_theta = 77, .max_positions = 4096};
    config.rope_scaling.kind = kind;
    if (kind != RopeKind::Default) config.rope_scaling.factor = 3;
    if (kind == RopeKind::Llama3 || kind == RopeKind::Yarn) {
      config.rope_scaling.original_max_positions = 99;
    }
    if (kind == RopeKind::Llama3) config.rope_scaling.low_freq_factor = 1.5;
    if (kind == RopeKind::Yarn) {
      config.rope_scaling.beta_fast = 20;
      config.rope_scaling.truncate = false;
      config.rope_scaling.attention_factor = 1.25;
    }
    json text;
    write_rope(config, text);
    EXPECT_EQ(read(text), config) << text;
  }
}

TEST(RopeConfig, NamesWhatItDoesNotKnow) {
  EXPECT_THAT(refusal({{"rope_type", "longrope"}, {"factor", 2.0}}),
              AllOf(HasSubstr("'rope_scaling.rope_type'"), HasSubstr("llama3 or yarn"),
                    HasSubstr("longrope")));
  EXPECT_THAT(refusal({{"type", "linear"}}), HasSubstr("'rope_scaling.factor'"));
  EXPECT_THAT(refusal({{"rope_type", "llama3"}, {"factor", 2.0}}), HasSubstr("low_freq_factor"));
  EXPECT_THAT(refusal({{"type", "linear"}, {"factor", 2.0}, {"mrope_section", {1, 2}}}),
              HasSubstr("mrope_section"));
  EXPECT_THAT(error_text<CheckpointError>([] {
                read({{"partial_rotary_factor", 0.5}});
              }),
              HasSubstr("partial_rotary_factor"));
}

}  // namespace
}  // namespace plumbline::checkpoint
