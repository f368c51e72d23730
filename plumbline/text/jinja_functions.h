// The functions that every template may call.
#pragma once

#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

// What functions share during one rendering. Namespaces are the only values that can come to hold
// themselves, so all are kept here and emptied at the end.
struct Globals {
  Budget& budget;
  std::optional<std::tm> now;
  std::vector<std::shared_ptr<Namespace>> namespaces = {};

  explicit Globals(Budget& b, std::optional<std::tm> time) : budget(b), now(time) {}
  ~Globals() {
    for (const auto& space : namespaces) space->clear();
  }
  Globals(const Globals&) = delete;
  Globals& operator=(const Globals&) = delete;
};

// range, dict, namespace, raise_exception and strftime_now; nothing for other names. Throws Fault
// for functions of Jinja that are not supported. The result keeps `globals`.
std::optional<Value> global_function(Globals& globals, const std::string& name);

}  // namespace plumbline::text::jinja
