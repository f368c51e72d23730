// Supervised fine-tuning: the answers of conversations, one cross-entropy, nothing else.
#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/checkpoint/gguf_model.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/data/order.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/feature_store.h"
#include "plumbline/nn/token_logprobs.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"
#include "plumbline/tensor/host.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/train/trainable.h"

namespace plumbline::recipes {
namespace {

struct Example {
  text::EncodedConversation encoded;
  std::string image;
};

struct SftPlan {
  int64_t num_examples = 0;
  int64_t steps_per_epoch = 0;
  int64_t total_steps = 0;
};

std::vector<Example> encode_examples(const engine::Assistant& assistant,
                                     const std::vector<data::Conversation>& records,
                                     const std::string& file) {
  std::vector<Example> examples;
  examples.reserve(records.size());
  for (const auto& record : records) {
    examples.push_back(
        {text::encode(assistant.tokenizer, assistant.format, record.turns), record.image});
    engine::check_length(assistant, std::ssize(examples.back().encoded.ids),
                         "record '" + record.id + "'", file);
  }
  return examples;
}

// What trains, by name; everything else stays frozen.
nn::Parameters chosen_parameters(model::Llava& model, const config::Config& c) {
  using Train = config::SftTrain;
  if (c.sft.train == Train::Lora) {
    model.add_adapter("policy", nn::adapter_spec(c.lora),
                      random_key(static_cast<uint64_t>(c.run.seed), "sft.lora"));
    return model.adapter_parameters("policy");
  }
  nn::Parameters chosen;
  for (auto& [name, tensor] : model.parameters()) {
    const bool is_vision = name.starts_with("vision_tower.");
    const bool is_projector = name.starts_with("multi_modal_projector.");
    const bool wanted = c.sft.train == Train::Projector  ? is_projector
                        : c.sft.train == Train::Language ? !is_vision && !is_projector
                                                         : !is_vision;
    if (wanted) chosen.emplace(name, tensor);
  }
  if (chosen.empty()) {
    throw ConfigError(Complaint{.component = "sft",
                                .doing = "choosing what trains",
                                .expected = "a model with a projector",
                                .got = "a language model alone",
                                .hint = "set sft.train = \"language\"."});
  }
  return chosen;
}

int64_t count_answer_tokens(const Example& example) {
  int64_t count = 0;
  for (const auto& [begin, end] : example.encoded.answers) count += end - begin;
  return count;
}

// Back-propagates one micro-batch; returns the sum of its negative log-likelihoods.
double backward(engine::Assistant& assistant, engine::FeatureStore& features,
                const std::vector<const Example*>& examples, int64_t step_tokens,
                const std::string& adapter, RandomKey dropout_key) {
  const model::AdapterScope scope(assistant.model, adapter, dropout_key);
  std::vector<const text::TokenIds*> ids;
  std::vector<std::string> images;
  std::vector<const text::EncodedConversation*> encoded;
  for (const Example* example : examples) {
    ids.push_back(&example->encoded.ids);
    encoded.push_back(&example->encoded);
    if (!example->image.empty()) images.push_back(example->image);
  }
  const auto device = assistant.device();
  const auto batch = engine::make_batch(ids, images, features, device);
  const auto targets = text::answer_targets(encoded);
  const at::Tensor hidden = engine::hidden(assistant.model, batch);
  const at::Tensor rows = hidden.index_select(0, tensor::to_tensor(targets.rows, device));
  const auto result = nn::token_logprobs(rows, assistant.model.head_weight(),
                                         tensor::to_tensor(targets.tokens, device));
  const at::Tensor loss_sum = -result.logprobs.sum();
  // Divided by the tokens of the whole step, so that accumulation equals one large batch exactly.
  // A projector alone learns nothing from records without a picture.
  if (loss_sum.requires_grad()) (loss_sum / static_cast<double>(step_tokens)).backward();
  return loss_sum.item<double>();
}

}  // namespace

void sft(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "sft");
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  engine::refuse_adapter(c.model, "sft");
  auto records = data::read_conversations(c.data.train, c.data.images);
  // Weights that train stay in fp32: in bf16 most steps would be rounded away.
  const bool is_lora = c.sft.train == config::SftTrain::Lora;
  if (!is_lora && checkpoint::is_gguf(c.model.path)) {
    throw ConfigError(Complaint{.component = "sft",
                                .doing = "choosing what to train",
                                .expected = "sft.train = \"lora\" for a GGUF file",
                                .got = "another",
                                .where = c.model.path,
                                .hint = "train the folder that the file was made from."});
  }
  auto assistant = engine::load_assistant(
      c.model.path, c.model.conversation,
      is_lora ? tensor::choose_dtype(c.run.dtype, device) : at::kFloat, device);
  const auto examples = encode_examples(assistant, records, c.data.train);

  SftPlan plan{.num_examples = static_cast<int64_t>(examples.size())};
  plan.steps_per_epoch = (plan.num_examples + c.sft.batch_size - 1) / c.sft.batch_size;
  plan.total_steps = plan.steps_per_epoch * c.sft.epochs;
  log_info("sft: {} examples, {} steps", plan.num_examples, plan.total_steps);

  auto run = train::RunFolder::open("sft", invocation.loaded, {invocation.resume, invocation.force},
                                    invocation.command);
  train::Trainable trainable("sft", chosen_parameters(assistant.model, c), c.optimizer);
  int64_t step = 0;
  if (const auto checkpoint = run.latest_checkpoint()) {
    trainable.load(*checkpoint);
    step = train::RunFolder::step_of(*checkpoint);
  }
  engine::FeatureStore features(assistant.preprocess, c.data.images);
  features.prepare(assistant.model, data::images_of(records));
  const auto save = [&] {
    run.save_checkpoint(step, [&](const fs::path& folder) { trainable.save(folder); });
  };

  Progress progress("sft", plan.total_steps, step);
  while (step < plan.total_steps) {
    const int64_t epoch = step / plan.steps_per_epoch;
    const auto order = data::epoch_order(key.at("order"), epoch, plan.num_examples);
    const int64_t first = step % plan.steps_per_epoch * c.sft.batch_size;
    const int64_t last = std::min(plan.num_examples, first + c.sft.batch_size);
    std::vector<const Example*> chosen;
    std::vector<int64_t> lengths;
    int64_t step_tokens = 0, step_rows = 0;
    for (int64_t i = first; i < last; ++i) {
      const Example& example = examples[static_cast<size_t>(order[static_cast<size_t>(i)])];
      chosen.push_back(&example);
      lengths.push_back(static_cast<int64_t>(example.encoded.ids.size()));
      step_tokens += count_answer_tokens(example);
      step_rows += lengths.back();
    }
    const Stopwatch watch;
    trainable.zero_grad();
    double loss = 0;
    uint64_t part_number = 0;
    for (const auto& micro : data::micro_batches(lengths, c.sft.micro_tokens)) {
      std::vector<const Example*> part;
      for (const int64_t i : micro) part.push_back(chosen[static_cast<size_t>(i)]);
      loss += backward(assistant, features, part, step_tokens, is_lora ? "policy" : "",
                       key.at("dropout").at(static_cast<uint64_t>(step)).at(part_number++));
    }
    loss /= static_cast<double>(step_tokens);
    auto metrics = trainable.step(step, plan.total_steps, {{"loss", loss}});
    ++step;
    const double rows_per_second = static_cast<double>(step_rows) / watch.seconds();
    metrics.merge(train::Metrics{{"loss", loss},
                                 {"answer_tokens", static_cast<double>(step_tokens)},
                                 {"time/rows_per_second", rows_per_second}});
    run.metrics().record(step, metrics);
    progress.update(step, fmt::format("loss {:.3f} rows/s {:.0f}", loss, rows_per_second));
    const bool is_due = c.run.checkpoint_every > 0 && step % c.run.checkpoint_every == 0;
    if (is_due || received_signal() != 0) save();
    stop_if_interrupted();
  }

  trainable.finish();
  if (is_lora) {
    checkpoint::save_adapter((run.path() / "adapter").string(), assistant.model, "policy",
                             c.model.path);
  } else {
    write_folder(run.path() / "model", [&](const fs::path& folder) {
      checkpoint::save_llava(folder.string(), assistant.model);
      checkpoint::copy_sidecars(c.model.path, folder.string());
      // An original checkpoint may have it in its tower's folder, or nowhere.
      const fs::path preprocess = folder / "preprocessor_config.json";
      const bool is_told = fs::exists(preprocess) || fs::exists(folder / "processor_config.json");
      if (assistant.model.config().takes_images() && !is_told) {
        image::save_preprocess(preprocess, assistant.preprocess);
      }
    });
  }
  run.finish();
}

}  // namespace plumbline::recipes
