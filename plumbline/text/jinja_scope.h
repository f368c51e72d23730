// Where the names of a template live while it is rendered.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

// A loop's body, a macro or a block has its own names and sees those around it.
class Scope {
 public:
  explicit Scope(std::shared_ptr<const Scope> parent) : parent_(std::move(parent)) {}

  void set(const std::string& name, Value value) {
    for (auto& [known, old] : values_) {
      if (known == name) {
        old = std::move(value);
        return;
      }
    }
    values_.emplace_back(name, std::move(value));
  }

  // nullptr when nobody has set it.
  const Value* find(const std::string& name) const {
    for (const Scope* scope = this; scope; scope = scope->parent_.get()) {
      for (const auto& [known, value] : scope->values_) {
        if (known == name) return &value;
      }
    }
    return nullptr;
  }

 private:
  std::shared_ptr<const Scope> parent_;
  std::vector<std::pair<std::string, Value>> values_;
};

}  // namespace plumbline::text::jinja
