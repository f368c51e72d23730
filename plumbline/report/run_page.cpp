#include "plumbline/report/run_page.h"

#include "plumbline/report/examples_section.h"
#include "plumbline/report/html.h"
#include "plumbline/report/policy_section.h"
#include "plumbline/report/run_charts.h"
#include "plumbline/report/run_tables.h"

namespace plumbline::report {
namespace {

std::string changes_html(const std::vector<Run>& runs) {
  std::string out;
  for (const Run* run : first_seeds(runs)) out += changed_answers_html(*run);
  return out.empty() ? ""
                     : "<h2>Answers to the same prompts, while they were optimised</h2>\n" + out;
}

}  // namespace

std::string runs_html(const std::vector<Run>& runs) {
  const std::string rewards = reward_table(runs);
  const auto methods = by_method(runs);
  return "<h2>Figures</h2>\n<p>&uarr; more is better, &darr; less is. With 95 % intervals from "
         "resampling images, unless the run's config "
         "says otherwise; of several seeds the mean and the range.</p>" +
         figures_html(methods) +
         (rewards.empty() ? ""
                          : "<h2>Reward models</h2>\n<p>As measured while they were trained, with "
                            "facts in an order that was drawn.</p><pre>" +
                                escape(rewards) + "</pre>") +
         "<h2>Curves and types</h2>\n<div class=\"charts\">" + run_charts(runs, methods) +
         "</div>\n" + changes_html(runs) + examples_html(methods) + cost_html(runs);
}

}  // namespace plumbline::report
