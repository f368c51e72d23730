// A small LLaVA to start from, where no checkpoint is at hand: a tokenizer trained on the world's
// text, a vision tower that has learned what is in each cell of a picture, and an untrained
// language model.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
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
#include "plumbline/train/run_folder.h"
#include "plumbline/train/trainable.h"
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
  std::vector<std::string> texts = {conversation.user, conversation.assistant};
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

// What the tower learns to tell of each cell: a label of cells.h, and how many values it has.
struct CellTask {
  const char* name;
  std::array<int, world::kNumCells> world::CellLabels::*labels;
  int64_t num_classes;
};

// The category's last class is "nothing"; the others are asked only where something stands.
std::vector<CellTask> cell_tasks() {
  using world::CellLabels;
  return {{"category", &CellLabels::category, std::ssize(world::categories()) + 1},
          {"color", &CellLabels::color, std::ssize(world::colors())},
          {"size", &CellLabels::size, 2},
          {"count", &CellLabels::count, world::kMaxCount}};
}

// All pictures, [B, 3, H, W], their labels by task, [B, 16] (-1: nothing), and environments, [B].
struct TowerData {
  at::Tensor pixels;
  std::vector<at::Tensor> labels;
  at::Tensor environment;
};

TowerData load_tower_data(const std::vector<world::CellLabels>& labels,
                          const image::Preprocess& preprocess, const std::string& images) {
  const auto n = static_cast<int64_t>(labels.size());
  const auto tasks = cell_tasks();
  const int64_t side = preprocess.size;
  TowerData d{at::empty({n, 3, side, side}), {}, at::empty({n}, at::kLong)};
  for (size_t t = 0; t < tasks.size(); ++t) {
    d.labels.push_back(at::empty({n, world::kNumCells}, at::kLong));
  }
  at::parallel_for(0, n, 16, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto& label = labels[static_cast<size_t>(i)];
      const auto values =
          image::preprocess(image::decode(fs::path(images) / label.image), preprocess);
      std::copy(values.begin(), values.end(), d.pixels.data_ptr<float>() + i * 3 * side * side);
      for (size_t t = 0; t < tasks.size(); ++t) {
        const auto& cells = label.*tasks[t].labels;
        std::copy(cells.begin(), cells.end(),
                  d.labels[t].data_ptr<int64_t>() + i * world::kNumCells);
      }
      d.environment.data_ptr<int64_t>()[i] = label.environment;
    }
  });
  return d;
}

constexpr std::array<const char*, 2> kPlaceProbes = {"probe.row", "probe.column"};

// Linear classifiers on the tower's features, [classes, Dv] by name; thrown away afterwards. Those
// of places never train: a trained one would grow until it reads a whisper, and a language model
// needs a voice.
nn::Parameters make_probes(int64_t width, RandomKey key) {
  nn::Parameters probes;
  const auto add = [&](const std::string& name, int64_t classes) {
    Random random(key.at(name));
    at::Tensor w = at::empty({classes, width});
    for (int64_t i = 0; i < w.numel(); ++i)
      w.data_ptr<float>()[i] = static_cast<float>(0.02 * random.normal());
    probes.emplace("probe." + name, w);
  };
  for (const CellTask& task : cell_tasks()) add(task.name, task.num_classes);
  add("environment", std::ssize(world::environments()));
  add("row", world::kGridSize);
  add("column", world::kGridSize);
  return probes;
}

struct TowerLoss {
  at::Tensor loss;
  std::vector<std::pair<std::string, double>> accuracy;  // by task, of cells that hold something
};

// features [B, 16, Dv] of the pictures `chosen`, [B].
TowerLoss tower_loss(const at::Tensor& features, const nn::Parameters& probes, const TowerData& d,
                     const at::Tensor& chosen) {
  const at::Tensor rows = features.flatten(0, 1);
  const at::Tensor room = at::linear(features.mean(1), probes.at("probe.environment"));
  // A language model must be able to tell the cells apart, so the tower must not forget where they
  // are.
  const at::Tensor cells = at::arange(features.size(1)).repeat({features.size(0)});
  const at::Tensor row = at::linear(rows, probes.at(kPlaceProbes[0]));
  const at::Tensor column = at::linear(rows, probes.at(kPlaceProbes[1]));
  TowerLoss result{at::cross_entropy_loss(row, cells.floor_divide(world::kGridSize)) +
                       at::cross_entropy_loss(column, cells.remainder(world::kGridSize)) +
                       0.3 * at::cross_entropy_loss(room, d.environment.index_select(0, chosen)),
                   {}};
  const auto tasks = cell_tasks();
  for (size_t t = 0; t < tasks.size(); ++t) {
    const std::string name = tasks[t].name;
    const at::Tensor label = d.labels[t].index_select(0, chosen).flatten();
    const at::Tensor is_present = label.ge(0);
    const at::Tensor target =
        name == "category" ? label.masked_fill(label.lt(0), tasks[t].num_classes - 1) : label;
    const at::Tensor logits = at::linear(rows, probes.at("probe." + name));
    result.loss = result.loss + at::cross_entropy_loss(logits, target, {}, at::Reduction::Mean,
                                                       /*ignore_index=*/-1);
    const at::Tensor is_right = logits.argmax(1).eq(label).logical_and(is_present);
    result.accuracy.emplace_back(
        name, is_right.sum().item<double>() / std::max(1.0, is_present.sum().item<double>()));
  }
  return result;
}

train::Metrics with_accuracy(train::Metrics metrics, const std::string& prefix,
                             const TowerLoss& result) {
  for (const auto& [task, accuracy] : result.accuracy) {
    metrics.emplace(prefix + "accuracy/" + task, accuracy);
  }
  return metrics;
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
  const nn::Parameters probes = make_probes(c.pretrain.vision_hidden, key.at("probes"));
  parameters.insert(probes.begin(), probes.end());
  for (const char* fixed : kPlaceProbes) parameters.erase(fixed);
  config::OptimizerConfig optimizer;
  optimizer.lr = c.pretrain.tower_lr;
  optimizer.weight_decay = 0.01;
  train::Trainable trainable("pretrain", std::move(parameters), optimizer);
  const int64_t total = c.pretrain.tower_steps, n = d.pixels.size(0), num_train = n - n / 10;
  Progress progress("tower", total);
  for (int64_t step = 0; step < total; ++step) {
    const auto items = data::drawn_items(key.at("order"), step * c.pretrain.tower_batch,
                                         c.pretrain.tower_batch, num_train);
    const at::Tensor chosen = tensor::to_tensor(items, model.device());
    trainable.zero_grad();
    const auto result =
        tower_loss(model.encode_images(d.pixels.index_select(0, chosen)), probes, d, chosen);
    result.loss.backward();
    const double loss = result.loss.item<double>();
    trainable.step(step, total, {{"loss", loss}});
    progress.update(step + 1,
                    fmt::format("loss {:.3f} objects {:.3f}", loss, result.accuracy[0].second));
    if ((step + 1) % 50 == 0 || step + 1 == total) {
      run.metrics().record(step + 1, with_accuracy({{"loss", loss}}, "", result));
    }
    stop_if_interrupted();
  }
  trainable.finish();
  normalise_features(model, d.pixels.slice(0, 0, std::min<int64_t>(n, 512)));
  if (n == num_train) return;
  const at::NoGradGuard no_grad;
  const at::Tensor held_out = at::arange(num_train, n);
  const auto last =
      tower_loss(model.encode_images(d.pixels.index_select(0, held_out)), probes, d, held_out);
  run.metrics().record(total + 1, with_accuracy({}, "eval/", last));
  for (const auto& [task, accuracy] : last.accuracy) {
    log_info("pretrain: the tower tells the {} of {:.1f} % of the objects of unseen pictures", task,
             100 * accuracy);
  }
}

}  // namespace

void pretrain(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto key = random_key(c.run.seed, "pretrain");
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
  auto run = train::RunFolder::open("pretrain", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
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
