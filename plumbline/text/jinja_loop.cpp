#include "plumbline/text/jinja_loop.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/text/jinja_operators.h"

namespace plumbline::text::jinja {

Loop::Loop(Budget& budget, std::shared_ptr<Iterator> items, std::optional<int64_t> size)
    : budget_(budget), items_(std::move(items)), size_(size), nesting_(items_->nesting() + 1) {
  budget.check_nesting(nesting_);
}

std::optional<Value> Loop::advance() {
  std::optional<Value> item = ahead_ ? std::exchange(ahead_, std::nullopt) : items_->next();
  if (!item) return std::nullopt;
  ++index_;
  before_ = std::exchange(current_, item);
  return item;
}

void Loop::finish() {
  items_ = nullptr;
  ahead_ = current_ = before_ = std::nullopt;
  last_values_ = std::nullopt;
}

const std::optional<Value>& Loop::ahead() {
  if (!ahead_ && items_) ahead_ = items_->next();
  return ahead_;
}

int64_t Loop::size() {
  if (size_) return *size_;
  std::vector<Value> rest;
  while (items_) {
    auto item = items_->next();
    if (!item) break;
    rest.push_back(std::move(*item));
  }
  size_ = index_ + 1 + (ahead_ ? 1 : 0) + std::ssize(rest);
  items_ = iterate(budget_, make_list(budget_, std::move(rest)));
  return *size_;
}

std::optional<Value> Loop::attribute(const std::string& name) {
  if (name == "index") return index_ + 1;
  if (name == "index0") return index_;
  if (name == "first") return index_ == 0;
  if (name == "last") return !ahead();
  if (name == "length") return size();
  if (name == "revindex") return size() - index_;
  if (name == "revindex0") return size() - index_ - 1;
  if (name == "depth") return int64_t{1};
  if (name == "depth0") return int64_t{0};
  if (name == "previtem")
    return index_ > 0 && before_ ? *before_ : Value::undefined("the item before the first");
  if (name == "nextitem") return ahead() ? *ahead() : Value::undefined("the item after the last");
  if (name == "cycle") return method("cycle", &Loop::cycle);
  if (name == "changed") return method("changed", &Loop::changed);
  return std::nullopt;
}

std::string Loop::text() { return fmt::format("<LoopContext {}/{}>", index_ + 1, size()); }

Value Loop::method(const char* name, Value (Loop::*call)(const Arguments&)) {
  return std::shared_ptr<const Callable>(std::make_shared<const Callable>(
      Callable{.name = name,
               .nesting = nesting_ + 1,
               .call = [self = shared_from_this(), call](const Arguments& a) {
                 if (!a.named.empty()) throw Fault{"unnamed arguments", a.named.front().first};
                 return (self.get()->*call)(a);
               }}));
}

Value Loop::cycle(const Arguments& arguments) {
  const auto& values = arguments.positional;
  if (values.empty()) throw Fault{"values to cycle through", "none"};
  return values[static_cast<size_t>(std::max<int64_t>(index_, 0) % std::ssize(values))];
}

Value Loop::changed(const Arguments& arguments) {
  const Value now = make_tuple(budget_, arguments.positional);
  if (last_values_ && equal(budget_, make_tuple(budget_, *last_values_), now)) return false;
  last_values_ = arguments.positional;
  return true;
}

}  // namespace plumbline::text::jinja
