#include "plumbline/config/section_lists.h"

#include <gtest/gtest.h>

#include <set>

namespace plumbline::config {
namespace {

TEST(SectionLists, EveryDefaultIsWithinItsLimits) {
  for (const Section& section : sections()) {
    for (const Field& field : section.fields) {
      const Value value = field.get(Config{});
      EXPECT_TRUE(field.limits.admits(value)) << section.name << "." << field.key;
    }
  }
}

TEST(SectionLists, EveryKeyHasHelpAndStandsOnce) {
  std::set<std::string> seen;
  for (const Section& section : sections()) {
    EXPECT_FALSE(section.help.empty()) << section.name;
    for (const Field& field : section.fields) {
      EXPECT_FALSE(field.help.empty()) << field.key;
      EXPECT_TRUE(seen.insert(section.name + "." + field.key).second) << field.key;
    }
  }
}

// Another value within the field's limits.
Value other(const Field& field, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return !*flag;
  if (const auto* number = std::get_if<int64_t>(&value)) return *number + 1;
  if (const auto* number = std::get_if<double>(&value)) return *number / 2 + 0.001;
  if (std::holds_alternative<std::vector<std::string>>(value)) {
    return std::vector<std::string>{"q_proj"};
  }
  for (const auto& choice : field.limits.choices) {
    if (choice != std::get<std::string>(value)) return choice;
  }
  return std::string("something else");
}

// Two lines of a list that name the same member would show here.
TEST(SectionLists, NoTwoKeysShareAMember) {
  for (const Section& section : sections()) {
    for (const Field& field : section.fields) {
      Config changed;
      field.set(changed, other(field, field.get(changed)));
      for (const Section& other_section : sections()) {
        for (const Field& other_field : other_section.fields) {
          const bool is_same = &other_field == &field;
          EXPECT_EQ(other_field.get(changed) != other_field.get(Config{}), is_same)
              << section.name << "." << field.key << " and " << other_field.key;
        }
      }
    }
  }
}

// A member without a line in the list cannot be set at all. The counts are those of config.h.
TEST(SectionLists, NamesEveryMember) {
  const std::vector<std::pair<std::string, size_t>> counts = {
      {"run", 8},    {"model", 4},     {"data", 7},      {"generation", 7}, {"sft", 4},
      {"reward", 9}, {"ppo", 29},      {"optimizer", 8}, {"lora", 5},       {"eval", 5},
      {"world", 6},  {"pretrain", 15}, {"annotate", 5},  {"demo", 3}};
  ASSERT_EQ(sections().size(), counts.size());
  for (size_t i = 0; i < counts.size(); ++i) {
    EXPECT_EQ(sections()[i].name, counts[i].first);
    EXPECT_EQ(sections()[i].fields.size(), counts[i].second) << counts[i].first;
  }
}

}  // namespace
}  // namespace plumbline::config
