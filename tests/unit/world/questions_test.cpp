#include "plumbline/world/questions.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "plumbline/base/error.h"
#include "samples.h"

namespace plumbline::world {
namespace {

TEST(Questions, AreDeterministic) {
  for (const std::string& type : question_types()) {
    for_each_item(type, 20, [&](const BenchmarkItem& item, RandomKey key) {
      const auto again = ask(type, item.scene, key.at("ask"));
      EXPECT_EQ(item.question, again.question);
      EXPECT_EQ(item.reference, again.reference);
    });
  }
}

TEST(Questions, SubjectsAreThereOrNotAsTheTypeSays) {
  for (const std::string& type : question_types()) {
    for_each_item(type, 300, [&](const BenchmarkItem& item, RandomKey) {
      const bool is_present = find_kind(item.scene, item.subject) != nullptr;
      const bool has_none = type == "environment" || type == "description";
      EXPECT_EQ(item.subject == -1, has_none);
      const bool expected = type == "yes_no" ? item.expected == "yes" : type != "adversarial";
      EXPECT_EQ(is_present, expected && !has_none);
      EXPECT_EQ(item.other >= 0, type == "comparison" || type == "relation");
      EXPECT_EQ(item.expected.empty(), type == "description");
    });
  }
}

TEST(Questions, AskedRelationsAreClear) {
  std::map<std::string, int> expected;
  for_each_item("relation", 1000, [&](const BenchmarkItem& item, RandomKey) {
    const Kind &a = *find_kind(item.scene, item.subject), &b = *find_kind(item.scene, item.other);
    const std::map<std::string, Side> sides = {{"above", Side::Above}, {"below", Side::Below}};
    EXPECT_TRUE(is_on_side(a, sides.at(item.expected), b, 2));
    ++expected[item.expected];
  });
  int total = 0;
  for (const auto& [name, count] : expected) total += count;
  EXPECT_GT(total, 400);  // most scenes allow the question
  for (const auto& [name, count] : expected) EXPECT_NEAR(count, total / 2.0, total * 0.08) << name;
}

TEST(Questions, OutcomesBalance) {
  std::map<std::string, int> comparisons;
  for_each_item("comparison", 1000, [&](const BenchmarkItem& item, RandomKey) {
    ++comparisons[item.expected == "same" ? "same" : "different"];
  });
  EXPECT_NEAR(comparisons["same"], 350, 120);
  int yes = 0;
  for_each_item("yes_no", 1000,
                [&](const BenchmarkItem& item, RandomKey) { yes += item.expected == "yes"; });
  EXPECT_NEAR(yes, 500, 60);
}

TEST(Questions, SamplingsDrawTheObjectsTheyPromise) {
  for (uint64_t i = 0; i < 500; ++i) {
    const RandomKey key = random_key(2, "samplings").at(i);
    const Scene scene = sample_scene({}, key);
    const auto item = ask_existence("adversarial", scene, key.at("ask"));
    EXPECT_EQ(item.sampling, "adversarial");
    if (item.expected == "yes") continue;
    bool is_typical = false;
    for (const Typical& t : typical_objects(scene.environment))
      is_typical |= t.category == item.subject;
    EXPECT_TRUE(is_typical);
    const auto popular = ask_existence("popular", scene, key.at("ask"));
    int more_popular = 0;  // absent ones
    for (int c = 0; c < 24; ++c) {
      more_popular +=
          find_kind(scene, c) == nullptr &&
          popularity()[static_cast<size_t>(c)] > popularity()[static_cast<size_t>(popular.subject)];
    }
    EXPECT_LT(more_popular, 6);
  }
}

TEST(Questions, ChoicesHaveOneRightOption) {
  std::map<std::string, int> letters;
  for_each_item("other", 800, [&](const BenchmarkItem& item, RandomKey) {
    const auto options = options_of(item);
    ASSERT_EQ(options.size(), 4u) << item.question;
    EXPECT_EQ(std::set<int>(options.begin(), options.end()).size(), 4u);
    for (size_t i = 0; i < 4; ++i) {
      ASSERT_GE(options[i], 0) << item.question;
      bool holds = false;
      for (const Kind& kind : item.scene.kinds) {
        const bool is_object = aspect_of(item) == Aspect::ObjectChoice;
        holds = holds || (is_object ? kind.category : kind.color) == options[i];
      }
      EXPECT_EQ(holds, item.expected == std::string(1, static_cast<char>('A' + i)));
    }
    ++letters[item.expected];
  });
  for (const auto& [letter, count] : letters) EXPECT_NEAR(count, 200, 60) << letter;
}

TEST(Questions, CaptionTypesFollowTheTruth) {
  using data::CaptionType;
  EXPECT_EQ(caption_type(kitchen_item("yes_no", "is there a cup?", "yes", "cup")),
            CaptionType::Yes);
  EXPECT_EQ(caption_type(kitchen_item("yes_no", "is there a kite?", "no", "kite")),
            CaptionType::No);
  EXPECT_EQ(caption_type(kitchen_item("other", "which? A. cup", "C", "cup")), CaptionType::C);
  EXPECT_EQ(caption_type(kitchen_item("counting", "how many cups are there?", "2", "cup")),
            CaptionType::General);
}

TEST(Questions, VocabularyIsSmall) {
  std::set<std::string> words;
  for (const std::string& type : question_types()) {
    for_each_item(type, 400, [&](const BenchmarkItem& item, RandomKey) {
      std::string word;
      for (const char c : item.question + " " + item.reference + " ") {
        if (std::isalpha(static_cast<unsigned char>(c))) {
          word += c;
        } else if (!word.empty()) {
          words.insert(word);
          word.clear();
        }
      }
    });
  }
  EXPECT_LT(words.size(), 135u);
}

TEST(Questions, UnknownTypesAreAnError) {
  EXPECT_THROW(ask("riddle", kitchen(), RandomKey{}), InternalError);
}

}  // namespace
}  // namespace plumbline::world
