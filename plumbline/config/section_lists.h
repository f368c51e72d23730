// The typed field list of each section; fields.cpp joins them.
#pragma once

#include <vector>

#include "plumbline/config/fields.h"

namespace plumbline::config {

// Texts that several lists use: where a value is published, and help.
inline constexpr const char* kReleased = "LLaVA-RLHF release";
inline constexpr const char* kMicroTokensHelp =
    "token rows per forward and backward pass; memory, not the result, depends on it";

std::vector<FieldOf<RunConfig>> run_fields();
std::vector<FieldOf<ModelConfig>> model_fields();
std::vector<FieldOf<DataConfig>> data_fields();
std::vector<FieldOf<GenerationConfig>> generation_fields();
std::vector<FieldOf<SampleConfig>> sample_fields();
std::vector<FieldOf<SftConfig>> sft_fields();
std::vector<FieldOf<RewardConfig>> reward_fields();
std::vector<FieldOf<PpoConfig>> ppo_fields();
std::vector<FieldOf<OptimizerConfig>> optimizer_fields();
std::vector<FieldOf<LoraConfig>> lora_fields();
std::vector<FieldOf<EvalConfig>> eval_fields();
std::vector<FieldOf<WorldConfig>> world_fields();
std::vector<FieldOf<PretrainConfig>> pretrain_fields();
std::vector<FieldOf<AnnotateConfig>> annotate_fields();
std::vector<FieldOf<DemoConfig>> demo_fields();

}  // namespace plumbline::config
