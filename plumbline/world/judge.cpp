#include "plumbline/world/judge.h"

#include <algorithm>
#include <map>
#include <set>

#include "plumbline/world/claims.h"
#include "plumbline/world/parse_answer.h"
#include "plumbline/world/questions.h"

namespace plumbline::world {
namespace {

constexpr double kNamedCredit = 0.4, kAttributeCredit = 0.2, kPlaceCredit = 0.5;
constexpr double kBareCredit = 0.2, kShortCredit = 0.5;

bool is_about(const Claim& claim, int category) {
  return category >= 0 && (claim.category == category || claim.other == category);
}

// Whether a claim decides what the item asks.
bool settles(const Claim& claim, const BenchmarkItem& item, Aspect aspect) {
  using K = ClaimKind;
  const bool denies =
      claim.kind == K::Absent &&
      (claim.category == item.subject || (item.other >= 0 && claim.category == item.other));
  if (item.type == "adversarial") {
    return denies || (claim.kind == K::Exists && claim.category == item.subject);
  }
  const bool is_on_subject = claim.category == item.subject;
  const bool is_on_both = is_about(claim, item.subject) && is_about(claim, item.other);
  switch (aspect) {
    case Aspect::Color:
      return denies || (claim.kind == K::Color && is_on_subject);
    case Aspect::Size:
      return denies || (claim.kind == K::Size && is_on_subject);
    case Aspect::Count:
      return denies || (claim.kind == K::Count && is_on_subject);
    case Aspect::MoreCount:
      return denies || ((claim.kind == K::MoreThan || claim.kind == K::AsMany) && is_on_both);
    case Aspect::Larger:
      return denies || ((claim.kind == K::LargerThan || claim.kind == K::SameSize) && is_on_both);
    case Aspect::AboveBelow: {
      const bool is_vertical = claim.value == static_cast<int>(Side::Above) ||
                               claim.value == static_cast<int>(Side::Below);
      return denies || (claim.kind == K::Relation && is_on_both && is_vertical);
    }
    case Aspect::Environment:
      return claim.kind == K::Environment;
    case Aspect::ObjectChoice:
    case Aspect::ColorChoice:
      return claim.kind == K::Letter;
    case Aspect::Existence:
      return claim.kind == K::YesNo || denies || (claim.kind == K::Exists && is_on_subject);
    case Aspect::Describe:
      return false;
  }
  return false;
}

// What was told truly about one kind, over all statements.
struct Told {
  bool named = false, count = false, size = false, color = false;
  double credit() const { return kNamedCredit * named + kAttributeCredit * (count + size + color); }
};

// Goes through the statements of one answer and gathers the verdict.
class Judging {
 public:
  explicit Judging(const BenchmarkItem& item) : item_(item), aspect_(aspect_of(item)) {}

  Verdict run(std::string_view answer) {
    for (Sentence& sentence : parse_answer(answer)) {
      std::vector<Statement> understood;
      for (Statement& statement : sentence.statements) {
        if (bind(statement, item_)) understood.push_back(statement);
      }
      if (sentence.statements.empty() || understood.size() < sentence.statements.size()) {
        ++v_.num_unparsed;
        // Not credited, yet what can be understood and is false is told all the same: "yes, there
        // is a red kite." must not hide behind a "yes" that nobody asked for.
        for (const Statement& statement : understood) take_falsity(statement);
        continue;
      }
      ++num_read_;
      for (const Statement& statement : sentence.statements) take(statement);
    }
    finish();
    return std::move(v_);
  }

 private:
  // Books what the statement mentions and what is false of it; returns whether it is true.
  bool note_falsity(const Statement& statement) {
    bool is_true = true;
    for (const Claim& claim : statement.claims) {
      const bool is_present = find_kind(item_.scene, claim.category) != nullptr;
      if (claim.kind == ClaimKind::Exists) {
        v_.mentioned.push_back(claim.category);
        if (!is_present) v_.hallucinated.push_back(claim.category);
      }
      if (holds(claim, item_)) continue;
      is_true = false;
      told_falsely_.insert({claim.category, claim.other});
      // Attributes of what is not there add nothing to mark.
      const bool is_marked = claim.category < 0 || is_present || claim.kind == ClaimKind::Exists;
      if (is_marked) v_.false_ranges.emplace_back(claim.begin, claim.end);
    }
    return is_true;
  }

  void take_falsity(const Statement& statement) {
    if (note_falsity(statement)) return;
    ++v_.num_claims;
    ++v_.num_false;
  }

  void take(const Statement& statement) {
    const bool is_true = note_falsity(statement);
    note_answer(statement);
    if (is_repeat(statement)) {
      ++v_.num_repeats;
      return;
    }
    said_.insert(said_.end(), statement.claims.begin(), statement.claims.end());
    ++v_.num_claims;
    if (!is_true) {
      ++v_.num_false;
    } else if (credit(statement)) {
      ++v_.num_true;
    }
  }

  bool is_repeat(const Statement& statement) const {
    return std::all_of(statement.claims.begin(), statement.claims.end(), [&](const Claim& claim) {
      return std::any_of(said_.begin(), said_.end(),
                         [&](const Claim& old) { return says_same(old, claim); });
    });
  }

  // Whether the statement answers the question, truly or falsely, and what yes/no it amounts to.
  void note_answer(const Statement& statement) {
    for (const Claim& claim : statement.claims) {
      if (settles(claim, item_, aspect_)) (holds(claim, item_) ? has_right_ : has_wrong_) = true;
      has_part_ = has_part_ || (claim.category == item_.subject && item_.subject >= 0 &&
                                claim.kind != ClaimKind::Absent && holds(claim, item_));
      if (aspect_ != Aspect::Existence || !settles(claim, item_, aspect_)) continue;
      const bool is_yes =
          claim.kind == ClaimKind::YesNo ? claim.value == 1 : claim.kind == ClaimKind::Exists;
      (is_yes ? says_yes_ : says_no_) = true;
    }
  }

  // Books a true statement; returns whether it was to the point and told something new.
  bool credit(const Statement& statement) {
    bool is_new = false;
    for (const Claim& claim : statement.claims) {
      const bool is_asked = aspect_ == Aspect::Describe || claim.category == item_.subject;
      if (claim.kind == ClaimKind::Environment) {
        is_new = is_new || aspect_ == Aspect::Describe || aspect_ == Aspect::Environment;
        tells_place_ = true;
      } else if (settles(claim, item_, aspect_)) {
        is_new = true;
      }
      if (claim.category < 0 || !is_asked) continue;
      Told& told = told_[claim.category];
      const Told before = told;
      told.named = told.named || claim.kind == ClaimKind::Exists;
      told.count = told.count || claim.kind == ClaimKind::Count;
      told.size = told.size || claim.kind == ClaimKind::Size;
      told.color = told.color || claim.kind == ClaimKind::Color;
      is_new = is_new || told.credit() > before.credit();
    }
    if (settles_all_said(statement)) {
      settled_ = std::max(settled_, statement_credit(statement));
    }
    return is_new;
  }

  bool settles_all_said(const Statement& statement) const {
    return std::any_of(statement.claims.begin(), statement.claims.end(),
                       [&](const Claim& c) { return settles(c, item_, aspect_); });
  }

  // What a settling statement is worth by itself, for questions that are not about one kind's
  // attributes.
  double statement_credit(const Statement& statement) const {
    if (statement.is_bare) return kBareCredit;
    switch (statement.claims.back().kind) {
      case ClaimKind::YesNo:
      case ClaimKind::Letter:
        return kShortCredit;
      case ClaimKind::Absent:
      case ClaimKind::Environment:
      case ClaimKind::Relation:
      case ClaimKind::MoreThan:
      case ClaimKind::AsMany:
      case ClaimKind::LargerThan:
      case ClaimKind::SameSize:
        return 1;
      default:
        return 0;  // an object phrase: its parts are credited
    }
  }

  double detail() const {
    if (aspect_ == Aspect::Describe) {
      double sum = tells_place_ ? kPlaceCredit : 0;
      for (const auto& [category, told] : told_) sum += told.credit();
      return sum;
    }
    if (v_.asked != 1) return 0;  // true words beside the question are no answer
    const auto subject = told_.find(item_.subject);
    return std::max(settled_, subject == told_.end() ? 0 : subject->second.credit());
  }

  // The share of the scene's kinds of which this holds.
  template <class Holds>
  double share_of_kinds(const Holds& holds) const {
    const auto& kinds = item_.scene.kinds;
    const auto count = std::count_if(kinds.begin(), kinds.end(),
                                     [&](const Kind& kind) { return holds(kind.category); });
    return static_cast<double>(count) / static_cast<double>(kinds.size());
  }

  bool is_named(int category) const {
    return std::count(v_.mentioned.begin(), v_.mentioned.end(), category) > 0;
  }

  double truthful_score() const {
    double score = 3;
    if (aspect_ == Aspect::Describe) {
      const double share =
          v_.detail / (static_cast<double>(item_.scene.kinds.size()) + kPlaceCredit);
      score = share >= 0.95 ? 6 : share >= 0.7 ? 5 : share >= 0.4 ? 4 : 3;
    } else if (v_.asked == 1) {
      score = v_.detail >= 0.95 ? 6 : v_.detail >= kShortCredit ? 5 : 4;
    }
    return std::max(3.0, score - v_.num_unparsed - v_.num_repeats);
  }

  double hallucinated_score() const {
    if (aspect_ == Aspect::Describe) {
      if (v_.num_false == 1 && v_.coverage >= 0.5) return 2;
      return v_.num_false < v_.num_true ? 1 : 0;
    }
    if (v_.asked == 1) return v_.num_false == 1 ? 2 : 1;
    return has_part_ ? 1 : 0;
  }

  void finish() {
    v_.asked = has_wrong_ ? -1 : has_right_ ? 1 : 0;
    v_.detail = detail();
    v_.coverage = share_of_kinds([&](int kind) { return is_named(kind); });
    v_.told_truly =
        share_of_kinds([&](int kind) { return is_named(kind) && !told_falsely_.contains(kind); });
    if (says_yes_ != says_no_) v_.yes_no = says_yes_ ? 1 : 0;
    const bool is_babble = num_read_ == 0 || v_.num_unparsed > num_read_;
    v_.is_hallucinated = v_.num_false > 0 || is_babble;
    v_.score = v_.num_false > 0 ? hallucinated_score() : truthful_score();
    if (is_babble) v_.score = std::min(v_.score, num_read_ == 0 ? 0.0 : 1.0);
  }

  const BenchmarkItem& item_;
  const Aspect aspect_;
  Verdict v_;
  std::vector<Claim> said_;
  std::map<int, Told> told_;
  std::set<int> told_falsely_;  // categories of which something false was said
  double settled_ = 0;
  int num_read_ = 0;
  bool has_right_ = false, has_wrong_ = false, has_part_ = false, tells_place_ = false;
  bool says_yes_ = false, says_no_ = false;
};

}  // namespace

Verdict judge(const BenchmarkItem& item, std::string_view answer) {
  return Judging(item).run(answer);
}

}  // namespace plumbline::world
