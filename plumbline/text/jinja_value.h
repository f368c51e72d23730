// The values a template works with: Python's, as far as templates can see them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "plumbline/text/jinja_fault.h"

namespace plumbline::text::jinja {

class Value;
class Dict;
class Iterator;
class Object;
struct Sequence;
struct Callable;
struct Arguments;

struct Undefined {
  std::shared_ptr<const std::string> reason;  // what an error says about using it
};
struct None {};

// A text. `is_safe`: it went through the filter `safe` or `escape`; adding other text to it escapes
// that for HTML, as Python's Markup does.
struct Text {
  std::shared_ptr<const std::string> text;
  bool is_safe = false;
};

// Any value; cheap to copy. Nothing in it changes, except namespaces, loops and iterators.
class Value {
 public:
  Value() : data_(None{}) {}
  Value(bool b) : data_(b) {}
  Value(int64_t i) : data_(i) {}
  Value(double d) : data_(d) {}
  Value(std::string text, bool is_safe = false)
      : data_(Text{std::make_shared<const std::string>(std::move(text)), is_safe}) {}
  Value(std::string_view text) : Value(std::string(text)) {}
  Value(const char* text) : Value(std::string(text)) {}
  Value(std::shared_ptr<const Sequence> sequence) : data_(std::move(sequence)) {}
  Value(std::shared_ptr<const Dict> dict) : data_(std::move(dict)) {}
  Value(std::shared_ptr<Iterator> iterator) : data_(std::move(iterator)) {}
  Value(std::shared_ptr<Object> object) : data_(std::move(object)) {}
  Value(std::shared_ptr<const Callable> callable) : data_(std::move(callable)) {}
  template <typename T>
  Value(T*) = delete;  // would become a bool

  static Value undefined(std::string reason);

  bool is_undefined() const { return std::holds_alternative<Undefined>(data_); }
  bool is_none() const { return std::holds_alternative<None>(data_); }
  const bool* as_bool() const { return std::get_if<bool>(&data_); }
  // Bools are integers too.
  std::optional<int64_t> as_integer() const;
  const double* as_double() const { return std::get_if<double>(&data_); }
  // Integers and bools are numbers too.
  std::optional<double> as_number() const;
  const std::string* as_text() const;
  bool is_safe_text() const;
  const Sequence* as_sequence() const { return as<const Sequence>(); }
  const Dict* as_dict() const { return as<const Dict>(); }
  Iterator* as_iterator() const { return as<Iterator>(); }
  Object* as_object() const { return as<Object>(); }
  const Callable* as_callable() const { return as<const Callable>(); }

  const std::string& reason() const { return *std::get<Undefined>(data_).reason; }
  // Levels of lists, dictionaries and iterators in it.
  int nesting() const;
  // Python's name of its type.
  std::string type_name() const;

 private:
  template <typename T>
  T* as() const {
    const auto* found = std::get_if<std::shared_ptr<T>>(&data_);
    return found ? found->get() : nullptr;
  }

  std::variant<Undefined, None, bool, int64_t, double, Text, std::shared_ptr<const Sequence>,
               std::shared_ptr<const Dict>, std::shared_ptr<Iterator>, std::shared_ptr<Object>,
               std::shared_ptr<const Callable>>
      data_;
};

// Lists, tuples, and what Python has in their place.
struct Sequence {
  enum class Kind { List, Tuple, Range, Keys, Values, Items };
  Kind kind = Kind::List;
  std::vector<Value> items = {};
  int64_t start = 0, stop = 0, step = 1;  // of a range
  int nesting = 1;
};

// Keeps the order of insertion. Keys are values that Python can hash.
class Dict {
 public:
  // Replaces the value of a key that is there. Throws Fault for a list or dictionary as key.
  void set(Budget& budget, const Value& key, Value value);
  const Value* find(Budget& budget, const Value& key) const;
  const Value* find(std::string_view key) const;
  const std::vector<std::pair<Value, Value>>& items() const { return items_; }
  int nesting() const { return nesting_; }

 private:
  std::vector<std::pair<Value, Value>> items_;
  std::unordered_map<std::string, size_t> index_;  // by hash_key
  int nesting_ = 1;
};

// Equal for values that are equal as keys. Throws Fault for what Python cannot hash.
std::string hash_key(Budget& budget, const Value& value);

// Gives items one at a time, once; what they cost and which errors they throw comes with the item.
class Iterator {
 public:
  using Next = std::function<std::optional<Value>()>;
  Iterator(Budget& budget, int nesting, Next next) : nesting_(nesting), next_(std::move(next)) {
    budget.check_nesting(nesting);
  }
  std::optional<Value> next() { return next_(); }
  int nesting() const { return nesting_; }

 private:
  int nesting_;
  Next next_;
};

// Something with attributes that change: a namespace or the state of a loop.
class Object {
 public:
  virtual ~Object() = default;
  virtual std::optional<Value> attribute(const std::string& name) = 0;
  virtual std::string type_name() const = 0;
  // What it prints, where that is not left to the printer.
  virtual std::string text() { return {}; }
  virtual int nesting() const { return 0; }
};

class Namespace : public Object {
 public:
  explicit Namespace(const std::shared_ptr<const Dict>& attributes);
  // Names that begin with an underscore are refused.
  static void check_name(std::string_view name);
  void set(Budget& budget, const std::string& name, Value value);
  void clear() { attributes_ = {}; }
  const Dict& attributes() const { return attributes_; }
  std::optional<Value> attribute(const std::string& name) override;
  std::string type_name() const override { return "Namespace"; }

 private:
  Dict attributes_;
};

struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
};

// A function, macro or method.
struct Callable {
  std::string name;
  int nesting = 0;  // of the value it is a method of
  std::function<Value(const Arguments&)> call;
};

Value make_list(Budget& budget, std::vector<Value> items,
                Sequence::Kind kind = Sequence::Kind::List);
Value make_tuple(Budget& budget, std::vector<Value> items);
Value make_range(Budget& budget, int64_t start, int64_t stop, int64_t step);
// A text that had to be made, as opposed to one that was there.
Value make_text(Budget& budget, std::string text, bool is_safe = false);

// Broken UTF-8 becomes U+FFFD.
Value from_json(Budget& budget, const nlohmann::ordered_json& json);

bool is_true(const Value& value);

// The items in turn: of a sequence, a dictionary's keys, a text's characters, none of an undefined
// value. Throws Fault for anything else.
std::shared_ptr<Iterator> iterate(Budget& budget, const Value& value);
std::vector<Value> collect(Budget& budget, const Value& value);

}  // namespace plumbline::text::jinja
