// Every setting of every stage: one plain struct per section of the TOML file.
//
// section_lists.cpp, for [ppo] ppo_fields.cpp, holds the list that drives reading, --set, help,
// validation and docs/config.md; a new option is one member here and one line there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace plumbline::config {

struct RunConfig {
  std::string out;
  int64_t seed = 0;
  std::string device = "cpu";
  std::string dtype = "auto";
  bool activation_checkpointing = false;
  int64_t threads = 0;           // 0: all cores
  int64_t checkpoint_every = 0;  // steps; 0: only on a signal
  int64_t keep_checkpoints = 2;
  friend bool operator==(const RunConfig&, const RunConfig&) = default;
};

enum class Quantization { None, Nf4, Int8 };

struct ModelConfig {
  std::string path;
  std::string adapter;
  std::string reward_adapter;
  std::string reward_base;
  std::string conversation = "auto";
  Quantization quantization = Quantization::None;
  friend bool operator==(const ModelConfig&, const ModelConfig&) = default;
};

enum class BadRecords { Refuse, Skip };
enum class MissingFacts { Refuse, Allow };

struct DataConfig {
  std::string train;
  std::string eval;
  std::string images;
  std::string facts;
  std::string prompts;
  std::string samples;
  std::string pairs;
  std::string benchmark;
  BadRecords bad_records = BadRecords::Refuse;
  MissingFacts missing_facts = MissingFacts::Refuse;
  std::string feature_cache;
  friend bool operator==(const DataConfig&, const DataConfig&) = default;
};

struct GenerationConfig {
  double temperature = 1.0;  // 0: greedy
  double top_p = 1.0;
  int64_t top_k = 0;  // 0: off
  int64_t max_tokens = 64;
  int64_t min_tokens = 0;
  std::vector<std::string> stop = {};  // texts and tokens that end an answer
  int64_t num_samples = 2;
  int64_t batch_size = 128;
  friend bool operator==(const GenerationConfig&, const GenerationConfig&) = default;
};

enum class PairBy { None, Random, Length, Reward, Models };

struct SampleConfig {
  PairBy pair_by = PairBy::None;
  int64_t pairs_per_prompt = 1;
  friend bool operator==(const SampleConfig&, const SampleConfig&) = default;
};

enum class SftTrain { Full, Language, Projector, Lora };
enum class Labels { Answers, LastAnswer, Everything };
enum class TooLong { Refuse, Skip, Truncate };
enum class DataOrder { Shuffled, LengthGrouped, File };

struct SftConfig {
  SftTrain train = SftTrain::Full;
  bool train_tower = false;
  double projector_lr = 0;  // 0: optimizer.lr
  Labels labels = Labels::Answers;
  int64_t max_tokens = 0;  // 0: as many as the model has positions for
  TooLong too_long = TooLong::Refuse;
  DataOrder order = DataOrder::Shuffled;
  int64_t epochs = 1;
  int64_t batch_size = 32;
  int64_t batch_tokens = 0;  // 0: batch_size counts
  int64_t micro_tokens = 8192;
  int64_t eval_every = 0;  // steps; 0: at the end only
  friend bool operator==(const SftConfig&, const SftConfig&) = default;
};

enum class RewardTrain { Lora, Full };
enum class Centring { Absolute, Squared };

struct RewardConfig {
  RewardTrain train = RewardTrain::Lora;
  bool facts = true;
  std::string template_file;  // key "template"
  int64_t max_facts = 5;
  int64_t max_fact_tokens = 0;  // 0: no limit
  int64_t epochs = 1;
  int64_t batch_size = 32;
  int64_t micro_tokens = 8192;
  double center_coef = 0.001;
  Centring centring = Centring::Absolute;
  double label_smoothing = 0;
  double margin = 0;
  std::vector<std::string> annotator_weights = {};  // "name=weight"
  int64_t eval_every = 0;                           // steps; 0: once an epoch
  int64_t patience = 0;                             // evaluations; 0: no early stop
  friend bool operator==(const RewardConfig&, const RewardConfig&) = default;
};

// "name=weight" of reward.annotator_weights; nothing for another form or a negative weight.
std::optional<std::pair<std::string, double>> parse_weight(const std::string& text);

enum class KlEstimatorKind { K1, K1Clamped, K2, K3 };
enum class KlControllerKind { Fixed, Adaptive };
enum class KlPlace { Reward, Loss };
enum class Advantage { Gae, Rloo, ReinforcePp, Grpo };
enum class Positions { Answer, Padded };
enum class LossWeights { Tokens, Answers };
enum class ScoreScale { None, Running, Reference };
enum class MissingEnd { Added, Instead };

struct PpoConfig {
  int64_t total_steps = 60;
  int64_t rollout_size = 192;
  int64_t samples_per_prompt = 1;
  int64_t minibatch_size = 96;
  int64_t epochs = 2;
  int64_t micro_tokens = 8192;
  std::vector<std::string> cut_at = {};
  bool logprobs_at_temperature = true;
  ScoreScale score_scale = ScoreScale::None;
  MissingEnd missing_end = MissingEnd::Added;
  double missing_end_penalty = -2;
  double length_penalty = 0;
  double repetition_penalty = 0;  // per sentence
  double correctness_bonus = 2;
  bool symmetric_yes_no = true;
  std::vector<std::string> user_terms = {};  // "NAME=WEIGHT COMMAND-OR-URL"
  double user_term_timeout = 60;             // seconds
  int64_t user_term_retries = 2;
  std::string user_term_key = {};  // name of an environment variable
  double kl_coef = 0.1;
  KlEstimatorKind kl_estimator = KlEstimatorKind::K1;
  KlPlace kl_in = KlPlace::Reward;
  KlControllerKind kl_controller = KlControllerKind::Fixed;
  double kl_target = 6;
  int64_t kl_horizon = 10000;
  double kl_ceiling = 0;  // nats per answer; 0: none
  double reward_scale = 1;
  Positions positions = Positions::Answer;
  bool whiten_rewards = false;
  Advantage advantage = Advantage::Gae;
  double gamma = 1;
  double lambda = 0.95;
  bool whiten_advantages = true;
  LossWeights loss_weights = LossWeights::Tokens;
  double clip_range = 0.2;
  double dual_clip = 0;  // 0: off
  double value_clip_range = 0.2;
  double vf_coef = 0.1;
  double entropy_coef = 0;
  double step_kl_limit = 0;  // 0: off
  int64_t value_warmup_steps = 0;
  int64_t eval_every = 0;
  int64_t eval_items = 200;
  std::string gold_judge;
  int64_t samples_every = 10;
  double length_alarm = 2;
  double repetition_alarm = 0.2;
  friend bool operator==(const PpoConfig&, const PpoConfig&) = default;
};

enum class Schedule { Constant, Linear, Cosine };

struct OptimizerConfig {
  double lr = 1e-4;
  Schedule schedule = Schedule::Cosine;
  double warmup_ratio = 0.03;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
  double max_grad_norm = 1;
  double ema_decay = 0;  // 0: no average
  friend bool operator==(const OptimizerConfig&, const OptimizerConfig&) = default;
};

struct LoraConfig {
  int64_t rank = 16;
  double alpha = 32;
  double dropout = 0;
  std::vector<std::string> targets = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                      "gate_proj", "up_proj", "down_proj"};
  bool rslora = false;
  bool dora = false;
  std::vector<std::string> saved_modules = {};
  friend bool operator==(const LoraConfig&, const LoraConfig&) = default;
};

struct EvalConfig {
  int64_t max_tokens = 96;
  int64_t batch_size = 128;
  int64_t bootstrap_samples = 1000;
  double confidence = 0.95;
  std::string model_name;
  friend bool operator==(const EvalConfig&, const EvalConfig&) = default;
};

struct WorldConfig {
  int64_t num_images = 1000;
  std::string split = "all";
  double faint_share = 0.35;
  double pixel_noise = 0.10;
  double typical_share = 0.8;
  double unsupported_share = 0.35;
  friend bool operator==(const WorldConfig&, const WorldConfig&) = default;
};

struct PretrainConfig {
  int64_t vision_hidden = 128;
  int64_t vision_layers = 3;
  int64_t vision_heads = 4;
  int64_t vision_intermediate = 512;
  int64_t patch_size = 16;
  int64_t text_hidden = 128;
  int64_t text_layers = 4;
  int64_t text_heads = 4;
  int64_t text_kv_heads = 4;
  int64_t text_intermediate = 384;
  int64_t max_positions = 512;
  int64_t vocab_size = 512;
  int64_t tower_steps = 1500;
  int64_t tower_batch = 128;
  double tower_lr = 1e-3;
  friend bool operator==(const PretrainConfig&, const PretrainConfig&) = default;
};

struct AnnotateConfig {
  std::string store;
  std::string annotator;
  double noise = 0.5;
  double noise_spread = 0;  // between annotators
  double honesty = 1;
  double honesty_spread = 0;
  double tie_within = 0;
  int64_t num_annotators = 1;
  int64_t votes_per_pair = 0;  // 0: all annotators
  int64_t pairs_per_prompt = 1;
  double edited_share = 0.25;
  double held_out_share = 0.2;
  int64_t max_pairs = 0;  // 0: all
  friend bool operator==(const AnnotateConfig&, const AnnotateConfig&) = default;
};

struct DemoConfig {
  bool quick = false;
  int64_t seeds = 1;
  std::string variants;
  std::string base = "assets/world-base";
  friend bool operator==(const DemoConfig&, const DemoConfig&) = default;
};

struct Config {
  RunConfig run;
  ModelConfig model;
  DataConfig data;
  GenerationConfig generation;
  SampleConfig sample;
  SftConfig sft;
  RewardConfig reward;
  PpoConfig ppo;
  OptimizerConfig optimizer;
  LoraConfig lora;
  EvalConfig eval;
  WorldConfig world;
  PretrainConfig pretrain;
  AnnotateConfig annotate;
  DemoConfig demo;
  friend bool operator==(const Config&, const Config&) = default;
};

// A config and where it came from. `const` from here on.
struct Loaded {
  Config config;
  std::vector<std::string> sets;
  // "section.key" -> "default", "file:line", "--set" or a flag; one entry per key.
  std::map<std::string, std::string> origins;
};

// Defaults, then `file`, then `sets` ("section.key=value", later ones win). Throws one ConfigError
// that lists every problem on a line of its own: where it stands, key, value, and what is expected.
//   value  a TOML scalar; for text keys the words as they are; a list as [a, b] or a,b
// `flags` has the flags by which some of `sets` were given ("run.seed=3": "--seed"), for errors.
Loaded load(const std::optional<std::string>& file, const std::vector<std::string>& sets,
            const std::map<std::string, std::string>& flags = {});

// One thing wrong with a value; `text` holds value and expectation.
struct Problem {
  std::string key;  // "section.key"
  std::string text;
};

// What the field list cannot say: rules across fields. Empty when the config is sound.
std::vector<Problem> validate(const Config& config);

// All sections and keys; load() of the text gives an equal config.
std::string to_toml(const Config& config);
// docs/config.md: a table per section with default, range, meaning and source of each key.
std::string markdown();
// Keys of these sections with default, meaning and range, for --help. `own_defaults`: what a stage
// takes for a key ("section.key") that is left out, in place of its default.
std::string help(const std::vector<std::string>& sections,
                 const std::map<std::string, std::string>& own_defaults = {});

}  // namespace plumbline::config
