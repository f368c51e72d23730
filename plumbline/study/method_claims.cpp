#include "plumbline/study/method_claims.h"

namespace plumbline::study {
namespace {

// The figures of one claim, one after the other.
class Measures {
 public:
  Measures& of(const SeedStudy& study, const std::string& a, const std::string& b,
               const std::string& figure, Wanted wanted) {
    list_.push_back(measure(study, a, b, figure, wanted));
    return *this;
  }
  // Left out where there is no such system.
  Measures& beside(const SeedStudy& study, const std::string& a, const std::string& b,
                   const std::string& figure, Wanted wanted) {
    const bool is_known = study.contains(a) && study.contains(b);
    if (is_known) list_.push_back(measure(study, a, b, figure, wanted, /*is_beside=*/true));
    return *this;
  }
  std::vector<Measure> list() const { return list_; }

 private:
  std::vector<Measure> list_;
};

Measures gaps(const Evidence& e) {
  const auto plain = [](const char* variant) { return system_name(false, variant); };
  const auto facts = [](const char* variant) { return system_name(true, variant); };
  Measures gaps;
  gaps.of(e.gains, plain(""), facts(""), "gap", Wanted::More);
  for (const char* variant : {"weak-kl", "pairs-250"}) {
    gaps.beside(e.gains, plain(variant), facts(variant), "gap", Wanted::More);
  }
  return gaps;
}

}  // namespace

std::vector<Claim> method_claims(const Evidence& e) {
  const std::string plain = system_name(false), facts = system_name(true);
  const std::string paper = system_name(true, "paper");
  const std::string authors_kl = system_name(true, "authors-kl");
  const std::string exchanged = system_name(true, "facts-exchanged");
  const auto of_answers = [&](const std::string& a, const std::string& b, const std::string& figure,
                              Wanted wanted) {
    return Measures().of(e.answers, a, b, figure, wanted);
  };
  std::vector<Claim> claims;
  claims.push_back(
      {"a", "A reward model that is shown facts ranks held-out comparisons better.",
       Measures().of(e.rewards, kWithFacts, kWithoutFacts, "accuracy", Wanted::More).list()});
  claims.push_back({"b", "Fact-RLHF hallucinates less than SFT.",
                    of_answers(facts, kSft, "hallucination", Wanted::Less)
                        .of(e.answers, facts, kSft, "false_description", Wanted::Less)
                        .beside(e.answers, plain, kSft, "hallucination", Wanted::Less)
                        .beside(e.answers, plain, kSft, "false_description", Wanted::Less)
                        .beside(e.answers, facts, kSftAll, "hallucination", Wanted::Less)
                        .beside(e.answers, facts, kSftAll, "false_description", Wanted::Less)
                        .list()});
  claims.push_back({"c", "Fact-RLHF hallucinates less than RLHF without facts.",
                    of_answers(facts, plain, "hallucination", Wanted::Less)
                        .of(e.answers, facts, plain, "false_description", Wanted::Less)
                        .beside(e.answers, facts, exchanged, "hallucination", Wanted::Less)
                        .beside(e.answers, facts, exchanged, "false_description", Wanted::Less)
                        .list()});
  claims.push_back({"d", "Fact-RLHF names no less of what is there than SFT.",
                    of_answers(facts, kSft, "coverage", Wanted::NotLess)
                        .beside(e.answers, plain, kSft, "coverage", Wanted::NotLess)
                        .beside(e.answers, facts, kSftAll, "coverage", Wanted::NotLess)
                        .beside(e.answers, facts, kSft, "told_truly", Wanted::NotLess)
                        .beside(e.answers, plain, kSft, "told_truly", Wanted::NotLess)
                        .beside(e.answers, authors_kl, kSft, "coverage", Wanted::NotLess)
                        .beside(e.answers, paper, kSft, "coverage", Wanted::NotLess)
                        .list()});
  claims.push_back(
      {"e",
       "Without facts more of what a policy gains by its reward model is no gain by the judge.",
       gaps(e).list()});
  claims.push_back({"f",
                    "Fact-RLHF answers yes/no questions no worse than SFT, and says \"yes\" no "
                    "more one-sidedly.",
                    of_answers(facts, kSft, "f1", Wanted::NotLess)
                        .of(e.answers, facts, kSft, "yes_bias", Wanted::NotMore)
                        .beside(e.answers, facts, kSftAll, "f1", Wanted::NotLess)
                        .beside(e.answers, facts, kSftAll, "yes_bias", Wanted::NotMore)
                        .beside(e.answers, paper, kSft, "f1", Wanted::NotLess)
                        .beside(e.answers, paper, kSft, "yes_bias", Wanted::NotMore)
                        .list()});
  claims.push_back({"g", "Clean data mixed into fine-tuning (SFT+) lessens hallucination.",
                    Measures()
                        .of(e.finetunes, kSftPlus, kSft, "hallucination", Wanted::Less)
                        .of(e.finetunes, kSftPlus, kSft, "false_description", Wanted::Less)
                        .beside(e.finetunes, kSftPlus, kSftMore, "hallucination", Wanted::Less)
                        .beside(e.finetunes, kSftPlus, kSftMore, "false_description", Wanted::Less)
                        .beside(e.finetunes, kSftPlus, kSft, "coverage", Wanted::NotLess)
                        .list()});
  return claims;
}

}  // namespace plumbline::study
