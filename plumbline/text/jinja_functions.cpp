#include "plumbline/text/jinja_functions.h"

#include <fmt/format.h>

#include <array>

#include "plumbline/text/jinja_arguments.h"
#include "plumbline/text/jinja_print.h"
#include "plumbline/text/jinja_strings.h"
#include "plumbline/text/utf8.h"

namespace plumbline::text::jinja {
namespace {

Value range(Globals& globals, const Arguments& arguments) {
  const Bound bound("range", arguments, {"", "", ""}, 1);
  const int64_t first = bound.integer(0, 0);
  return bound.get(1) ? make_range(globals.budget, first, bound.integer(1, 0), bound.integer(2, 1))
                      : make_range(globals.budget, 0, first, 1);
}

// dict(another or pairs, name=value, ...).
std::shared_ptr<const Dict> new_dict(Globals& globals, const Arguments& arguments) {
  Budget& budget = globals.budget;
  if (arguments.positional.size() > 1)
    throw Fault{"at most 1 unnamed argument for dict",
                fmt::format("{}", arguments.positional.size())};
  auto dict = std::make_shared<Dict>();
  if (!arguments.positional.empty()) {
    const Value& source = arguments.positional.front();
    if (source.as_object())
      throw Fault{"a dict, or pairs, for dict", fmt::format("a {}", source.type_name())};
    if (source.as_dict()) {
      budget.spend(source.as_dict()->items().size());
      *dict = *source.as_dict();
    } else {
      for (const Value& pair : collect(budget, source)) {
        const auto parts = collect(budget, pair);
        if (parts.size() != 2)
          throw Fault{"pairs for dict", fmt::format("{} values", parts.size())};
        dict->set(budget, parts[0], parts[1]);
      }
    }
  }
  for (const auto& [name, value] : arguments.named) dict->set(budget, Value(name), value);
  return dict;
}

Value make_dict(Globals& globals, const Arguments& arguments) {
  return new_dict(globals, arguments);
}

Value make_namespace(Globals& globals, const Arguments& arguments) {
  constexpr size_t kMost = 10'000;
  if (globals.namespaces.size() == kMost)
    throw Fault{fmt::format("at most {} namespaces", kMost), "more"};
  const auto space = std::make_shared<Namespace>(new_dict(globals, arguments));
  globals.namespaces.push_back(space);
  return std::shared_ptr<Object>(space);
}

Value raise(Globals& globals, const Arguments& arguments) {
  const Bound bound("raise_exception", arguments, {"message"}, 1);
  throw Fault{"a conversation that the template takes", str(globals.budget, *bound.get(0))};
}

// Python replaces these itself, by the parts of a time that a time without zone lacks.
std::string without_zone(std::string_view format) {
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    const char letter = format[i] == '%' && i + 1 < format.size() ? format[i + 1] : '\0';
    if (letter == 'f') out += "000000";
    if (letter == '\0') out += format[i];
    if (letter == '\0') continue;
    ++i;
    if (letter != 'f' && letter != 'z' && letter != 'Z') out.append({'%', letter});
  }
  return out;
}

Value strftime_now(Globals& globals, const Arguments& arguments) {
  const Bound bound("strftime_now", arguments, {"format"}, 1);
  std::tm now{};
  const std::time_t seconds = std::time(nullptr);
  if (globals.now) {
    now = *globals.now;
  } else {
    localtime_r(&seconds, &now);
  }
  // An empty result and one that does not fit look alike, so it is never empty.
  const std::string format = without_zone(bound.text(0)) + ".";
  std::array<char, 4096> text{};
  const size_t size = std::strftime(text.data(), text.size(), format.c_str(), &now);
  if (size == 0) throw Fault{"a time of at most 4000 bytes", python_quoted(bound.text(0))};
  return make_text(globals.budget, repaired_utf8({text.data(), size - 1}));
}

}  // namespace

std::optional<Value> global_function(Globals& globals, const std::string& name) {
  struct Function {
    const char* name;
    Value (*call)(Globals&, const Arguments&);
  };
  static constexpr Function kFunctions[] = {{"range", range},
                                            {"dict", make_dict},
                                            {"namespace", make_namespace},
                                            {"raise_exception", raise},
                                            {"strftime_now", strftime_now}};
  for (const Function& function : kFunctions) {
    if (name != function.name) continue;
    return Value(std::shared_ptr<const Callable>(std::make_shared<const Callable>(
        Callable{.name = name, .call = [&globals, &function](const Arguments& arguments) {
                   return function.call(globals, arguments);
                 }})));
  }
  for (const char* other : {"lipsum", "cycler", "joiner", "self"}) {
    if (name == other) throw Fault{"functions that are supported", fmt::format("'{}'", name)};
  }
  return std::nullopt;
}

}  // namespace plumbline::text::jinja
