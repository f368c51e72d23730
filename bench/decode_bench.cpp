// How fast a checkpoint answers: prefill and decoding in tokens per second, once.
// Usage: decode_bench MODEL float32|bfloat16 ANSWERS PROMPT_TOKENS NEW_TOKENS
// decode_bench.py runs it in turns with transformers on the same weights.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <cstdlib>
#include <exception>

#include "bench/median.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/generate/generate.h"
#include "plumbline/tensor/device.h"

namespace plumbline {
namespace {

struct Work {
  int64_t answers, prompt_tokens, new_tokens;
};

double seconds_for(model::Llava& model, const Work& work) {
  const int64_t vocab = model.config().text.vocab_size;
  std::vector<generate::Sequence> prompts(static_cast<size_t>(work.answers));
  for (size_t i = 0; i < prompts.size(); ++i) {
    for (int64_t t = 0; t < work.prompt_tokens; ++t) {
      prompts[i].prompt.push_back(8 + (7919 * t + 104729 * static_cast<int64_t>(i)) % (vocab - 8));
    }
    prompts[i].key = random_key(1, "bench").at(i);
  }
  const generate::SamplingOptions options{
      .max_tokens = work.new_tokens, .end_token = -1, .forbidden = {model.config().image_token}};
  const Stopwatch watch;
  generate::generate(model, prompts, options, work.answers);
  return watch.seconds();
}

int run(char** arguments) {
  tensor::setup_device("cpu", 0);
  const Work work{std::atoll(arguments[3]), std::atoll(arguments[4]), std::atoll(arguments[5])};
  const Work first{work.answers, work.prompt_tokens, 1};
  const Stopwatch watch;
  auto model = checkpoint::load_llava(
      arguments[1], tensor::choose_dtype(arguments[2], at::Device(at::kCPU)), at::kCPU);
  const double load = watch.seconds();
  seconds_for(model, {work.answers, work.prompt_tokens, std::min<int64_t>(4, work.new_tokens)});
  const double prefill = seconds_for(model, first);
  const double all = seconds_for(model, work);
  const auto answers = static_cast<double>(work.answers);
  fmt::print(R"({{"load": {:.3f}, "prefill": {:.1f}, "decode": {:.1f}}})"
             "\n",
             load, answers * static_cast<double>(work.prompt_tokens) / prefill,
             answers * static_cast<double>(work.new_tokens - 1) / (all - prefill));
  return 0;
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  if (argc != 6) {
    fmt::print(stderr,
               "usage: decode_bench MODEL float32|bfloat16 ANSWERS PROMPT_TOKENS NEW_TOKENS\n");
    return 2;
  }
  try {
    return plumbline::run(argv);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
}
