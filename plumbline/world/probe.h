// Probes of a reward model: an answer changed in a way whose worth is known.
//
// A held-out accuracy says how often a reward model agrees with annotators, not what it pays for. A
// policy is paid by what the model does with one sentence more or less, so that is tried directly:
// the share of answers whose score moves the right way, kind of change by kind of change.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plumbline/world/benchmark.h"

namespace plumbline::world {

enum class ProbeKind {
  AppendTrue,     // a true sentence that the answer lacks and the question asks for
  AppendFalse,    // a sentence about an object that is not there
  ReplaceObject,  // an object that is there becomes one that is not, all other words stay
  DropFalse,      // a sentence with a false claim and nothing true of use is left out
  AppendRepeat,   // one of its own true sentences once more
  Reorder,        // the same sentences in another order
};

struct ProbeInfo {
  ProbeKind kind;
  const char* name;         // for files: "append_true"
  const char* description;  // for tables: "a true sentence appended"
  int direction;            // 1 a good reward model's score rises, -1 falls, 0 stays
};

// All of them, in the order of tables.
const std::vector<ProbeInfo>& probes();
const ProbeInfo& info(ProbeKind kind);
std::optional<ProbeKind> probe_kind(std::string_view name);

// The answer with that one change. Nothing when it is not possible: the answer has no sentence of
// the kind needed or leaves nothing out, or is not made of whole sentences with one blank between
// them, so that a change would touch its neighbours too. utility (annotator.h) rises or falls with
// the direction by 0.4 or more, by 1 for sentences added to descriptions and by 0.5 or more for
// repeats; it stays for Reorder. Objects are drawn as annotators' edits draw them: 80 % typical
// for the environment, never in the category's held-out colour.
std::optional<std::string> probe_edit(const BenchmarkItem& item, const std::string& answer,
                                      ProbeKind kind, RandomKey key);

}  // namespace plumbline::world
