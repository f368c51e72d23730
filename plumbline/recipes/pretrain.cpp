// A small LLaVA to start from, where no checkpoint is at hand: a tokenizer trained on the world's
// text, a vision tower that has learned what is in each cell of a picture, and an untrained
// language model.
#include <ATen/Parallel.h>
#include <torch/types.h>

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/checkpoint/llava_checkpoint.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/data/order.h"
#include "plumbline/data/records.h"
#include "plumbline/image/decode.h"
#include "plumbline/image/preprocess.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"
#include "plumbline/tensor/host.h"
#include "plumbline/text/bpe_trainer.h"
#include "plumbline/text/tokenizer.h"
#include "plumbline/train/adamw.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/train/schedule.h"
#include "plumbline/world/cells.h"
#include "plumbline/world/scene.h"

namespace plumbline::recipes {
namespace {

constexpr const char* kUnknown = "<unk>";
constexpr const char* kBegin = "<s>";
constexpr const char* kEnd = "</s>";

// Writes tokenizer.json and its companions as `transformers` expects them.
void write_tokenizer(const std::vector<data::Conversation>& records, const config::Config& c,
                     const fs::path& folder) {
  const auto& conversation = text::conversation_template(c.model.conversation);
  std::vector<std::string> texts = {conversation.user, conversation.assistant,
                                    conversation.separator};
  for (const auto& record : records) {
    for (const auto& turn : record.turns) texts.push_back((turn.is_user ? "" : " ") + turn.text);
  }
  const std::string image(text::kImagePlaceholder);
  write_file(folder / "tokenizer.json",
             text::train_bpe(texts, c.pretrain.vocab_size, {kUnknown, kBegin, kEnd, image}));
  const nlohmann::ordered_json about{{"tokenizer_class", "PreTrainedTokenizerFast"},
                                     {"unk_token", kUnknown},
                                     {"bos_token", kBegin},
                                     {"eos_token", kEnd},
                                     {"pad_token", kUnknown},
                                     {"clean_up_tokenization_spaces", false}};
  write_file(folder / "tokenizer_config.json", about.dump(2) + "\n");
}

config::LlavaConfig shape_of(const config::PretrainConfig& p, const text::Tokenizer& tokenizer) {
  config::LlavaConfig shape;
  shape.text.vocab_size = p.vocab_size;
  shape.text.hidden_size = p.text_hidden;
  shape.text.intermediate_size = p.text_intermediate;
  shape.text.num_layers = p.text_layers;
  shape.text.num_heads = p.text_heads;
  shape.text.num_kv_heads = p.text_kv_heads;
  shape.text.head_dim = p.text_hidden / p.text_heads;
  shape.text.max_positions = p.max_positions;
  shape.text.begin_token = tokenizer.id(kBegin);
  shape.text.end_token = tokenizer.id(kEnd);
  shape.vision.image_size = world::kPictureSize;
  shape.vision.patch_size = p.patch_size;
  shape.vision.hidden_size = p.vision_hidden;
  shape.vision.intermediate_size = p.vision_intermediate;
  shape.vision.num_layers = p.vision_layers;
  shape.vision.num_heads = p.vision_heads;
  shape.image_token = tokenizer.id(text::kImagePlaceholder);
  return shape;
}

image::Preprocess world_preprocess() {
  image::Preprocess p;
  p.size = p.shortest_edge = world::kPictureSize;
  p.mean = {0.5, 0.5, 0.5};
  p.std = {0.25, 0.25, 0.25};
  return p;
}

// All pictures, [B, 3, H, W], and what stands in each cell, [B, 16] (-1: nothing) and [B].
struct TowerData {
  at::Tensor pixels;
  at::Tensor category, color, size;
  at::Tensor environment;
};

TowerData load_tower_data(const std::vector<world::CellLabels>& labels,
                          const image::Preprocess& preprocess, const std::string& images) {
  const auto n = static_cast<int64_t>(labels.size());
  const int64_t side = preprocess.size, cells = world::kGridSize * world::kGridSize;
  TowerData d{at::empty({n, 3, side, side}), at::empty({n, cells}, at::kLong),
              at::empty({n, cells}, at::kLong), at::empty({n, cells}, at::kLong),
              at::empty({n}, at::kLong)};
  at::parallel_for(0, n, 16, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto& label = labels[static_cast<size_t>(i)];
      const auto values =
          image::preprocess(image::decode(fs::path(images) / label.image), preprocess);
      std::copy(values.begin(), values.end(), d.pixels.data_ptr<float>() + i * 3 * side * side);
      std::copy(label.category.begin(), label.category.end(),
                d.category.data_ptr<int64_t>() + i * cells);
      std::copy(label.color.begin(), label.color.end(), d.color.data_ptr<int64_t>() + i * cells);
      std::copy(label.size.begin(), label.size.end(), d.size.data_ptr<int64_t>() + i * cells);
      d.environment.data_ptr<int64_t>()[i] = label.environment;
    }
  });
  return d;
}

// Linear classifiers on the tower's features; thrown away afterwards.
struct Probes {
  // [classes, Dv]; category's last class is "nothing", position is the cell's own number
  at::Tensor category, color, size, environment, position;
};

Probes make_probes(int64_t width, RandomKey key) {
  const auto weight = [&](const char* name, size_t classes) {
    Random random(key.at(name));
    at::Tensor w = at::empty({static_cast<int64_t>(classes), width});
    for (int64_t i = 0; i < w.numel(); ++i)
      w.data_ptr<float>()[i] = static_cast<float>(0.02 * random.normal());
    return w;
  };
  return {weight("category", world::categories().size() + 1),
          weight("color", world::colors().size()), weight("size", 2),
          weight("environment", world::environments().size()),
          weight("position", world::kGridSize * world::kGridSize)};
}

struct TowerLoss {
  at::Tensor loss;
  double object_accuracy = 0;  // of cells that hold something
};

// features [B, I, Dv]; labels of the same pictures.
TowerLoss tower_loss(const at::Tensor& features, const Probes& probes, const TowerData& d,
                     const at::Tensor& chosen) {
  const auto pick = [&](const at::Tensor& labels) {
    return labels.index_select(0, chosen).flatten();
  };
  const at::Tensor rows = features.flatten(0, 1);
  const auto nothing = static_cast<int64_t>(world::categories().size());
  const at::Tensor category = pick(d.category);
  const at::Tensor is_present = category.ge(0);
  const at::Tensor target = at::where(is_present, category, at::full_like(category, nothing));
  const at::Tensor logits = at::linear(rows, probes.category);
  const auto masked = [&](const at::Tensor& weight, const at::Tensor& labels) {
    return at::cross_entropy_loss(at::linear(rows, weight), pick(labels), {}, at::Reduction::Mean,
                                  /*ignore_index=*/-1);
  };
  const at::Tensor room = at::linear(features.mean(1), probes.environment);
  const at::Tensor loss = at::cross_entropy_loss(logits, target) + masked(probes.color, d.color) +
                          masked(probes.size, d.size) +
                          0.3 * at::cross_entropy_loss(room, d.environment.index_select(0, chosen));
  // A language model must be able to tell the cells apart, so the tower must not forget where they
  // are.
  const at::Tensor cells = at::arange(features.size(1)).repeat({features.size(0)});
  const at::Tensor position_loss = at::cross_entropy_loss(at::linear(rows, probes.position), cells);
  const at::Tensor is_right = logits.argmax(1).eq(target).logical_and(is_present);
  return {loss + 0.3 * position_loss,
          is_right.sum().item<double>() / std::max(1.0, is_present.sum().item<double>())};
}

// Scales the tower so that its features have unit variance: trained freely they reach five times
// that, and a projector fed with such numbers swings wildly. Every block reads its input through a
// layer norm, so scaling all that is added to the residual stream scales the stream and nothing
// else.
void normalise_features(model::Llava& model, const at::Tensor& pixels) {
  const at::NoGradGuard no_grad;
  const double scale = 1 / model.encode_images(pixels).std().item<double>();
  for (auto& [name, tensor] : model.parameters()) {
    const bool is_added = name.find("pre_layrnorm") != std::string::npos ||
                          name.find("out_proj") != std::string::npos ||
                          name.find("mlp.fc2") != std::string::npos;
    if (name.starts_with("vision_tower.") && is_added) at::Tensor(tensor).mul_(scale);
  }
}

// Trains the tower's weights in place. The last tenth of the pictures is held out.
void train_tower(model::Llava& model, const TowerData& d, const config::Config& c, RandomKey key,
                 train::RunFolder& run) {
  nn::Parameters parameters;
  for (auto& [name, tensor] : model.parameters()) {
    if (name.starts_with("vision_tower.")) parameters.emplace(name, tensor);
  }
  Probes probes = make_probes(c.pretrain.vision_hidden, key.at("probes"));
  parameters.emplace("probe.category", probes.category);
  parameters.emplace("probe.color", probes.color);
  parameters.emplace("probe.size", probes.size);
  parameters.emplace("probe.environment", probes.environment);
  parameters.emplace("probe.position", probes.position);
  for (auto& [name, tensor] : parameters) tensor.requires_grad_(true);
  train::AdamW optimizer({{parameters, 1.0}}, {.weight_decay = 0.01});
  config::OptimizerConfig schedule;
  const int64_t total = c.pretrain.tower_steps, n = d.pixels.size(0), num_train = n - n / 10;
  Progress progress("tower", total);
  for (int64_t step = 0; step < total; ++step) {
    const auto items = data::drawn_items(key.at("order"), step * c.pretrain.tower_batch,
                                         c.pretrain.tower_batch, num_train);
    const at::Tensor chosen = tensor::to_tensor(items, model.device());
    optimizer.zero_grad();
    const auto result =
        tower_loss(model.encode_images(d.pixels.index_select(0, chosen)), probes, d, chosen);
    result.loss.backward();
    const double loss = result.loss.item<double>();
    const double norm = optimizer.clip_gradients(1);
    train::check_finite("pretrain", step, {{"loss", loss}, {"gradient norm", norm}});
    optimizer.step(c.pretrain.tower_lr * train::schedule_factor(schedule, step, total));
    progress.update(step + 1,
                    fmt::format("loss {:.3f} objects {:.3f}", loss, result.object_accuracy));
    if ((step + 1) % 50 == 0 || step + 1 == total) {
      run.metrics().record(step + 1, {{"loss", loss}, {"accuracy", result.object_accuracy}});
    }
    stop_if_interrupted();
  }
  for (auto& [name, tensor] : parameters) tensor.requires_grad_(false);
  normalise_features(model, d.pixels.slice(0, 0, std::min<int64_t>(n, 512)));
  if (n == num_train) return;
  const at::NoGradGuard no_grad;
  const at::Tensor held_out = at::arange(num_train, n);
  const auto last =
      tower_loss(model.encode_images(d.pixels.index_select(0, held_out)), probes, d, held_out);
  run.metrics().record(total + 1, {{"eval/accuracy", last.object_accuracy}});
  log_info("pretrain: the tower names {:.1f} % of the objects of unseen pictures",
           100 * last.object_accuracy);
}

}  // namespace

void pretrain(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "pretrain");
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  if (world::kPictureSize / world::kGridSize != c.pretrain.patch_size) {
    throw ConfigError(Complaint{.component = "config",
                                .doing = "checking pretrain.patch_size",
                                .expected = fmt::format("{}: a patch is a cell of the picture",
                                                        world::kPictureSize / world::kGridSize),
                                .got = std::to_string(c.pretrain.patch_size)});
  }
  const auto records = data::read_conversations(c.data.train, c.data.images);
  const auto labels =
      world::read_cells((fs::path(c.data.train).parent_path() / "scenes.jsonl").string());
  auto run = train::RunFolder::open(invocation.loaded, {invocation.resume, invocation.force},
                                    invocation.command);
  const image::Preprocess preprocess = world_preprocess();
  log_info("pretrain: training a tokenizer on {} conversations", records.size());
  write_folder(run.path() / "model", [&](const fs::path& folder) {
    write_tokenizer(records, c, folder);
    image::save_preprocess(folder / "preprocessor_config.json", preprocess);
    const auto tokenizer = text::Tokenizer::load((folder / "tokenizer.json").string());
    auto model =
        model::Llava::create(shape_of(c.pretrain, tokenizer), key.at("init"), at::kFloat, device);
    train_tower(model, load_tower_data(labels, preprocess, c.data.images), c, key.at("tower"), run);
    checkpoint::save_llava(folder.string(), model);
  });
  run.finish();
}

}  // namespace plumbline::recipes
