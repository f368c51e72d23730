// How fast the demo's model trains and decodes here, beside what the machine's matrix products
// reach. Medians of several rounds. Usage: model_bench [rounds]
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "bench/median.h"
#include "plumbline/generate/generate.h"
#include "plumbline/nn/token_logprobs.h"
#include "plumbline/tensor/device.h"
#include "plumbline/tensor/host.h"

namespace plumbline {
namespace {

constexpr int64_t kVocab = 512, kSequences = 48, kRows = 100, kNewTokens = 32, kImageToken = 3;

model::Llava demo_model() {
  config::LlavaConfig c;
  c.text = {.vocab_size = kVocab,
            .hidden_size = 128,
            .intermediate_size = 384,
            .num_layers = 4,
            .num_heads = 4,
            .num_kv_heads = 4,
            .head_dim = 32,
            .max_positions = 512};
  c.vision = {.image_size = 64,
              .patch_size = 16,
              .hidden_size = 128,
              .intermediate_size = 512,
              .num_layers = 3,
              .num_heads = 4};
  c.image_token = kImageToken;
  return model::Llava::create(c, random_key(1, "bench"), at::kFloat, at::kCPU);
}

at::Tensor token_ids(int64_t n) { return at::arange(n).remainder(kVocab - 8) + 8; }

void train_step(model::Llava& model) {
  const auto spans = tensor::Spans::from_lengths(std::vector<int64_t>(kSequences, kRows));
  const at::Tensor ids = token_ids(kSequences * kRows);
  const at::Tensor hidden = model.forward(model.embed(ids, at::Tensor()), spans);
  nn::token_logprobs(hidden, model.head_weight(), ids).logprobs.sum().backward();
}

void decode(model::Llava& model) {
  std::vector<generate::Sequence> prompts(64);
  for (size_t i = 0; i < prompts.size(); ++i) {
    prompts[i].prompt.assign(40, 9);
    prompts[i].key = random_key(2, "prompt").at(i);
  }
  generate::generate(model, prompts,
                     {.max_tokens = kNewTokens, .end_token = -1, .forbidden = {kImageToken}}, 64);
}

int run(int rounds) {
  tensor::setup_device("cpu", 0);
  auto model = demo_model();
  const at::Tensor a = at::ones({4096, 512}), b = at::ones({512, 512});
  const double gemm = median_seconds(rounds, [&] { at::mm(a, b); });
  for (auto& [name, tensor] : model.parameters()) {
    if (!name.starts_with("vision_tower.")) tensor.requires_grad_(true);
  }
  const double full = median_seconds(rounds, [&] { train_step(model); });
  for (auto& [name, tensor] : model.parameters()) tensor.requires_grad_(false);
  model.add_adapter(
      "policy",
      {.rank = 16,
       .alpha = 32,
       .targets = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}},
      random_key(1, "lora"));
  for (auto& [name, tensor] : model.adapter_parameters("policy")) tensor.requires_grad_(true);
  const model::AdapterScope scope(model, "policy");
  const double lora = median_seconds(rounds, [&] { train_step(model); });
  const double decoding = median_seconds(rounds, [&] { decode(model); });
  fmt::print("{} threads, {} rounds, medians\n", at::get_num_threads(), rounds);
  fmt::print("matrix product       {:8.1f} GFLOP/s\n", 2.0 * 4096 * 512 * 512 / gemm / 1e9);
  fmt::print("training, all        {:8.0f} rows/s\n", kSequences * kRows / full);
  fmt::print("training, LoRA r=16  {:8.0f} rows/s\n", kSequences * kRows / lora);
  fmt::print("decoding, 64 answers {:8.0f} tokens/s\n", 64 * kNewTokens / decoding);
  return 0;
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  return plumbline::run(argc > 1 ? std::max(1, std::atoi(argv[1])) : 7);
}
