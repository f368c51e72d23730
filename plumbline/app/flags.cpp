#include "plumbline/app/flags.h"

#include "plumbline/base/error.h"
#include "plumbline/config/fields.h"

namespace plumbline::app {
namespace {

// What stands behind a flag in help texts.
const char* kind_of(const std::string& key) {
  const auto* field = config::find_field(key);
  PLUMBLINE_CHECK(field != nullptr, key);
  const config::Value value = field->get(config::Config{});
  if (std::holds_alternative<bool>(value)) return "true|false";
  if (!std::holds_alternative<std::string>(value)) return "N";
  return field->limits.path == config::PathKind::None ? "NAME" : "PATH";
}

// Without a text of its own a flag has its key's.
void add_key(CLI::App* sub, Flags& flags, const char* flag, const char* key,
             const std::string& help = {}) {
  sub->add_option_function<std::string>(
         flag,
         [&flags, flag, key](const std::string& value) {
           flags.spelt.push_back({flag, key, value});
         },
         help.empty() ? config::find_field(key)->help : help)
      ->type_name(kind_of(key));
}

void add_convert_flags(CLI::App* sub, Flags& flags) {
  sub->add_option("data set", flags.inputs,
                  "vqav2, aokvqa, flickr30k, coco-captions, sugarcrepe or preferences")
      ->required()
      ->expected(1);
  for (const auto& [flag, help] : recipes::convert_flags()) {
    sub->add_option_function<std::string>(
        "--" + flag, [&flags, name = flag](const std::string& value) { flags.named[name] = value; },
        help);
  }
}

// A list that is given by repeating the flag, or several values at once.
void add_list(CLI::App* sub, const char* flag, std::vector<std::string>& list, const char* kind,
              const char* help) {
  sub->add_option(flag, list, help)->type_name(kind);
}

void add_scoring_flags(CLI::App* sub, recipes::EvalFlags& eval) {
  add_list(sub, "--answers", eval.answers, "FILE", "answers, as this or another system wrote them");
  sub->add_option("--compare", eval.answers, "answers of two systems: A B")
      ->expected(2)
      ->type_name("FILE");
  add_list(sub, "--replies", eval.replies, "FILE", "a judge's replies to each file of answers");
  add_list(sub, "--name", eval.names, "NAME", "names of the systems in tables");
  sub->add_flag("--markdown", eval.is_markdown, "print Markdown");
}

void add_model(CLI::App* sub, Flags& flags) {
  add_key(sub, flags, "--model", "model.path", "folder of the model, or a .gguf file");
}

void add_conversation(CLI::App* sub, Flags& flags) {
  add_key(sub, flags, "--conversation", "model.conversation");
}

void add_images(CLI::App* sub, Flags& flags) { add_key(sub, flags, "--images", "data.images"); }

// Steps of `eval`, each on files.
void add_eval_flags(CLI::App* sub, Flags& flags, const std::string& name) {
  recipes::EvalFlags& eval = flags.eval;
  if (name == "eval list") return;
  sub->add_option("benchmark", flags.inputs, "its name: see `plumbline eval list`")
      ->required()
      ->expected(1);
  if (name == "eval answer") {  // a setting: an interrupted run goes on with the same ones only
    add_key(sub, flags, "--questions", "data.benchmark", "the benchmark's questions");
  } else {
    sub->add_option("--questions", eval.questions, "the benchmark's questions")->type_name("PATH");
  }
  sub->add_option("--file", eval.files, "another file that it reads (repeatable)")
      ->type_name("NAME=FILE");
  sub->add_option("--variant", eval.variants,
                  "a published rule; of each the first value is the default (repeatable)")
      ->type_name("NAME=VALUE");
  if (name == "eval answer") {
    add_images(sub, flags);
    add_model(sub, flags);
    add_key(sub, flags, "--adapter", "model.adapter", "folder of a LoRA adapter");
    add_conversation(sub, flags);
    sub->add_option("--endpoint", eval.endpoint, "ask a service instead")
        ->type_name("'URL model=NAME key=VARIABLE'");
    add_key(sub, flags, "--max-tokens", "generation.max_tokens",
            "longest answer, if not the benchmark's own");
    sub->add_flag("--literal-backslash-n", eval.has_literal_backslash_n,
                  "show the test prompt's line break as a backslash and an n, as LLaVA-RLHF did");
    return;
  }
  sub->add_option("--join", eval.join, "find answers by id (default) or by position")
      ->check(CLI::IsMember({"id", "position"}));
  if (name == "eval score") return add_scoring_flags(sub, eval);
  add_list(sub, "--answers", eval.answers, "FILE", "answers, as this or another system wrote them");
  sub->add_option("--judge", eval.judge, "who is asked: see docs/guide/benchmarks/judges.md");
  sub->add_option("--out", eval.out, "file of replies; what it holds is not asked again")
      ->type_name("FILE");
  sub->add_flag("--mix-judges", eval.may_mix_judges, "let another judge go on with the file");
}

void add_adapter_flags(CLI::App* sub, Flags& flags) {
  add_key(sub, flags, "--base", "model.path",
          "the same as --model: the model that an adapter belongs to; a reward model's is found "
          "where it says");
  add_key(sub, flags, "--adapter", "model.adapter", "folder of a LoRA adapter");
  add_conversation(sub, flags);
}

void add_dry_run(CLI::App* sub, Flags& flags) {
  sub->add_flag("--dry-run", flags.dry_run,
                "check all input, print the plan and the memory it takes, and stop");
}

void add_judge_flags(CLI::App* sub, Flags& flags) {
  sub->add_flag("--dry-run", flags.dry_run, "tell how much would be asked, and stop");
}

void add_json(CLI::App* sub, Flags& flags) {
  sub->add_flag("--json", flags.json, "print results as JSON");
}

void add_chat_flags(CLI::App* sub, Flags& flags) {
  add_model(sub, flags);
  add_adapter_flags(sub, flags);
  sub->add_option("--image", flags.images, "picture for the first question (repeatable)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  sub->add_option("--prompt", flags.prompt, "one question; prints the answer and ends")
      ->type_name("TEXT");
}

void add_score_flags(CLI::App* sub, Flags& flags) {
  add_model(sub, flags);
  add_key(sub, flags, "--reward", "model.reward_adapter",
          "folder of a reward model: score with it (its base is --model, or as it says itself)");
  add_key(sub, flags, "--facts", "data.facts", "facts of each image, for a reward model");
  add_images(sub, flags);
  add_adapter_flags(sub, flags);
  sub->add_option("--in", flags.in, "answers to score (JSON lines)")->required()->type_name("FILE");
}

void add_data_flags(CLI::App* sub, Flags& flags) {
  sub->add_option("check FILE", flags.inputs,
                  "the word check; the file, folder or mixture to look at")
      ->required()
      ->expected(1, 2);
  add_key(sub, flags, "--model", "model.path", "folder of the model that reads it");
  add_images(sub, flags);
  add_conversation(sub, flags);
  add_json(sub, flags);
}

void add_inspect_flags(CLI::App* sub, Flags& flags) {
  sub->add_option("model", flags.inputs, "folder of the model, or a .gguf file")->expected(0, 1);
  sub->add_option("--example", flags.in, "show this file's first record token by token")
      ->type_name("FILE");
  add_conversation(sub, flags);
  add_json(sub, flags);
}

void add_audit_flags(CLI::App* sub, Flags& flags) {
  sub->add_option("reward models", flags.inputs, "their folders, the result of `reward`")
      ->required();
  add_key(sub, flags, "--model", "model.path",
          "folder of their base, if it does not lie where they say");
  add_json(sub, flags);
}

void add_world_flags(CLI::App* sub, Flags& flags) {
  add_key(sub, flags, "--images", "world.num_images", "number of pictures");
  add_key(sub, flags, "--split", "world.split",
          "all, sft, comparisons, ppo, benchmark, base or sheet");
}

void add_annotate_flags(CLI::App* sub, Flags& flags) {
  sub->add_option("action", flags.inputs, "simulate (when missing), import, answer or export")
      ->expected(0, 1);
  add_key(sub, flags, "--pairs", "data.pairs", "pairs of answers, as `sample` writes them");
  add_key(sub, flags, "--store", "annotate.store", "SQLite file of tasks for people");
  add_key(sub, flags, "--annotator", "annotate.annotator", "who answers");
}

void add_reward_flags(CLI::App* sub, Flags& flags) {
  add_dry_run(sub, flags);
  add_key(sub, flags, "--facts", "reward.facts",
          "true or false: show the reward model the image's facts");
}

void add_demo_flags(CLI::App* sub, Flags& flags) {
  sub->add_flag_callback(
      "--quick",
      [&flags] {
        flags.spelt.push_back({"--quick", "demo.quick", "true"});
      },
      "a smoke run through every stage");
  add_key(sub, flags, "--seeds", "demo.seeds",
          "repeat what trains with this many seeds, and test the method's claims: claims.json");
  add_key(sub, flags, "--variants", "demo.variants",
          "variants of the method to study beside it: all, none, or names of "
          "configs/world/variants.toml with commas");
}

void add_report_flags(CLI::App* sub, Flags& flags) {
  sub->add_option("runs", flags.inputs, "run folders")->required();
}

void add_common_flags(CLI::App* sub, Flags& flags, const Stage& stage) {
  const std::string name = stage.name;
  const auto has = [&](CommonFlag flag) { return (stage.common & flag) != 0; };
  if (has(kConfig)) {
    sub->add_option("--config", flags.config, "TOML file with the stage's settings")
        ->type_name("FILE");
  }
  sub->add_option("--set", flags.sets, "override one setting (repeatable)")
      ->type_name("section.key=value")
      ->take_all()
      ->allow_extra_args(false);
  if (has(kOut)) {
    add_key(sub, flags, "--out", "run.out",
            name == "score"    ? "folder to write, in place of standard output"
            : name == "report" ? "page to write; report.html when missing"
                               : "folder to write");
  }
  if (has(kSeed)) add_key(sub, flags, "--seed", "run.seed");
  if (has(kDevice)) {
    add_key(sub, flags, "--device", "run.device", "cpu, cuda, cuda:1");
    add_key(sub, flags, "--dtype", "run.dtype", "auto, float32, bfloat16");
  }
  if (has(kResume)) {
    sub->add_flag("--resume", flags.resume,
                  "continue an interrupted run: sft, reward and ppo bit for bit");
  }
  if (has(kForce)) sub->add_flag("--force", flags.force, "replace an existing run folder");
  sub->add_flag("--quiet", flags.quiet, "warnings and errors only");
}

}  // namespace

void add_flags(CLI::App* sub, Flags& flags, const Stage& stage) {
  const std::string name = stage.name;
  add_common_flags(sub, flags, stage);
  if (name.starts_with("eval ")) add_eval_flags(sub, flags, name);
  static const std::map<std::string, void (*)(CLI::App*, Flags&)> own = {
      {"annotate", add_annotate_flags},
      {"audit", add_audit_flags},
      {"chat", add_chat_flags},
      {"convert", add_convert_flags},
      {"data", add_data_flags},
      {"demo", add_demo_flags},
      {"eval", add_json},
      {"eval judge", add_judge_flags},
      {"eval score", add_json},
      {"inspect", add_inspect_flags},
      {"ppo", add_dry_run},
      {"report", add_report_flags},
      {"reward", add_reward_flags},
      {"score", add_score_flags},
      {"sft", add_dry_run},
      {"world", add_world_flags}};
  if (const auto found = own.find(name); found != own.end()) found->second(sub, flags);
  sub->footer([&stage] { return config::help(stage.sections, stage.own_defaults); });
}

}  // namespace plumbline::app
