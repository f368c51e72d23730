// Supervised fine-tuning: the answers of conversations, one cross-entropy, nothing else.
#include <ATen/ATen.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/log.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/config/fields.h"
#include "plumbline/data/examples.h"
#include "plumbline/data/step_plan.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/image_feed.h"
#include "plumbline/engine/memory_plan.h"
#include "plumbline/engine/roles.h"
#include "plumbline/nn/token_logprobs.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/host.h"
#include "plumbline/train/loop.h"

namespace plumbline::recipes {
namespace {

using engine::kPolicy;
using Train = config::SftTrain;

ConfigError refused(std::string doing, std::string expected, std::string got, std::string hint) {
  return ConfigError(Complaint{.component = "sft",
                               .doing = std::move(doing),
                               .expected = std::move(expected),
                               .got = std::move(got),
                               .hint = std::move(hint)});
}

// What cannot be meant, before anything is loaded.
void check_choice(const config::Config& c) {
  const bool is_lora = c.sft.train == Train::Lora;
  const std::string& train = config::names_of(c.sft.train)[static_cast<size_t>(c.sft.train)];
  if (!is_lora) engine::require_own_weights(c.model, "sft", train);
  if (c.sft.train_tower && (is_lora || c.sft.train == Train::Language)) {
    throw refused("choosing what to train",
                  "sft.train = \"full\" or \"projector\" with sft.train_tower", "\"" + train + "\"",
                  "");
  }
}

// What trains, by name; everything else stays frozen.
nn::Parameters chosen_parameters(model::Llava& model, const config::Config& c) {
  if (c.sft.train == Train::Lora) {
    if (!c.model.adapter.empty()) {
      checkpoint::load_adapter(c.model.adapter, model, kPolicy);
    } else {
      model.add_adapter(kPolicy, nn::adapter_spec(c.lora), random_key(c.run.seed, "sft.lora"));
    }
    return model.adapter_parameters(kPolicy);
  }
  nn::Parameters chosen;
  for (auto& [name, tensor] : model.parameters()) {
    const bool is_vision = name.starts_with("vision_tower.");
    const bool is_projector = name.starts_with("multi_modal_projector.");
    const bool wanted = is_vision      ? c.sft.train_tower
                        : is_projector ? c.sft.train != Train::Language
                                       : c.sft.train != Train::Projector;
    if (wanted) chosen.emplace(name, tensor);
  }
  if (chosen.empty()) {
    throw refused("choosing what trains", "a model with a projector", "a language model alone",
                  "set sft.train = \"language\".");
  }
  return chosen;
}

std::map<std::string, double> lr_factors(const nn::Parameters& parameters,
                                         const config::Config& c) {
  std::map<std::string, double> factors;
  if (c.sft.projector_lr <= 0 || c.optimizer.lr <= 0) return factors;
  for (const auto& [name, tensor] : parameters) {
    if (name.find("multi_modal_projector.") == std::string::npos) continue;
    factors[name] = c.sft.projector_lr / c.optimizer.lr;
  }
  return factors;
}

data::Examples read_examples(const engine::Assistant& assistant, const config::Config& c,
                             const std::string& file) {
  const int64_t positions = config::longest_sequence(assistant.model.config().text);
  if (c.sft.max_tokens > positions) {
    throw refused("choosing the longest example",
                  fmt::format("sft.max_tokens of at most {}, the model's positions", positions),
                  std::to_string(c.sft.max_tokens), "");
  }
  data::Examples examples(assistant.tokenizer, assistant.format,
                          data::read_training_set(file, c.data.images, c.data.bad_records),
                          {.labels = c.sft.labels,
                           .max_tokens = c.sft.max_tokens > 0 ? c.sft.max_tokens : positions,
                           .too_long = c.sft.too_long},
                          c.data.bad_records, file);
  if (!examples.notes().empty()) log_warning("{}: {}", file, examples.notes());
  return examples;
}

// Has every image looked at; examples with broken ones are refused, or left out where asked.
void prepare_images(engine::ImageFeed& feed, data::Examples& examples,
                    parallel::Communicator& processes, const config::Config& c) {
  const auto broken = feed.prepare(examples.images(), processes);
  if (broken.empty()) return;
  std::string list;
  size_t told = 0;
  for (const auto& [name, problem] : broken) {
    if (told++ < 10) list += "\n  " + problem;
  }
  if (c.data.bad_records == data::BadRecords::Refuse) {
    throw DataError(
        Complaint{.component = "image",
                  .doing = "looking at images",
                  .expected = "pictures",
                  .got = fmt::format("{} that cannot be used:{}\n", broken.size(), list),
                  .hint = "data.bad_records = \"skip\" leaves their records out."});
  }
  const int64_t before = examples.size();
  examples.remove_images([&](const std::string& name) { return broken.contains(name); });
  log_warning("{} images cannot be used, and {} examples with them are left out:{}", broken.size(),
              before - examples.size(), list);
  if (examples.size() > 0) return;
  throw DataError(Complaint{.component = "sft",
                            .doing = "leaving out examples with broken images",
                            .expected = "at least one example",
                            .got = "none"});
}

// One forward pass: some examples of a step, with their places in it.
struct Portion {
  std::vector<int64_t> items, places;
};

// What this process does of a step, in portions of `micro_tokens` rows.
std::vector<Portion> portions_of(const std::vector<int64_t>& items, const data::Examples& examples,
                                 const parallel::Communicator& processes, int64_t micro_tokens) {
  std::vector<int64_t> lengths;
  for (const int64_t item : items) lengths.push_back(examples.lengths()[static_cast<size_t>(item)]);
  std::vector<Portion> portions;
  for (auto& places :
       data::own_portions(lengths, processes.rank(), processes.size(), micro_tokens)) {
    Portion& portion = portions.emplace_back();
    for (const int64_t place : places) portion.items.push_back(items[static_cast<size_t>(place)]);
    portion.places = std::move(places);
  }
  return portions;
}

// Rows of a forward pass at most.
int64_t largest_portion(const data::Examples& examples, const config::SftConfig& c) {
  const int64_t longest = examples.longest();
  const int64_t step = c.batch_tokens > 0 ? std::max(c.batch_tokens, longest)
                                          : std::min(c.batch_size, examples.size()) * longest;
  return std::min(std::max(c.micro_tokens, longest), step);
}

std::vector<std::string> images_of(const std::vector<Portion>& portions,
                                   const data::Examples& examples) {
  std::vector<std::string> images;
  for (const Portion& portion : portions) {
    for (const int64_t item : portion.items) {
      const auto& own = examples.images_at(item);
      images.insert(images.end(), own.begin(), own.end());
    }
  }
  return images;
}

// The sum of the negative log-likelihoods of a portion's answers.
at::Tensor loss_sum(engine::Assistant& assistant, engine::ImageFeed& feed,
                    const data::Examples& examples, const Portion& portion) {
  std::vector<data::Example> chosen;
  for (const int64_t item : portion.items) chosen.push_back(examples.at(item));
  std::vector<const text::TokenIds*> ids;
  std::vector<std::string> images;
  std::vector<const text::EncodedConversation*> encoded;
  for (const data::Example& example : chosen) {
    ids.push_back(&example.encoded.ids);
    encoded.push_back(&example.encoded);
    images.insert(images.end(), example.images.begin(), example.images.end());
  }
  const auto device = assistant.device();
  const auto batch = engine::make_batch(ids, feed.features(images), device);
  const auto targets = text::answer_targets(encoded);
  const at::Tensor hidden = engine::hidden(assistant.model, batch);
  const at::Tensor rows = hidden.index_select(0, tensor::to_tensor(targets.rows, device));
  return -nn::token_logprobs(rows, assistant.model.head_weight(),
                             tensor::to_tensor(targets.tokens, device))
              .logprobs.sum();
}

// What the steps of a run work with.
struct StepContext {
  engine::Assistant& assistant;
  engine::ImageFeed& feed;
  const data::Examples& examples;
  data::StepPlan& plan;
  parallel::Communicator& processes;
  train::Trainable& trainable;
  std::string adapter;  // "" for the model's own weights
  int64_t micro_tokens;
};

std::string names_of(const std::vector<int64_t>& items, const data::Examples& examples) {
  std::vector<std::string> ids;
  for (const int64_t item : items) ids.push_back(examples.id(item));
  return train::first_names("examples", ids);
}

// One step after the other, the pictures of each prepared while the one before is computed.
class Steps {
 public:
  explicit Steps(const StepContext& context) : c_(context) {}

  // Takes the loop's next step.
  void take(train::Loop& loop, RandomKey dropout) {
    const int64_t step = loop.step();
    if (announced_ != step) announce(step);
    const std::vector<Portion> now = std::exchange(next_, {});
    if (step + 1 < c_.plan.total()) announce(step + 1);
    const std::vector<int64_t> items = c_.plan.items(step);
    int64_t rows = 0;
    double answer_tokens = 0;
    for (const int64_t item : items) {
      answer_tokens += static_cast<double>(c_.examples.answer_tokens(item));
      rows += c_.examples.lengths()[static_cast<size_t>(item)];
    }
    c_.trainable.zero_grad();
    const double sum = loss_of(now, dropout.at(static_cast<uint64_t>(step)), answer_tokens);
    const double loss = c_.trainable.reduce(c_.processes, {sum})[0] / answer_tokens;
    loop.end_step({{"loss", loss}, {"answer_tokens", answer_tokens}}, rows,
                  names_of(items, c_.examples));
  }

 private:
  void announce(int64_t step) {
    announced_ = step;
    next_ = portions_of(c_.plan.items(step), c_.examples, c_.processes, c_.micro_tokens);
    c_.feed.announce(images_of(next_, c_.examples));
  }

  // The sum of this process' losses, whose gradients, divided by `answer_tokens` of the whole step,
  // are left: so accumulation equals one large batch exactly.
  double loss_of(const std::vector<Portion>& portions, RandomKey dropout, double answer_tokens) {
    double loss = 0;
    for (const Portion& portion : portions) {
      std::vector<RandomKey> dropout_keys;
      for (const int64_t place : portion.places) {
        dropout_keys.push_back(dropout.at(static_cast<uint64_t>(place)));
      }
      const model::AdapterScope scope(c_.assistant.model, c_.adapter, std::move(dropout_keys));
      const at::Tensor sum = loss_sum(c_.assistant, c_.feed, c_.examples, portion);
      // A projector alone learns nothing from records without a picture.
      if (sum.requires_grad()) (sum / answer_tokens).backward();
      c_.trainable.collect_gradients();
      loss += sum.item<double>();
    }
    return loss;
  }

  StepContext c_;
  int64_t announced_ = -1;
  std::vector<Portion> next_;  // of the announced step
};

// The mean loss per answer token of held-out examples.
train::Metrics held_out_loss(engine::Assistant& assistant, engine::ImageFeed& feed,
                             const data::Examples& examples, const std::string& adapter,
                             parallel::Communicator& processes, int64_t micro_tokens) {
  const model::AdapterScope scope(assistant.model, adapter);
  std::vector<int64_t> all;
  double loss = 0, tokens = 0;
  for (int64_t i = 0; i < examples.size(); ++i) all.push_back(i);
  for (const Portion& portion : portions_of(all, examples, processes, micro_tokens)) {
    loss += loss_sum(assistant, feed, examples, portion).item<double>();
    for (const int64_t item : portion.items) {
      tokens += static_cast<double>(examples.answer_tokens(item));
    }
  }
  const auto sums = processes.sums({loss, tokens});
  return {{"eval/loss", sums[0] / sums[1]}};
}

engine::MemoryPlan planned_memory(model::Llava& model, const data::Examples& examples,
                                  const train::Trainable& trainable, const config::Config& c,
                                  int64_t bytes_before, int64_t feature_bytes) {
  const bool is_lora = c.sft.train == Train::Lora;
  auto plan = engine::plan_memory(model, {.program_bytes = bytes_before,
                                          .training_bytes = trainable.state_bytes(),
                                          .micro_tokens = largest_portion(examples, c.sft),
                                          .recomputes = c.run.activation_checkpointing,
                                          .trains_base = !is_lora,
                                          .trains_tower = c.sft.train_tower,
                                          .rank = is_lora ? model.adapter_spec(kPolicy).rank : 0});
  plan.push_back({"image features", feature_bytes});
  return plan;
}

}  // namespace

void sft(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto key = random_key(c.run.seed, "sft");
  check_choice(c);
  const auto process = parallel::join(c.run.device, c.run.threads);
  parallel::Communicator& processes = *process.all;
  const bool is_lora = c.sft.train == Train::Lora;
  const int64_t program_bytes = memory_bytes();
  auto assistant = engine::load_assistant(c, process.device);
  const int64_t before_data = memory_bytes();
  data::Examples examples = read_examples(assistant, c, c.data.train);
  std::optional<data::Examples> held_out;
  if (!c.data.eval.empty()) held_out.emplace(read_examples(assistant, c, c.data.eval));

  const int64_t data_bytes = memory_bytes() - before_data;
  auto parameters = chosen_parameters(assistant.model, c);
  const auto factors = lr_factors(parameters, c);
  train::Trainable trainable("sft", std::move(parameters), c.optimizer, factors);
  const engine::ImageFeedOptions feed_options{.trains_tower = c.sft.train_tower,
                                              .cache_folder = c.data.feature_cache};
  engine::ImageFeed feed(assistant.model, assistant.preprocess, feed_options);
  engine::ImageFeed held_out_feed(assistant.model, assistant.preprocess, feed_options);
  const auto memory =
      planned_memory(assistant.model, examples, trainable, c, program_bytes + data_bytes,
                     feed.planned_bytes(examples.images()) +
                         (held_out ? held_out_feed.planned_bytes(held_out->images()) : 0));
  log_info("{}", engine::text_of(memory));

  std::optional<train::Loop> loop;
  if (!invocation.dry_run) {
    loop.emplace(
        train::LoopOptions{.stage = "sft",
                           .label = "sft",
                           .eval_every = c.sft.eval_every,
                           .open = {invocation.resume, invocation.force, invocation.files()},
                           .command = invocation.command},
        invocation.loaded, trainable, processes);
  }
  prepare_images(feed, examples, processes, c);
  if (held_out) prepare_images(held_out_feed, *held_out, processes, c);
  data::StepPlan plan(
      key.at("order"), examples.sources(), examples.lengths(),
      {.order = c.sft.order, .batch_size = c.sft.batch_size, .batch_tokens = c.sft.batch_tokens},
      c.sft.epochs);
  log_info("sft: {} examples, {} steps, {} weights train", examples.size(), plan.total(),
           trainable.num_values());
  if (!loop) return;  // a dry run

  const std::string adapter = is_lora ? kPolicy : "";
  if (held_out) {
    loop->evaluate_with([&] {
      return held_out_loss(assistant, held_out_feed, *held_out, adapter, processes,
                           c.sft.micro_tokens);
    });
  }
  loop->save_with([&](const fs::path& folder) {
    if (is_lora) {
      checkpoint::save_adapter(folder.string(), assistant.model, kPolicy, c.model.path);
    } else {
      engine::save_assistant(folder, assistant, c.model.path);
    }
  });
  loop->begin(plan.total());
  Steps steps({assistant, feed, examples, plan, processes, trainable, adapter, c.sft.micro_tokens});
  while (!loop->is_done()) steps.take(*loop, key.at("dropout"));
  loop->finish(is_lora ? "adapter" : "model", engine::total(memory));
}

}  // namespace plumbline::recipes
