// How fast a checkpoint answers: prefill and decoding in tokens per second, once. With "uneven" it
// tells instead what four times as many answers take in ANSWERS places, of equal length and of 1 to
// twice that many tokens.
//
// Usage: decode_bench MODEL float32|bfloat16 ANSWERS PROMPT_TOKENS NEW_TOKENS [uneven]
//
// decode_bench.py runs it in turns with transformers on the same weights.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <functional>
#include <string_view>

#include "bench/median.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/generate/generate.h"
#include "plumbline/tensor/device.h"

namespace plumbline {
namespace {

struct Work {
  int64_t answers, prompt_tokens, new_tokens;
};

std::vector<generate::Sequence> prompts_of(const model::Llava& model, const Work& work) {
  const int64_t vocab = model.config().text.vocab_size;
  std::vector<generate::Sequence> prompts(static_cast<size_t>(work.answers));
  for (size_t i = 0; i < prompts.size(); ++i) {
    for (int64_t t = 0; t < work.prompt_tokens; ++t) {
      prompts[i].prompt.push_back(8 + (7919 * t + 104729 * static_cast<int64_t>(i)) % (vocab - 8));
    }
    prompts[i].key = random_key(1, "bench").at(i);
  }
  return prompts;
}

generate::SamplingOptions options(const model::Llava& model, int64_t max_tokens) {
  return {.max_tokens = max_tokens, .end_token = -1, .forbidden = {model.config().image_token}};
}

double seconds_for(model::Llava& model, const Work& work) {
  const auto prompts = prompts_of(model, work);
  const Stopwatch watch;
  generate::generate(model, prompts, options(model, work.new_tokens), work.answers);
  return watch.seconds();
}

// Tokens per second of `work.answers` answers in a quarter as many places, where answer i has
// length(i) tokens.
double throughput(model::Llava& model, const Work& work,
                  const std::function<int64_t(size_t)>& length) {
  const auto prompts = prompts_of(model, work);
  std::vector<int64_t> written(prompts.size());
  int64_t total = 0;
  const Stopwatch watch;
  generate::generate(model, prompts, options(model, 2 * work.new_tokens), work.answers / 4, {},
                     [&](size_t i, int64_t, int64_t) {
                       ++total;
                       return ++written[i] < length(i);
                     });
  return static_cast<double>(total) / watch.seconds();
}

void compare_lengths(model::Llava& model, const Work& work) {
  const Work four{4 * work.answers, work.prompt_tokens, work.new_tokens};
  const double even = throughput(model, four, [&](size_t) { return work.new_tokens; });
  const double uneven = throughput(model, four, [&](size_t i) {
    return 1 + static_cast<int64_t>(random_key(2, "length").at(i).bits %
                                    static_cast<uint64_t>(2 * work.new_tokens));
  });
  fmt::print(R"({{"even": {:.1f}, "uneven": {:.1f}}})"
             "\n",
             even, uneven);
}

int run(char** arguments, bool is_uneven) {
  tensor::setup_device("cpu", 0);
  const Work work{std::atoll(arguments[3]), std::atoll(arguments[4]), std::atoll(arguments[5])};
  const Work first{work.answers, work.prompt_tokens, 1};
  const Stopwatch watch;
  auto model = checkpoint::load_llava(
      arguments[1], tensor::choose_dtype(arguments[2], at::Device(at::kCPU)), at::kCPU);
  const double load = watch.seconds();
  if (is_uneven) {
    compare_lengths(model, work);
    return 0;
  }
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
  const bool is_uneven = argc == 7 && std::string_view(argv[6]) == "uneven";
  if (argc != 6 && !is_uneven) {
    fmt::print(
        stderr,
        "usage: decode_bench MODEL float32|bfloat16 ANSWERS PROMPT_TOKENS NEW_TOKENS [uneven]\n");
    return 2;
  }
  try {
    return plumbline::run(argv, is_uneven);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
}
