// The field list behind config.h: what the code knows about each key, in one place.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "plumbline/config/config.h"

namespace plumbline::config {

// A value of any field. Enums travel under their names.
using Value = std::variant<bool, int64_t, double, std::string, std::vector<std::string>>;

// Products of two settings must not overflow.
inline constexpr int64_t kLargestInteger = INT32_MAX;

// What a text is when it names a file or a folder.
enum class PathKind { None, Read, Write };

// Which values a field takes; numbers are finite in any case.
struct Limits {
  std::optional<double> low = {}, high = {};
  bool low_is_open = false, high_is_open = false;
  std::vector<std::string> choices = {};  // of a text, or of each element of a list
  PathKind path = PathKind::None;

  Limits below(double value) const;  // adds an open upper end
  Limits up_to(double value) const;  // adds a closed one
  // "at least 0", "above 0, below 1", "one of a, b"; empty when anything goes.
  std::string text() const;
  bool admits(const Value& value) const;
};
Limits at_least(double low);
Limits at_most(double high);
Limits above(double low);
Limits between(double low, double high);
Limits one_of(std::vector<std::string> choices);
Limits path_to_read();  // which need not exist for the config to be right
Limits path_to_write();

// The names of an enum's values, in order.
const std::vector<std::string>& names_of(SftTrain);
const std::vector<std::string>& names_of(KlEstimatorKind);
const std::vector<std::string>& names_of(KlControllerKind);
const std::vector<std::string>& names_of(KlPlace);
const std::vector<std::string>& names_of(Advantage);
const std::vector<std::string>& names_of(Positions);
const std::vector<std::string>& names_of(LossWeights);
const std::vector<std::string>& names_of(ScoreScale);
const std::vector<std::string>& names_of(MissingEnd);
const std::vector<std::string>& names_of(Schedule);
const std::vector<std::string>& names_of(Quantization);
const std::vector<std::string>& names_of(BadRecords);
const std::vector<std::string>& names_of(PairBy);
const std::vector<std::string>& names_of(MissingFacts);
const std::vector<std::string>& names_of(RewardTrain);
const std::vector<std::string>& names_of(Centring);
const std::vector<std::string>& names_of(Labels);
const std::vector<std::string>& names_of(TooLong);
const std::vector<std::string>& names_of(DataOrder);

// One line of a section's list, typed by the section's struct.
template <class S>
struct FieldOf {
  // `help` says the unit; `source` where the default, or a value to compare it with, is published.
  template <class T>
  FieldOf(std::string key_, T S::*member_, std::string help_, Limits limits_ = Limits{},
          std::string source_ = {})
      : key(std::move(key_)),
        member(member_),
        help(std::move(help_)),
        limits(std::move(limits_)),
        source(std::move(source_)) {}

  std::string key;
  std::variant<bool S::*, int64_t S::*, double S::*, std::string S::*,
               std::vector<std::string> S::*, SftTrain S::*, KlEstimatorKind S::*,
               KlControllerKind S::*, Schedule S::*, Quantization S::*, BadRecords S::*,
               Labels S::*, TooLong S::*, DataOrder S::*, MissingFacts S::*, RewardTrain S::*,
               Centring S::*, PairBy S::*, KlPlace S::*, Advantage S::*, Positions S::*,
               LossWeights S::*, ScoreScale S::*, MissingEnd S::*>
      member;
  std::string help;
  Limits limits;
  std::string source;
};

// One key of the config, without its type.
struct Field {
  std::string key;
  std::string help;
  Limits limits;
  std::string source;
  std::function<Value(const Config&)> get;
  // The value holds the alternative that get() returns and is within the limits.
  std::function<void(Config&, const Value&)> set;
};

struct Section {
  std::string name;
  std::string help;
  std::vector<Field> fields;
  const Field* find(const std::string& key) const;  // nullptr when there is none
};

// All sections, in the order in which they are printed.
const std::vector<Section>& sections();
const Section* find_section(const std::string& name);
// By its whole key, such as "model.path"; nullptr when there is none.
const Field* find_field(const std::string& key);

// "a boolean", "an integer, at least 1", "one of linear, cosine": what a message expects.
std::string expected(const Field& field);

// The value as TOML. Floats keep every digit that matters.
std::string toml_text(const Value& value);

}  // namespace plumbline::config
