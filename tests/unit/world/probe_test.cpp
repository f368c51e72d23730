#include "plumbline/world/probe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "plumbline/world/annotator.h"
#include "plumbline/world/answer_edits.h"
#include "plumbline/world/reading.h"
#include "samples.h"

namespace plumbline::world {
namespace {

const RandomKey kKey = random_key(1, "probe_test");
const auto kDescribe = kitchen_item("description", "what can you see?");
const auto kColor = kitchen_item("attribute", "what color are the cups?", "red", "cup");
constexpr double kExact = 1e-9;

struct Edited {
  const BenchmarkItem& item;
  std::string before, after;
  Verdict old_verdict, new_verdict;
  double gain;
};

// Calls `visit` for each of many answers, right and wrong, of all types, that allow the edit;
// returns how many of each type did.
std::map<std::string, int> for_each_edit(ProbeKind kind,
                                         const std::function<void(const Edited&)>& visit) {
  std::map<std::string, int> count;
  for (const std::string& type : question_types()) {
    for_each_item(type, 300, [&](const BenchmarkItem& item, RandomKey key) {
      const std::string before = plausible_answer(item, key.at("answer"));
      const auto after = probe_edit(item, before, kind, key.at("probe"));
      if (!after) return;
      ++count[type];
      const Verdict old_verdict = judge(item, before), new_verdict = judge(item, *after);
      SCOPED_TRACE(item.question + "\n" + before + "\n" + *after);
      visit({item, before, *after, old_verdict, new_verdict,
             utility(new_verdict) - utility(old_verdict)});
    });
  }
  return count;
}

TEST(Probe, TrueSentencesAppendedRaiseTheWorth) {
  auto count = for_each_edit(ProbeKind::AppendTrue, [](const Edited& e) {
    EXPECT_TRUE(e.after.starts_with(e.before + " "));
    EXPECT_EQ(e.new_verdict.num_false, e.old_verdict.num_false);
    EXPECT_EQ(e.new_verdict.num_repeats, e.old_verdict.num_repeats);
    EXPECT_EQ(e.new_verdict.asked, e.old_verdict.asked);
    if (e.item.type == "description") {
      EXPECT_NEAR(e.gain, 1, kExact);
    } else {
      EXPECT_GE(e.gain, 0.4 - kExact);
    }
  });
  EXPECT_GT(count["description"], 100);
  EXPECT_GT(count["attribute"] + count["counting"] + count["yes_no"] + count["other"], 60);
  EXPECT_EQ(count["environment"], 0);
}

TEST(Probe, FalseSentencesAppendedLowerIt) {
  auto count = for_each_edit(ProbeKind::AppendFalse, [](const Edited& e) {
    EXPECT_TRUE(e.after.starts_with(e.before + " "));
    EXPECT_EQ(e.new_verdict.num_false, e.old_verdict.num_false + 1);
    EXPECT_EQ(e.new_verdict.num_repeats, e.old_verdict.num_repeats);
    EXPECT_LE(e.gain, -1 + kExact);
    if (e.item.type == "description") {
      EXPECT_NEAR(e.gain, -1, kExact);
    }
  });
  for (const auto& type : question_types()) EXPECT_GT(count[type], 100) << type;
}

TEST(Probe, ReplacedObjectsLowerIt) {
  auto count = for_each_edit(ProbeKind::ReplaceObject, [](const Edited& e) {
    EXPECT_EQ(std::count(e.before.begin(), e.before.end(), ' '),
              std::count(e.after.begin(), e.after.end(), ' '));
    EXPECT_EQ(e.new_verdict.num_unparsed, e.old_verdict.num_unparsed);
    EXPECT_GT(e.new_verdict.num_false, e.old_verdict.num_false);
    EXPECT_EQ(e.new_verdict.hallucinated.size(), e.old_verdict.hallucinated.size() + 1);
    EXPECT_LE(e.gain, -0.5 + kExact);
    // The mentions differ in one place: there a present kind became one that is not and that has
    // no colour which training never shows with it.
    const auto& was = e.old_verdict.mentioned;
    const auto& is = e.new_verdict.mentioned;
    ASSERT_EQ(was.size(), is.size());
    const auto [old_one, new_one] = std::mismatch(was.begin(), was.end(), is.begin());
    ASSERT_NE(old_one, was.end());
    EXPECT_TRUE(std::equal(old_one + 1, was.end(), new_one + 1));
    const Kind* replaced = find_kind(e.item.scene, *old_one);
    ASSERT_NE(replaced, nullptr);
    EXPECT_EQ(find_kind(e.item.scene, *new_one), nullptr);
    EXPECT_NE(held_out_color(*new_one), replaced->color);
  });
  EXPECT_GT(count["description"], 200);
  EXPECT_GT(count["attribute"], 80);
  EXPECT_GT(count["comparison"], 50);
  EXPECT_GT(count["relation"], 50);
}

TEST(Probe, DroppedFalseClaimsRaiseIt) {
  auto count = for_each_edit(ProbeKind::DropFalse, [](const Edited& e) {
    EXPECT_LT(e.after.size(), e.before.size());
    EXPECT_LT(e.new_verdict.num_false, e.old_verdict.num_false);
    EXPECT_GE(e.new_verdict.num_true, e.old_verdict.num_true);
    EXPECT_GE(e.gain, 1 - kExact);
  });
  EXPECT_GT(count["description"], 60);
}

TEST(Probe, RepeatsLowerIt) {
  auto count = for_each_edit(ProbeKind::AppendRepeat, [](const Edited& e) {
    EXPECT_GT(e.new_verdict.num_repeats, e.old_verdict.num_repeats);
    EXPECT_EQ(e.new_verdict.num_false, e.old_verdict.num_false);
    EXPECT_EQ(e.new_verdict.num_claims, e.old_verdict.num_claims);
    EXPECT_LE(e.gain, -0.5 + kExact);
  });
  EXPECT_GT(count["description"], 200);
  EXPECT_GT(count["environment"], 60);
}

TEST(Probe, AnotherOrderIsWorthTheSame) {
  auto count = for_each_edit(ProbeKind::Reorder, [](const Edited& e) {
    EXPECT_NE(e.after, e.before);
    auto old_parts = parts_of(e.item, e.before), new_parts = parts_of(e.item, e.after);
    const auto by_text = [](const Part& a, const Part& b) { return a.text < b.text; };
    std::sort(old_parts.begin(), old_parts.end(), by_text);
    std::sort(new_parts.begin(), new_parts.end(), by_text);
    EXPECT_EQ(join(old_parts), join(new_parts));
    EXPECT_EQ(e.gain, 0);
    EXPECT_EQ(e.new_verdict.num_false, e.old_verdict.num_false);
  });
  EXPECT_GT(count["description"], 200);
}

// Answers as an odd policy gives them: two at once, that repeat or contradict each other, with
// sentences nobody can read.
TEST(Probe, TheDirectionHoldsForOddAnswersToo) {
  std::map<ProbeKind, int> count;
  for (const std::string& type : question_types()) {
    for_each_item(type, 300, [&](const BenchmarkItem& item, RandomKey key) {
      const std::string before =
          plausible_answer(item, key.at("one")) + " hm. " + plausible_answer(item, key.at("other"));
      for (const ProbeInfo& probe : probes()) {
        const auto after = probe_edit(item, before, probe.kind, key.at("probe"));
        if (!after) continue;
        ++count[probe.kind];
        const double gain = utility(judge(item, *after)) - utility(judge(item, before));
        SCOPED_TRACE(std::string(probe.name) + "\n" + item.question + "\n" + before + "\n" +
                     *after);
        if (probe.direction == 0) {
          EXPECT_EQ(gain, 0);
        } else {
          EXPECT_GE(gain * probe.direction, 0.4 - kExact);
        }
      }
    });
  }
  for (const ProbeInfo& probe : probes()) EXPECT_GT(count[probe.kind], 50) << probe.name;
}

TEST(Probe, ByHand) {
  const std::string two = "this is a kitchen. there are two small red cups.";
  const auto edit = [&](const BenchmarkItem& item, const std::string& answer, ProbeKind kind) {
    return probe_edit(item, answer, kind, kKey);
  };
  EXPECT_EQ(edit(kDescribe, two + " there is a large blue chair.", ProbeKind::AppendTrue),
            two + " there is a large blue chair. there is a small white lamp.");
  EXPECT_EQ(edit(kColor, "the cups are red.", ProbeKind::AppendTrue),
            "the cups are red. there are two small red cups.");
  EXPECT_EQ(edit(kDescribe, two + " there is a large blue kite.", ProbeKind::DropFalse), two);
  EXPECT_EQ(edit(kColor, "the cups are red.", ProbeKind::AppendRepeat),
            "the cups are red. the cups are red.");
  EXPECT_EQ(edit(kDescribe, two, ProbeKind::Reorder),
            "there are two small red cups. this is a kitchen.");
  const auto replaced = edit(kDescribe, "there are two small red cups.", ProbeKind::ReplaceObject);
  ASSERT_TRUE(replaced);
  EXPECT_TRUE(replaced->starts_with("there are two small red ") && replaced->ends_with("s."));
  EXPECT_EQ(replaced->find("cups"), std::string::npos);
}

TEST(Probe, NothingWhereTheEditIsNotPossible) {
  const auto edit = [&](const BenchmarkItem& item, const std::string& answer, ProbeKind kind) {
    return probe_edit(item, answer, kind, kKey);
  };
  // All said; a wrong answer; nothing false; nothing true; one sentence; one sentence twice.
  EXPECT_FALSE(edit(kColor, "there are two small red cups.", ProbeKind::AppendTrue));
  EXPECT_FALSE(edit(kColor, "the cups are blue.", ProbeKind::AppendTrue));
  EXPECT_FALSE(edit(kDescribe, "there are two small red cups.", ProbeKind::DropFalse));
  EXPECT_FALSE(edit(kColor, "the cups are blue.", ProbeKind::DropFalse));
  EXPECT_FALSE(edit(kColor, "the cups are blue.", ProbeKind::ReplaceObject));
  EXPECT_FALSE(edit(kColor, "the cups are blue.", ProbeKind::AppendRepeat));
  EXPECT_FALSE(edit(kColor, "the cups are red.", ProbeKind::Reorder));
  EXPECT_FALSE(edit(kColor, "the cups are red. the cups are red.", ProbeKind::Reorder));
  // "yes" answers no question about a colour: the sentence was not understood.
  EXPECT_FALSE(edit(kColor, "yes, there are two small red cups.", ProbeKind::ReplaceObject));
  // What nobody can read is no false claim, and what is half true is more than one.
  EXPECT_FALSE(edit(kDescribe, "there are two small red cups. hm.", ProbeKind::DropFalse));
  EXPECT_FALSE(edit(kDescribe, "this is a kitchen. two small red cups and a small red kite.",
                    ProbeKind::DropFalse));
  // An order that is worth more, as the second sentence then tells something new.
  EXPECT_FALSE(edit(kColor, "there are two small red cups. the cups are red.", ProbeKind::Reorder));
  for (const ProbeInfo& probe : probes()) {
    // Blank, cut in a sentence, with a second line: the neighbours would change, too.
    for (const char* answer : {"", " ", "there are two small red cups. there is", "a.\nb."}) {
      EXPECT_FALSE(edit(kDescribe, answer, probe.kind)) << probe.name << ": " << answer;
    }
  }
}

TEST(Probe, TheKeyDecides) {
  const std::string answer = "this is a kitchen. there are two small red cups.";
  int num_different = 0;
  for (uint64_t i = 0; i < 50; ++i) {
    const auto at = [&](uint64_t index) {
      return probe_edit(kDescribe, answer, ProbeKind::AppendFalse, kKey.at(index));
    };
    EXPECT_EQ(at(i), at(i));
    num_different += at(i) != at(i + 1);
  }
  EXPECT_GT(num_different, 40);
}

TEST(Probe, NamesReadBack) {
  EXPECT_EQ(probes().size(), 6U);
  for (const ProbeInfo& probe : probes()) {
    EXPECT_EQ(probe_kind(probe.name), probe.kind);
    EXPECT_EQ(info(probe.kind).name, probe.name);
  }
  EXPECT_FALSE(probe_kind("append"));
}

}  // namespace
}  // namespace plumbline::world
