// Where a study keeps its runs, below one folder.
#pragma once

#include <cstdint>
#include <string>

#include "plumbline/base/files.h"

namespace plumbline::study {

// Among variants, the demo's own method.
inline constexpr const char* kDefault = "default";

// Names are relative to the study's folder, as its steps are called.
struct Layout {
  fs::path root;

  static std::string sft(int64_t seed) { return seed == 0 ? "sft" : seeded("study/sft", seed); }
  static std::string sft_plus(int64_t seed) { return seeded("study/sft-plus", seed); }
  static std::string sft_more(int64_t seed) { return seeded("study/sft-more", seed); }
  // Comparisons of a variant, and the facts of a split's pictures as it has them.
  static std::string comparisons(const std::string& variant, bool has_own) {
    return has_own ? "study/" + variant + "/annotate" : "annotate";
  }
  static std::string facts(const std::string& split) { return "data/" + split + "/facts.json"; }
  static std::string exchanged_facts(const std::string& variant, const std::string& split) {
    return "study/" + variant + "/" + split + "-facts.json";
  }
  // The demo's own evaluation of a policy.
  static std::string evaluation(bool has_facts, int64_t seed) {
    return trained("eval", kDefault, has_facts, seed);
  }
  // The reward model and the policy of a variant; the demo's own are those of kDefault.
  static std::string reward(const std::string& variant, bool has_facts, int64_t seed) {
    return trained("reward", variant, has_facts, seed);
  }
  static std::string policy(const std::string& variant, bool has_facts, int64_t seed) {
    return trained("ppo", variant, has_facts, seed);
  }
  // Greedy answers to the study's questions.
  static std::string answers_of_sft(int64_t seed) { return seeded("study/answers/sft", seed); }
  static std::string answers_of_sft_plus(int64_t seed) {
    return seeded("study/answers/sft-plus", seed);
  }
  static std::string answers_of_sft_more(int64_t seed) {
    return seeded("study/answers/sft-more", seed);
  }
  static std::string answers(const std::string& variant, bool has_facts, int64_t seed) {
    return seeded("study/answers/" + variant + "-" + kind(has_facts), seed);
  }
  // A policy's reward model's scores of the policy's answers, and of SFT's.
  static std::string proxy(const std::string& variant, bool has_facts, int64_t seed) {
    return seeded("study/proxy/" + variant + "-" + kind(has_facts), seed);
  }
  static std::string proxy_of_sft(const std::string& variant, bool has_facts, int64_t seed) {
    return seeded("study/proxy/" + variant + "-" + kind(has_facts) + "-sft", seed);
  }
  static std::string questions() { return "data/study"; }
  // Of both reward models of a seed.
  static std::string audit(int64_t seed) { return seed == 0 ? "audit" : seeded("audit", seed); }
  static std::string kind(bool has_facts) { return has_facts ? "facts" : "plain"; }

  fs::path operator/(const std::string& name) const { return root / name; }

 private:
  static std::string seeded(const std::string& name, int64_t seed) {
    return name + "-seed" + std::to_string(seed);
  }
  static std::string trained(const std::string& stage, const std::string& variant, bool has_facts,
                             int64_t seed) {
    const std::string name = stage + "-" + kind(has_facts);
    if (variant != kDefault) return seeded("study/" + variant + "/" + name, seed);
    return seed == 0 ? name : seeded(name, seed);
  }
};

}  // namespace plumbline::study
