#include "plumbline/config/section_lists.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

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

// Converts to a member of any type; only its existence matters.
struct Anything {
  template <class T>
  operator T() const;
};

// How many members a plain struct has: the longest list of values it can be made from.
template <class S, class... Values>
constexpr size_t num_members() {
  if constexpr (requires { S{std::declval<Values>()..., Anything{}}; }) {
    return num_members<S, Values..., Anything>();
  } else {
    return sizeof...(Values);
  }
}

template <class S>
void expect_complete(const std::vector<FieldOf<S>>& list) {
  EXPECT_EQ(list.size(), num_members<S>()) << list[0].key;
}

// A member without a line in the list could not be set.
TEST(SectionLists, NamesEveryMember) {
  EXPECT_EQ(sections().size(), num_members<Config>());
  expect_complete(run_fields());
  expect_complete(model_fields());
  expect_complete(data_fields());
  expect_complete(generation_fields());
  expect_complete(sample_fields());
  expect_complete(sft_fields());
  expect_complete(reward_fields());
  expect_complete(ppo_fields());
  expect_complete(optimizer_fields());
  expect_complete(lora_fields());
  expect_complete(eval_fields());
  expect_complete(world_fields());
  expect_complete(pretrain_fields());
  expect_complete(annotate_fields());
  expect_complete(demo_fields());
}

}  // namespace
}  // namespace plumbline::config
