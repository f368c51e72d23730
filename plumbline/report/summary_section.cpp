#include "plumbline/report/summary_section.h"

#include <fmt/format.h>

#include "plumbline/report/html.h"

namespace plumbline::report {

std::string summary_html(const std::vector<Run>& runs, bool is_smoke_run) {
  const auto methods = by_method(runs);
  if (methods.size() < 2) return "";
  if (is_smoke_run) {
    return "<p class=\"summary\"><b>A smoke run:</b> every stage has run, with so little data and "
           "training that the figures mean nothing.</p>\n";
  }
  const Run &before = methods.front(), &after = methods.back();
  const auto &a = *before.figures, &b = *after.figures;
  return fmt::format(
      "<p class=\"summary\"><b>What came out:</b> of {1}'s descriptions {3:.1f} % hold a false "
      "claim, of {0}'s {2:.1f} %, and they name {5:.1f} % of what is there, {0}'s {4:.1f} %. {6} "
      "Whether such differences are more than chance only several seeds tell.</p>\n",
      escape(before.name), escape(after.name), 100 * a.at("false_description").value,
      100 * b.at("false_description").value, 100 * a.at("coverage").value,
      100 * b.at("coverage").value,
      after.num_runs > 1 ? "" : fmt::format("This is one seed and {} answers.", b.num_answers));
}

std::string words_html() {
  static const std::vector<std::pair<const char*, const char*>> words = {
      {"SFT", "supervised fine-tuning, and the model it makes: where all policies start"},
      {"policy", "the model that answers and is optimised"},
      {"RLHF, Fact-RLHF",
       "policies optimised against a reward model that sees picture and answer alone, and against "
       "one that is shown facts about the picture, too"},
      {"hallucination", "share of answers that hold a false claim, or nothing that can be read"},
      {"false description", "share of descriptions with any false claim"},
      {"CHAIR-i, CHAIR-s",
       "share of the objects named in descriptions that are not there; of descriptions that name "
       "one"},
      {"coverage", "share of what is there that a description names"},
      {"told truly", "share of what is there that a description names and says nothing false of"},
      {"score", "of an answer by the judge, 0 to 6, as in MMHal-Bench: 6 is right and complete"},
      {"yes rate", "how often yes/no questions are answered with yes; one half is right"},
      {"proxy", "what the reward model gives"},
      {"gold", "what the judge gives, who knows the truth; nothing is trained by it"},
      {"gap", "proxy less gold, in standard deviations of SFT's scores"},
      {"KL", "how far a policy's answers are from SFT's, in nats"}};
  std::string list;
  for (const auto& [word, meaning] : words) {
    list += fmt::format("<dt>{}</dt><dd>{}</dd>\n", word, meaning);
  }
  return "<details class=\"words\"><summary>Words</summary><dl>\n" + list + "</dl></details>\n";
}

}  // namespace plumbline::report
