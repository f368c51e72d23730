#include "plumbline/world/answer_edits.h"

#include <algorithm>

#include "plumbline/world/answers.h"
#include "plumbline/world/language.h"
#include "plumbline/world/parse_answer.h"

namespace plumbline::world {
namespace {

constexpr double kTypicalShare = 0.8;
// After half of the attempts any kind will do: all that is typical may be there or named.
constexpr int kAttempts = 20;

bool insert_anywhere(std::vector<Part>& parts, const std::optional<Kind>& kind, Random& random) {
  if (!kind) return false;
  parts.insert(parts.begin() + random.between(0, std::ssize(parts)),
               Part{.text = kind_sentence(*kind), .is_good = true});
  return true;
}

}  // namespace

std::vector<Part> parts_of(const BenchmarkItem& item, const std::string& answer) {
  std::vector<Part> parts;
  for (const Sentence& sentence : parse_answer(answer)) {
    Part part{.text = answer.substr(sentence.begin, sentence.end - sentence.begin)};
    const Verdict verdict = judge(item, part.text);
    part.is_good = !verdict.is_hallucinated;
    part.is_all_false = verdict.num_false > 0 && verdict.num_true == 0;
    part.named = verdict.mentioned;
    parts.push_back(std::move(part));
  }
  return parts;
}

std::string join(const std::vector<Part>& parts) {
  std::string text;
  for (const Part& part : parts) text += (text.empty() ? "" : " ") + part.text;
  return text;
}

bool names(const std::vector<Part>& parts, int category) {
  return std::any_of(parts.begin(), parts.end(), [&](const Part& p) {
    return std::find(p.named.begin(), p.named.end(), category) != p.named.end();
  });
}

std::optional<Kind> unnamed_kind(const BenchmarkItem& item, const std::vector<Part>& parts,
                                 Random& random) {
  std::vector<Kind> missing;
  for (const Kind& kind : item.scene.kinds) {
    if (!names(parts, kind.category)) missing.push_back(kind);
  }
  if (missing.empty()) return std::nullopt;
  return random.pick(missing);
}

std::optional<Kind> absent_kind(const BenchmarkItem& item, const std::vector<Part>& parts,
                                Random& random) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const double typical_share = attempt < kAttempts / 2 ? kTypicalShare : 0;
    const Kind kind = imagine_kind(item.scene, -1, typical_share, random);
    if (!names(parts, kind.category)) return kind;
  }
  return std::nullopt;
}

bool add_true(const BenchmarkItem& item, std::vector<Part>& parts, Random& random) {
  return insert_anywhere(parts, unnamed_kind(item, parts, random), random);
}

bool add_false(const BenchmarkItem& item, std::vector<Part>& parts, Random& random) {
  return insert_anywhere(parts, absent_kind(item, parts, random), random);
}

bool drop(std::vector<Part>& parts, bool is_good, Random& random) {
  std::vector<size_t> candidates;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].is_good == is_good) candidates.push_back(i);
  }
  if (candidates.empty() || parts.size() < 2) return false;
  parts.erase(parts.begin() + static_cast<int64_t>(random.pick(candidates)));
  return true;
}

bool repeat(std::vector<Part>& parts, Random& random) {
  std::vector<int64_t> candidates;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].is_good) candidates.push_back(static_cast<int64_t>(i));
  }
  if (candidates.empty()) return false;
  const int64_t said = random.pick(candidates);
  const Part again = parts[static_cast<size_t>(said)];
  parts.insert(parts.begin() + random.between(said + 1, std::ssize(parts)), again);
  return true;
}

}  // namespace plumbline::world
