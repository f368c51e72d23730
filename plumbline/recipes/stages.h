// The stages of the method. Each is one file, read top to bottom, and knows nothing of the others:
// they meet only in files on disk.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plumbline/config/config.h"

namespace plumbline::recipes {

// What the steps of `eval` are told beside the config; `inputs` names the benchmark.
struct EvalFlags {
  std::string questions = {};
  std::vector<std::string> answers = {}, replies = {};  // of one system, or of two to compare
  std::vector<std::string> names = {};                  // of the systems
  std::vector<std::string> files = {}, variants = {};   // "name=value"
  std::string join = "id";
  bool is_markdown = false;
  std::string endpoint = {};             // who answers, if not model.path
  bool has_literal_backslash_n = false;  // the test prompt's line break as two characters
  std::string judge = {};                // who is asked
  std::string out = {};                  // file of replies
  bool may_mix_judges = false;
};

// What the command line said beside the config.
struct Invocation {
  config::Loaded loaded;
  bool resume = false;                    // continue the run folder where it stopped
  bool force = false;                     // replace an existing run folder
  bool dry_run = false;                   // check everything, print the plan, and stop
  bool is_silent = false;                 // part of longer work: eval and audit print no results
  bool json = false;                      // results on stdout as JSON
  std::vector<std::string> command = {};  // argv, kept in run.json
  std::vector<std::string> inputs =
      {};  // positional arguments: run folders of `report`, a model, ...
  std::vector<std::string> images = {};  // pictures of `chat`
  std::string prompt = {};               // question of `chat`, asked once
  // Of `convert`: input files and choices by the name of their flag.
  std::map<std::string, std::string> named = {};
  std::string in = {};  // file of `score`, example file of `inspect`
  EvalFlags eval = {};

  // The files and folders that are named beside the config, and the files of mixtures that it
  // names: for RunFolder. Throws what data::source_files throws.
  std::vector<std::string> files() const;
};

// Flags of `convert` that take a value, without their dashes, with what they mean.
const std::vector<std::pair<std::string, std::string>>& convert_flags();

// Each throws an Error of plumbline/base/error.h; none catches what it cannot mend.
void make_world(const Invocation&);       // data of the synthetic world on disk
void pretrain(const Invocation&);         // vision tower, tokenizer and an untrained language model
void convert(const Invocation&);          // official annotation files as training data
void check_data(const Invocation&);       // a look through training data
void sft(const Invocation&);              // supervised fine-tuning
void sample(const Invocation&);           // answers for a file of prompts
void annotate(const Invocation&);         // comparisons by simulated annotators, or people
void reward(const Invocation&);           // reward model, with or without facts
void audit(const Invocation&);            // what reward models have learnt
void ppo(const Invocation&);              // the policy
void evaluate(const Invocation&);         // the world's benchmark: answers and figures
void list_benchmarks(const Invocation&);  // all benchmarks and what they read
void answer_benchmark(const Invocation&);  // a model's answers to any benchmark
void judge_answers(const Invocation&);     // a judge's replies about answers
void score_answers(const Invocation&);     // figures of answers, this or another system's
void chat(const Invocation&);              // talk to a model in the terminal
void score(const Invocation&);             // log-probabilities or rewards of given answers
void inspect(const Invocation&);           // what a checkpoint or an example holds
void report(const Invocation&);            // one page from several run folders
void demo(const Invocation&);              // the method on the world, by the stages above

}  // namespace plumbline::recipes
