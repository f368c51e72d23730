#include "plumbline/world/probe.h"

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/world/annotator.h"
#include "plumbline/world/answer_edits.h"
#include "plumbline/world/language.h"
#include "plumbline/world/parse_answer.h"

namespace plumbline::world {
namespace {

using Edit = std::optional<std::string>;

constexpr int kAttempts = 20;
constexpr double kAllSaid = 0.95;  // of Verdict::detail: a kind with all its attributes has 1

// Whether the parts and the blanks between them are all of the answer, and each part is ended.
bool is_whole(const std::vector<Part>& parts, const std::string& answer) {
  return !parts.empty() && join(parts) == answer &&
         std::string_view(".!?").find(answer.back()) != std::string_view::npos;
}

// A question about one kind that was answered truly, but with less than there is to say.
bool lacks_detail(const BenchmarkItem& item, const std::string& answer) {
  if (item.other >= 0 || find_kind(item.scene, item.subject) == nullptr) return false;
  const Verdict verdict = judge(item, answer);
  return verdict.asked == 1 && verdict.num_false == 0 && verdict.detail < kAllSaid;
}

Edit append_true(const BenchmarkItem& item, const std::string& answer,
                 const std::vector<Part>& parts, Random& random) {
  if (item.type == "description") {
    const auto kind = unnamed_kind(item, parts, random);
    return kind ? Edit(answer + " " + kind_sentence(*kind)) : std::nullopt;
  }
  if (!lacks_detail(item, answer)) return std::nullopt;
  return answer + " " + kind_sentence(*find_kind(item.scene, item.subject));
}

Edit append_false(const BenchmarkItem& item, const std::string& answer,
                  const std::vector<Part>& parts, Random& random) {
  const auto kind = absent_kind(item, parts, random);
  return kind ? Edit(answer + " " + kind_sentence(*kind)) : std::nullopt;
}

// The noun of an object that a true statement says is there.
struct NamedObject {
  int category = -1;
  size_t begin = 0, end = 0;  // characters of the answer
};

bool is_true(const Statement& statement, const BenchmarkItem& item) {
  return std::all_of(statement.claims.begin(), statement.claims.end(),
                     [&](const Claim& claim) { return holds(claim, item); });
}

// The nouns of one sentence's true statements; none when a part of it was not understood.
std::vector<NamedObject> true_objects(const BenchmarkItem& item, const std::string& answer,
                                      std::vector<Statement> statements) {
  std::vector<NamedObject> found;
  for (Statement& statement : statements) {
    if (!bind(statement, item)) return {};
    if (!is_true(statement, item)) continue;
    for (const Claim& claim : statement.claims) {
      if (claim.kind != ClaimKind::Exists) continue;
      // The noun is the last word of an object phrase.
      const size_t blank = answer.find_last_of(" \t", claim.end - 1);
      const size_t begin = blank == std::string::npos ? 0 : blank + 1;
      found.push_back({claim.category, std::max(begin, claim.begin), claim.end});
    }
  }
  return found;
}

Edit replace_object(const BenchmarkItem& item, const std::string& answer,
                    const std::vector<Part>& parts, Random& random) {
  std::vector<NamedObject> objects;
  for (const Sentence& sentence : parse_answer(answer)) {
    const auto found = true_objects(item, answer, sentence.statements);
    objects.insert(objects.end(), found.begin(), found.end());
  }
  if (objects.empty()) return std::nullopt;
  const NamedObject& old = random.pick(objects);
  const int color = find_kind(item.scene, old.category)->color;
  const size_t length = old.end - old.begin;
  const bool is_plural = length != categories()[static_cast<size_t>(old.category)].size();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto kind = absent_kind(item, parts, random);
    // A pair of object and colour that training never shows would be a second change.
    if (!kind || held_out_color(kind->category) == color) continue;
    std::string changed = answer;
    return changed.replace(old.begin, length, noun_for(kind->category, is_plural ? 2 : 1));
  }
  return std::nullopt;
}

Edit drop_false(std::vector<Part> parts, Random& random) {
  std::vector<size_t> candidates;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].is_all_false) candidates.push_back(i);
  }
  if (candidates.empty() || parts.size() < 2) return std::nullopt;
  parts.erase(parts.begin() + static_cast<int64_t>(random.pick(candidates)));
  return join(parts);
}

Edit append_repeat(const std::string& answer, std::vector<Part> parts, Random& random) {
  std::erase_if(parts, [](const Part& part) { return !part.is_good; });
  return parts.empty() ? std::nullopt : Edit(answer + " " + random.pick(parts).text);
}

// An order may matter to the judge: "the cups are red." says nothing new after "there are two red
// cups.", but does before it. Only orders of equal worth are a change that must not count.
Edit reorder(const BenchmarkItem& item, const std::string& answer, std::vector<Part> parts,
             Random& random) {
  const double worth = utility(judge(item, answer));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    random.shuffle(parts);
    std::string changed = join(parts);
    if (changed != answer && utility(judge(item, changed)) == worth) return changed;
  }
  return std::nullopt;
}

}  // namespace

const std::vector<ProbeInfo>& probes() {
  static const std::vector<ProbeInfo> all = {
      {ProbeKind::AppendTrue, "append_true", "a true sentence appended", 1},
      {ProbeKind::AppendFalse, "append_false", "a false sentence appended", -1},
      {ProbeKind::ReplaceObject, "replace_object", "an object replaced by an absent one", -1},
      {ProbeKind::DropFalse, "drop_false", "an own false claim dropped", 1},
      {ProbeKind::AppendRepeat, "append_repeat", "an own sentence repeated", -1},
      {ProbeKind::Reorder, "reorder", "sentences in another order", 0}};
  return all;
}

const ProbeInfo& info(ProbeKind kind) {
  for (const ProbeInfo& probe : probes()) {
    if (probe.kind == kind) return probe;
  }
  throw InternalError("no probe " + std::to_string(static_cast<int>(kind)));
}

std::optional<ProbeKind> probe_kind(std::string_view name) {
  for (const ProbeInfo& probe : probes()) {
    if (probe.name == name) return probe.kind;
  }
  return std::nullopt;
}

Edit probe_edit(const BenchmarkItem& item, const std::string& answer, ProbeKind kind,
                RandomKey key) {
  const auto parts = parts_of(item, answer);
  if (!is_whole(parts, answer)) return std::nullopt;
  Random random(key);
  switch (kind) {
    case ProbeKind::AppendTrue:
      return append_true(item, answer, parts, random);
    case ProbeKind::AppendFalse:
      return append_false(item, answer, parts, random);
    case ProbeKind::ReplaceObject:
      return replace_object(item, answer, parts, random);
    case ProbeKind::DropFalse:
      return drop_false(parts, random);
    case ProbeKind::AppendRepeat:
      return append_repeat(answer, parts, random);
    case ProbeKind::Reorder:
      return reorder(item, answer, parts, random);
  }
  return std::nullopt;
}

}  // namespace plumbline::world
