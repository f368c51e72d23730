#include "plumbline/text/jinja_print.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plumbline/text/jinja_operators.h"
#include "plumbline/text/jinja_strings.h"

namespace plumbline::text::jinja {
namespace {

// Values share their parts, so a small one can print as a huge text: every piece is counted.
class Printer {
 public:
  explicit Printer(Budget& budget) : budget_(budget) {}

  std::string take() { return std::move(out_); }

 protected:
  void add(std::string_view piece) {
    budget_.spend_more_text(out_.size() + piece.size(), piece.size());
    out_ += piece;
  }

  Budget& budget_;

 private:
  std::string out_;
};

class Repr : public Printer {
 public:
  using Printer::Printer;

  void write(const Value& value) {
    const Budget::Level level(budget_);
    if (const auto* text = value.as_text()) {
      add(value.is_safe_text() ? "Markup(" + python_quoted(*text) + ")" : python_quoted(*text));
    } else if (const auto* sequence = value.as_sequence()) {
      write_sequence(*sequence);
    } else if (const auto* dict = value.as_dict()) {
      write_dict(*dict);
    } else if (const auto* space = dynamic_cast<const Namespace*>(value.as_object())) {
      add("<Namespace ");
      write_dict(space->attributes());
      add(">");
    } else if (value.as_object()) {
      add(value.as_object()->text());
    } else {
      add(plain(value));
    }
  }

 private:
  static std::string plain(const Value& value) {
    if (value.is_undefined()) return "Undefined";
    if (value.is_none()) return "None";
    if (const auto* b = value.as_bool()) return *b ? "True" : "False";
    if (const auto integer = value.as_integer()) return fmt::format("{}", *integer);
    if (const auto* number = value.as_double()) return number_text(*number);
    throw Fault{"a value with a text of its own",
                fmt::format("a {}, which prints as an address", value.type_name())};
  }

  void write_sequence(const Sequence& sequence) {
    switch (sequence.kind) {
      case Sequence::Kind::Range:
        return write_range(sequence);
      case Sequence::Kind::List:
        return write_items(sequence, "[", "]");
      case Sequence::Kind::Tuple:
        return write_items(sequence, "(", sequence.items.size() == 1 ? ",)" : ")");
      case Sequence::Kind::Keys:
        return write_items(sequence, "dict_keys([", "])");
      case Sequence::Kind::Values:
        return write_items(sequence, "dict_values([", "])");
      case Sequence::Kind::Items:
        return write_items(sequence, "dict_items([", "])");
    }
  }

  void write_range(const Sequence& range) {
    add(range.step == 1 ? fmt::format("range({}, {})", range.start, range.stop)
                        : fmt::format("range({}, {}, {})", range.start, range.stop, range.step));
  }

  void write_items(const Sequence& sequence, std::string_view open, std::string_view close) {
    add(open);
    for (size_t i = 0; i < sequence.items.size(); ++i) {
      if (i > 0) add(", ");
      write(sequence.items[i]);
    }
    add(close);
  }

  void write_dict(const Dict& dict) {
    add("{");
    for (size_t i = 0; i < dict.items().size(); ++i) {
      if (i > 0) add(", ");
      write(dict.items()[i].first);
      add(": ");
      write(dict.items()[i].second);
    }
    add("}");
  }
};

std::string json_number(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return number_text(number);
}

class Json : public Printer {
 public:
  Json(Budget& budget, const JsonStyle& style) : Printer(budget), style_(style) {}

  void write(const Value& value, int level) {
    const Budget::Level recursion(budget_);
    const auto* sequence = value.as_sequence();
    const bool is_list = sequence && (sequence->kind == Sequence::Kind::List ||
                                      sequence->kind == Sequence::Kind::Tuple);
    if (const auto* text = value.as_text()) {
      add(json_quoted(*text, style_.is_ascii));
    } else if (is_list) {
      write_list(sequence->items, level);
    } else if (const auto* dict = value.as_dict()) {
      write_dict(*dict, level);
    } else {
      add(plain(value));
    }
  }

 private:
  static std::string plain(const Value& value) {
    if (value.is_none()) return "null";
    if (const auto* b = value.as_bool()) return *b ? "true" : "false";
    if (const auto integer = value.as_integer()) return fmt::format("{}", *integer);
    if (const auto* number = value.as_double()) return json_number(*number);
    throw Fault{"a value that JSON has",
                value.is_undefined() ? value.reason() : fmt::format("a {}", value.type_name())};
  }

  // Keys are texts; Python turns the other plain values into theirs.
  static std::string key_text(const Value& key) {
    if (const auto* text = key.as_text()) return *text;
    if (key.is_undefined()) throw Fault{"keys that JSON has", key.reason()};
    return plain(key);
  }

  void write_list(const std::vector<Value>& items, int level) {
    if (items.empty()) return add("[]");
    add("[");
    for (size_t i = 0; i < items.size(); ++i) {
      separate(i > 0, level + 1);
      write(items[i], level + 1);
    }
    close(level, "]");
  }

  void write_dict(const Dict& dict, int level) {
    if (dict.items().empty()) return add("{}");
    auto items = dict.items();
    if (style_.sort_keys) {
      std::stable_sort(items.begin(), items.end(), [&](const auto& a, const auto& b) {
        return less(budget_, a.first, b.first);
      });
    }
    add("{");
    for (size_t i = 0; i < items.size(); ++i) {
      separate(i > 0, level + 1);
      add(json_quoted(key_text(items[i].first), style_.is_ascii) + style_.key_separator);
      write(items[i].second, level + 1);
    }
    close(level, "}");
  }

  void separate(bool is_next, int level) {
    if (is_next) add(style_.item_separator);
    if (style_.indent) new_line(level);
  }

  void close(int level, std::string_view bracket) {
    if (style_.indent) new_line(level);
    add(bracket);
  }

  void new_line(int level) {
    add("\n");
    for (int i = 0; i < level; ++i) add(*style_.indent);
  }

  const JsonStyle& style_;
};

}  // namespace

std::string str(Budget& budget, const Value& value) {
  if (value.is_undefined()) return {};
  if (const auto* text = value.as_text()) return *text;
  return repr(budget, value);
}

std::string repr(Budget& budget, const Value& value) {
  Repr printer(budget);
  printer.write(value);
  return printer.take();
}

std::string json_text(Budget& budget, const Value& value, const JsonStyle& style) {
  Json printer(budget, style);
  printer.write(value, 0);
  return printer.take();
}

}  // namespace plumbline::text::jinja
