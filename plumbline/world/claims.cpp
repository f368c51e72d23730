#include "plumbline/world/claims.h"

#include "plumbline/world/questions.h"

namespace plumbline::world {
namespace {

// Both spellings of a claim that has two, brought to one.
Claim normal_form(Claim c) {
  if (c.kind == ClaimKind::Relation) {
    const Side side = static_cast<Side>(c.value);
    if (side == Side::Right || side == Side::Below) {
      std::swap(c.category, c.other);
      c.value = static_cast<int>(opposite(side));
    }
  }
  const bool is_symmetric = c.kind == ClaimKind::AsMany || c.kind == ClaimKind::SameSize;
  if (is_symmetric && c.category > c.other) std::swap(c.category, c.other);
  return c;
}

bool holds_for_pair(const Claim& claim, const Scene& scene) {
  const Kind* a = find_kind(scene, claim.category);
  const Kind* b = find_kind(scene, claim.other);
  if (a == nullptr || b == nullptr || a == b) return false;
  switch (claim.kind) {
    case ClaimKind::Relation:
      return is_on_side(*a, static_cast<Side>(claim.value), *b);
    case ClaimKind::MoreThan:
      return a->count() > b->count();
    case ClaimKind::AsMany:
      return a->count() == b->count();
    case ClaimKind::LargerThan:
      return a->size > b->size;
    default:
      return a->size == b->size;
  }
}

}  // namespace

bool holds(const Claim& claim, const BenchmarkItem& item) {
  const Scene& scene = item.scene;
  const Kind* kind = find_kind(scene, claim.category);
  switch (claim.kind) {
    case ClaimKind::Exists:
      return kind != nullptr;
    case ClaimKind::Absent:
      return kind == nullptr;
    case ClaimKind::Count:
      return kind != nullptr && kind->count() == claim.value;
    case ClaimKind::Color:
      return kind != nullptr && kind->color == claim.value;
    case ClaimKind::Size:
      return kind != nullptr && static_cast<int>(kind->size) == claim.value;
    case ClaimKind::Environment:
      return scene.environment == claim.value;
    case ClaimKind::YesNo:
      return item.expected == (claim.value == 1 ? "yes" : "no");
    case ClaimKind::Letter:
      return item.expected == std::string(1, static_cast<char>('A' + claim.value));
    default:
      return holds_for_pair(claim, scene);
  }
}

bool bind(Statement& statement, const BenchmarkItem& item) {
  const Aspect aspect = aspect_of(item);
  for (Claim& claim : statement.claims) {
    if (claim.kind == ClaimKind::YesNo && aspect != Aspect::Existence) return false;
    if (claim.kind == ClaimKind::Letter && item.type != "other") return false;
    if (!statement.is_bare) continue;
    const bool fits = (claim.kind == ClaimKind::Color && aspect == Aspect::Color) ||
                      (claim.kind == ClaimKind::Size && aspect == Aspect::Size) ||
                      (claim.kind == ClaimKind::Count && aspect == Aspect::Count) ||
                      (claim.kind == ClaimKind::Environment && aspect == Aspect::Environment);
    if (!fits) return false;
    if (claim.kind != ClaimKind::Environment) claim.category = item.subject;
  }
  return true;
}

bool says_same(const Claim& a, const Claim& b) {
  const Claim x = normal_form(a), y = normal_form(b);
  return x.kind == y.kind && x.category == y.category && x.other == y.other && x.value == y.value;
}

}  // namespace plumbline::world
