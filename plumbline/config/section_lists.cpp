// Pure tables: key, member, meaning with unit, range or choices, source.
#include "plumbline/config/section_lists.h"

namespace plumbline::config {
std::vector<FieldOf<RunConfig>> run_fields() {
  return {
      {"out", &RunConfig::out, "folder to write", path_to_write()},
      {"seed", &RunConfig::seed, "seed of every random number", between(0, 9007199254740992)},
      {"device", &RunConfig::device, "cpu, cuda or cuda:N"},
      {"dtype", &RunConfig::dtype, "number format of frozen weights",
       one_of({"auto", "float32", "bfloat16"})},
      {"activation_checkpointing",
       &RunConfig::activation_checkpointing,
       "keep only each block's input for the backward pass, and compute the block again there",
       {},
       "Chen et al. 2016 (arXiv 1604.06174)"},
      {"threads", &RunConfig::threads, "CPU threads; 0: all cores", between(0, 1024)},
      {"checkpoint_every", &RunConfig::checkpoint_every,
       "steps between checkpoints; 0: only on a signal", at_least(0)},
      {"keep_checkpoints", &RunConfig::keep_checkpoints, "newest checkpoints kept", at_least(1)},
  };
}

std::vector<FieldOf<ModelConfig>> model_fields() {
  return {
      {"path", &ModelConfig::path, "folder of the base model, or a .gguf file", path_to_read()},
      {"adapter", &ModelConfig::adapter, "folder of a LoRA adapter to start from; empty: none",
       path_to_read()},
      {"reward_adapter", &ModelConfig::reward_adapter,
       "folder of the reward model's adapter and head", path_to_read()},
      {"reward_base", &ModelConfig::reward_base,
       "folder of the base that the reward model and the values of PPO sit on; empty: model.path",
       path_to_read()},
      {"conversation", &ModelConfig::conversation, "how turns become text",
       one_of({"auto", "template", "vicuna_v1", "v1", "llava_v1", "llava_v0", "llava_llama_2",
               "plain", "mpt", "chatml", "brief"}),
       "template: the checkpoint's own; auto: that where there is one, else vicuna_v1, or chatml "
       "for "
       "language models that have it; LLaVA-RLHF release: vicuna_v1"},
      {"quantization",
       &ModelConfig::quantization,
       "how the language model's frozen linear layers are kept; nf4: 4 bits, double quantised",
       {},
       "LLaVA-RLHF release: nf4; Dettmers et al. 2023 (arXiv 2305.14314)"},
  };
}

std::vector<FieldOf<DataConfig>> data_fields() {
  return {
      {"train", &DataConfig::train,
       "conversations or comparisons to train on: JSON or JSONL; for sft a folder of images or a "
       "mixture (.toml), too",
       path_to_read()},
      {"eval", &DataConfig::eval, "the same, held out", path_to_read()},
      {"images", &DataConfig::images, "folder that image paths start from", path_to_read()},
      {"facts", &DataConfig::facts, "facts of each image (JSON or JSONL)", path_to_read()},
      {"prompts", &DataConfig::prompts, "prompts to answer (JSON or JSONL)", path_to_read()},
      {"samples", &DataConfig::samples, "sampled answers to compare (JSONL)", path_to_read()},
      {"pairs", &DataConfig::pairs, "pairs of answers to compare, as `sample` writes them (JSON)",
       path_to_read()},
      {"benchmark", &DataConfig::benchmark, "file with the benchmark's questions", path_to_read()},
      {"bad_records", &DataConfig::bad_records,
       "records of data.train and data.eval that cannot be used: refuse the file, or skip them "
       "with "
       "a count (sft, reward)"},
      {"missing_facts", &DataConfig::missing_facts,
       "images without facts where the reward model is shown facts: refuse them, or go on with a "
       "count"},
      {"feature_cache", &DataConfig::feature_cache,
       "folder that keeps what the frozen tower sees in each image, for later runs; empty: none "
       "(sft)",
       path_to_write()},
  };
}

std::vector<FieldOf<GenerationConfig>> generation_fields() {
  return {
      {"temperature", &GenerationConfig::temperature, "sampling temperature; 0: greedy",
       at_least(0), kReleased},
      {"top_p", &GenerationConfig::top_p, "share of probability kept; 1: all", above(0).up_to(1),
       kReleased},
      {"top_k", &GenerationConfig::top_k, "tokens kept; 0: all", at_least(0), kReleased},
      {"max_tokens", &GenerationConfig::max_tokens, "longest answer, in tokens", at_least(1),
       "LLaVA-RLHF release: 896"},
      {"stop", &GenerationConfig::stop,
       "texts that end an answer and are not part of it, and names of tokens that do"},
      {"min_tokens", &GenerationConfig::min_tokens, "shortest answer, in tokens", at_least(0)},
      {"num_samples", &GenerationConfig::num_samples, "answers per prompt", between(1, 4096),
       "arXiv 2309.14525: pairs"},
      {"batch_size", &GenerationConfig::batch_size, "answers generated at a time (slots)",
       at_least(1)},
  };
}

std::vector<FieldOf<SampleConfig>> sample_fields() {
  return {
      {"pair_by", &SampleConfig::pair_by,
       "pairs written to pairs.json: none, two drawn answers, those farthest apart in length or in "
       "reward (model.reward_adapter), or one with another model's (data.samples)"},
      {"pairs_per_prompt", &SampleConfig::pairs_per_prompt, "pairs of each prompt at most",
       at_least(1)},
  };
}

std::vector<FieldOf<SftConfig>> sft_fields() {
  return {
      {"train", &SftConfig::train,
       "what trains: everything but the tower, language model, projector, or an adapter"},
      {"train_tower", &SftConfig::train_tower,
       "with full and projector: the vision tower trains, too"},
      {"projector_lr", &SftConfig::projector_lr,
       "peak learning rate of the projector; 0: optimizer.lr", at_least(0)},
      {"labels", &SftConfig::labels,
       "tokens that are learnt: of all answers, of the last, or of everything but images"},
      {"max_tokens", &SftConfig::max_tokens,
       "longest example, in token rows; 0: the model's positions", at_least(0)},
      {"too_long", &SftConfig::too_long,
       "longer ones: refuse the file, leave them out with a count, or cut them off"},
      {"order", &SftConfig::order,
       "order within an epoch: shuffled, shuffled into steps of like lengths, or the file's"},
      {"epochs", &SftConfig::epochs, "passes over the data", at_least(1),
       "LLaVA-RLHF release: 3; 1 for policy initialisation"},
      {"batch_size", &SftConfig::batch_size, "conversations per step", at_least(1),
       "LLaVA-RLHF release: 128"},
      {"batch_tokens", &SftConfig::batch_tokens,
       "token rows per step, in place of batch_size; 0: batch_size", at_least(0)},
      {"micro_tokens", &SftConfig::micro_tokens, kMicroTokensHelp, at_least(1)},
      {"eval_every", &SftConfig::eval_every,
       "steps between losses on data.eval; 0: at the end only", at_least(0)},
  };
}

std::vector<FieldOf<RewardConfig>> reward_fields() {
  return {
      {"train", &RewardConfig::train,
       "what trains beside the head: an adapter, or the whole language model"},
      {"facts",
       &RewardConfig::facts,
       "show the reward model the image's facts",
       {},
       "arXiv 2309.14525"},
      {"template", &RewardConfig::template_file, "TOML file with the reward model's prompt",
       path_to_read()},
      {"max_facts", &RewardConfig::max_facts, "facts shown at most", at_least(1)},
      {"max_fact_tokens", &RewardConfig::max_fact_tokens,
       "tokens of all facts shown with an answer at most, whole facts only; 0: no limit",
       at_least(0)},
      {"epochs", &RewardConfig::epochs, "passes over the comparisons", at_least(1), kReleased},
      {"batch_size", &RewardConfig::batch_size, "comparisons per step", at_least(1)},
      {"micro_tokens", &RewardConfig::micro_tokens,
       "rows per forward pass: memory; the centring term is of each pass's mean", at_least(1)},
      {"center_coef", &RewardConfig::center_coef,
       "weight of |mean(score sum)|, which keeps scores centred", at_least(0), kReleased},
      {"centring",
       &RewardConfig::centring,
       "what center_coef weighs: the absolute mean of the score sums of a pass, or the mean of "
       "their "
       "squares",
       {},
       "LLaVA-RLHF release: absolute; squared: Eisenstein et al. 2023 (arXiv 2312.09244)"},
      {"label_smoothing", &RewardConfig::label_smoothing, "share of labels taken as wrong",
       at_least(0).below(0.5)},
      {"margin", &RewardConfig::margin,
       "score difference asked for, in logits, of pairs without a margin of their own",
       at_least(0)},
      {"annotator_weights",
       &RewardConfig::annotator_weights,
       "how much votes count, as name=weight; 1 for annotators who are not named",
       {}},
      {"eval_every", &RewardConfig::eval_every,
       "steps between figures on data.eval; 0: once an epoch", at_least(0)},
      {"patience", &RewardConfig::patience,
       "evaluations without a better accuracy after which training stops, with the best model as "
       "its "
       "result; 0: trains to the end",
       at_least(0), "arXiv 2309.14525: stopped early, at step 200"},
  };
}

std::vector<FieldOf<OptimizerConfig>> optimizer_fields() {
  return {
      {"lr", &OptimizerConfig::lr, "peak learning rate", at_least(0),
       "LLaVA-RLHF release: SFT 2e-5, policy initialisation 1e-4, reward 2e-5, PPO 3e-5"},
      {"schedule",
       &OptimizerConfig::schedule,
       "learning rate after warm-up",
       {},
       "LLaVA-RLHF release; reward model: constant"},
      {"warmup_ratio", &OptimizerConfig::warmup_ratio, "share of the steps that warm up",
       between(0, 1), kReleased},
      {"beta1", &OptimizerConfig::beta1, "AdamW: decay of the gradient's mean",
       at_least(0).below(1)},
      {"beta2", &OptimizerConfig::beta2, "AdamW: decay of the gradient's square",
       at_least(0).below(1)},
      {"eps", &OptimizerConfig::eps, "AdamW: added to the denominator", above(0)},
      {"weight_decay", &OptimizerConfig::weight_decay, "AdamW: decoupled decay, per unit of lr",
       at_least(0)},
      {"max_grad_norm", &OptimizerConfig::max_grad_norm, "gradients are scaled down to this norm",
       above(0), kReleased},
      {"ema_decay", &OptimizerConfig::ema_decay,
       "decay of the average of the weights that is saved as the result; 0: the weights themselves",
       at_least(0).below(1)},
  };
}

std::vector<FieldOf<LoraConfig>> lora_fields() {
  return {
      {"rank", &LoraConfig::rank, "width of the low-rank update", between(1, 65536),
       "LLaVA-RLHF release: 64"},
      {"alpha", &LoraConfig::alpha, "update is scaled by alpha / rank", above(0).up_to(1000000),
       "LLaVA-RLHF release: 16"},
      {"dropout", &LoraConfig::dropout,
       "dropout on the update's input, in sft and reward; PPO trains without",
       at_least(0).below(1)},
      {"targets",
       &LoraConfig::targets,
       "linear layers that get an update: names, or regular expressions of whole paths such as "
       "layers.0.self_attn.q_proj",
       {},
       kReleased},
      {"rslora",
       &LoraConfig::rslora,
       "scale by alpha / sqrt(rank) instead",
       {},
       "Kalajdzievski 2023 (arXiv 2312.03732)"},
      {"dora",
       &LoraConfig::dora,
       "train the lengths of the weight's rows by themselves",
       {},
       "Liu et al. 2024 (arXiv 2402.09353)"},
      {"saved_modules", &LoraConfig::saved_modules,
       "modules trained whole, saved beside the update: embed_tokens, lm_head, "
       "multi_modal_projector"},
  };
}

std::vector<FieldOf<EvalConfig>> eval_fields() {
  return {
      {"max_tokens", &EvalConfig::max_tokens, "longest answer, in tokens", at_least(1)},
      {"batch_size", &EvalConfig::batch_size, "answers generated at a time (slots)", at_least(1)},
      {"bootstrap_samples", &EvalConfig::bootstrap_samples,
       "resamplings behind each interval; 0: no intervals", at_least(0)},
      {"confidence", &EvalConfig::confidence, "confidence of the intervals", above(0).below(1)},
      {"model_name", &EvalConfig::model_name, "name in tables; empty: the run folder's"},
  };
}

std::vector<FieldOf<WorldConfig>> world_fields() {
  return {
      {"num_images", &WorldConfig::num_images, "pictures", at_least(1)},
      {"split", &WorldConfig::split,
       "which disjoint part to write; all: sft, comparisons, ppo, benchmark",
       one_of({"all", "sft", "comparisons", "ppo", "benchmark", "base", "sheet"})},
      {"faint_share", &WorldConfig::faint_share, "share of object kinds that are hard to see",
       between(0, 1)},
      {"pixel_noise", &WorldConfig::pixel_noise,
       "standard deviation of the noise, of full brightness", between(0, 1)},
      {"typical_share", &WorldConfig::typical_share,
       "share of objects drawn from their environment's typical ones", between(0, 1)},
      {"unsupported_share", &WorldConfig::unsupported_share,
       "share of answers that name a typical but absent object", between(0, 1)},
  };
}

std::vector<FieldOf<PretrainConfig>> pretrain_fields() {
  return {
      {"vision_hidden", &PretrainConfig::vision_hidden, "tower: width", at_least(1)},
      {"vision_layers", &PretrainConfig::vision_layers, "tower: blocks", at_least(1)},
      {"vision_heads", &PretrainConfig::vision_heads, "tower: heads", at_least(1)},
      {"vision_intermediate", &PretrainConfig::vision_intermediate, "tower: MLP width",
       at_least(1)},
      {"patch_size", &PretrainConfig::patch_size, "tower: patch side, pixels", at_least(1)},
      {"text_hidden", &PretrainConfig::text_hidden, "language model: width", at_least(2)},
      {"text_layers", &PretrainConfig::text_layers, "language model: blocks", at_least(1)},
      {"text_heads", &PretrainConfig::text_heads, "language model: heads", at_least(1)},
      {"text_kv_heads", &PretrainConfig::text_kv_heads, "language model: key and value heads",
       at_least(1)},
      {"text_intermediate", &PretrainConfig::text_intermediate, "language model: MLP width",
       at_least(1)},
      {"max_positions", &PretrainConfig::max_positions, "longest sequence, in tokens", at_least(1)},
      {"vocab_size", &PretrainConfig::vocab_size, "tokens of the trained tokenizer at most",
       at_least(260)},
      {"tower_steps", &PretrainConfig::tower_steps, "steps of training the tower", at_least(0)},
      {"tower_batch", &PretrainConfig::tower_batch, "pictures per step", at_least(1)},
      {"tower_lr", &PretrainConfig::tower_lr, "peak learning rate of the tower", at_least(0)},
  };
}

std::vector<FieldOf<AnnotateConfig>> annotate_fields() {
  return {
      {"store", &AnnotateConfig::store, "SQLite file of tasks for people (import, answer, export)",
       path_to_write()},
      {"annotator", &AnnotateConfig::annotator, "who answers (answer)"},
      {"noise", &AnnotateConfig::noise,
       "standard deviation of an annotator's error; a false statement costs 1", at_least(0)},
      {"noise_spread", &AnnotateConfig::noise_spread,
       "how annotators differ in it: the deviation of its logarithm", at_least(0)},
      {"honesty", &AnnotateConfig::honesty,
       "what a false statement costs an annotator, where a kind told with all attributes earns 1",
       at_least(0)},
      {"honesty_spread", &AnnotateConfig::honesty_spread,
       "how annotators differ in it: its deviation; never below 0", at_least(0)},
      {"tie_within", &AnnotateConfig::tie_within, "differences up to this are called a tie",
       at_least(0)},
      {"num_annotators", &AnnotateConfig::num_annotators, "annotators at work", at_least(1)},
      {"votes_per_pair", &AnnotateConfig::votes_per_pair,
       "annotators who see each pair; majority wins; 0: all of them", at_least(0)},
      {"pairs_per_prompt", &AnnotateConfig::pairs_per_prompt,
       "pairs of each prompt's answers at most", at_least(1)},
      {"edited_share", &AnnotateConfig::edited_share,
       "share of pairs of an answer and an edit of it", between(0, 1)},
      {"held_out_share", &AnnotateConfig::held_out_share,
       "share of images whose pairs are kept for evaluation", at_least(0).below(1)},
      {"max_pairs", &AnnotateConfig::max_pairs,
       "pairs compared at most, those held out not counted; 0: all", at_least(0)},
  };
}

std::vector<FieldOf<DemoConfig>> demo_fields() {
  return {
      {"quick", &DemoConfig::quick, "a smoke run through every stage"},
      {"seeds", &DemoConfig::seeds,
       "repeats of what trains; from two on the method's claims are tested", between(1, 100)},
      {"variants", &DemoConfig::variants,
       "variants to study beside the method: all, none, or names of configs/world/variants.toml "
       "with commas; empty: those that stand beside its claims, when they are tested"},
      // Not path_to_read(): it is looked for below the program's folder, too.
      {"base", &DemoConfig::base, "folder of the pre-trained model it starts from"},
  };
}

}  // namespace plumbline::config
