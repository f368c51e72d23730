#include "plumbline/report/examples_section.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "plumbline/base/base64.h"
#include "plumbline/report/html.h"

namespace plumbline::report {
namespace {

constexpr int kPerType = 2;
constexpr size_t kChanged = 4;  // of each kind

using Answered = std::vector<const Run*>;  // those with answers, at least one

std::string facts_html(const Run& run, const std::string& image, bool is_open) {
  const auto facts = run.facts.find(image);
  if (facts == run.facts.end()) return "";
  std::string list;
  for (const auto& fact : facts->second) list += "<li>" + escape(fact) + "</li>";
  return std::string(is_open ? "<details open>" : "<details>") +
         "<summary>Facts of the picture</summary><ul>" + list + "</ul></details>";
}

// Facts are unfolded where an answer changed: they are why.
std::string example_html(const Answered& runs, size_t index, bool shows_facts) {
  const auto& first = runs.front()->answers[index];
  std::string picture;
  const fs::path image = runs.front()->images / first.image;
  // Only pictures of the run's folder: a name such as ../x must not carry another file into the
  // page.
  const bool is_inside =
      first.image.find("..") == std::string::npos && !first.image.starts_with('/');
  if (is_inside && fs::exists(image)) {
    picture = fmt::format("<img alt=\"the picture asked about\" src=\"data:image/png;base64,{}\">",
                          base64(read_file(image)));
  }
  std::string answers = "<div><small>reference</small><br>" + escape(first.reference) + "</div>";
  for (const Run* run : runs) {
    for (const auto& answer : run->answers) {
      if (answer.id != first.id) continue;
      answers += fmt::format("<div><small>{}, {:.0f} of 6</small><br>{}</div>", escape(run->name),
                             answer.score, marked(answer.answer, answer.false_ranges));
    }
  }
  return fmt::format(
      "<div class=\"example\"><div>{}<br><small>{}</small></div><div><b>{}</b><div "
      "class=\"answers\">{}</div>{}</div></div>\n",
      picture, escape(first.type), escape(first.question), answers,
      facts_html(*runs.front(), first.image, shows_facts));
}

std::string section(const std::string& heading, const std::string& about, const Answered& runs,
                    const std::vector<size_t>& chosen, bool shows_facts) {
  if (chosen.empty()) return "";
  std::string out;
  for (const size_t index : chosen) out += example_html(runs, index, shows_facts);
  return "<h3>" + heading + "</h3>\n<p>" + about + "</p>\n<div class=\"examples\">" + out +
         "</div>\n";
}

std::vector<size_t> first_of_types(const Run& run) {
  std::map<std::string, int> shown;
  std::vector<size_t> chosen;
  for (size_t i = 0; i < run.answers.size(); ++i) {
    if (shown[run.answers[i].type]++ < kPerType) chosen.push_back(i);
  }
  return chosen;
}

// The first questions that one of them hallucinates on and the other does not: `before` if
// `was_false`.
std::vector<size_t> changed(const Run& before, const Run& after, bool was_false) {
  std::map<std::string, bool> is_false;
  for (const auto& answer : after.answers) is_false[answer.id] = answer.is_hallucinated;
  std::vector<size_t> chosen;
  std::set<std::string> types;  // one of each: the easiest to change would fill the page
  for (size_t i = 0; i < before.answers.size() && chosen.size() < kChanged; ++i) {
    const auto& answer = before.answers[i];
    const auto other = is_false.find(answer.id);
    if (other == is_false.end() || other->second == answer.is_hallucinated) continue;
    if (answer.is_hallucinated == was_false && types.insert(answer.type).second) {
      chosen.push_back(i);
    }
  }
  return chosen;
}

// What `after` answers better than `before`, and what worse.
std::string changes_html(const std::string& better, const std::string& worse, const Run& before,
                         const Run& after, const Answered& answered) {
  const std::string from = escape(before.name), to = escape(after.name);
  return section(better,
                 "The first that " + from + " answers with a false claim, or unreadably, and " +
                     to + " without.",
                 answered, changed(before, after, true), true) +
         section(worse,
                 "The first that " + from + " answers without a false claim, and " + to +
                     " with one, or unreadably.",
                 answered, changed(before, after, false), true);
}

}  // namespace

std::string examples_html(const std::vector<Run>& runs) {
  Answered answered;
  for (const auto& run : runs) {
    if (!run.answers.empty()) answered.push_back(&run);
  }
  if (answered.empty()) return "";
  const Run &first = *answered.front(), &last = *answered.back();
  std::string out = "<h2>Examples</h2>\n<p>False claims are marked.</p>\n";
  if (answered.size() > 1) {
    out += changes_html("Mended", "Spoilt", first, last, answered);
  }
  if (answered.size() > 2) {  // the last but one differs from the last in less than the first does
    const Run& other = *answered[answered.size() - 2];
    out += changes_html(escape(last.name) + " right, " + escape(other.name) + " wrong",
                        escape(last.name) + " wrong, " + escape(other.name) + " right", other, last,
                        answered);
  }
  return out + section("Of each type", "The first ones, not chosen.", answered,
                       first_of_types(first), false);
}

}  // namespace plumbline::report
