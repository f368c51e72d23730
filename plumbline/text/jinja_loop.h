// The state of a `for` loop, which its body sees as `loop`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

class Loop : public Object, public std::enable_shared_from_this<Loop> {
 public:
  // `size` when it is known without reading the items.
  Loop(Budget& budget, std::shared_ptr<Iterator> items, std::optional<int64_t> size);

  // The next item; nothing at the end.
  std::optional<Value> advance();
  // Forgets the items, which could hold this very loop. Called when the loop is left.
  void finish();

  // index, index0, first, last, length, revindex, revindex0, previtem, nextitem, depth, depth0,
  // cycle and changed. `last` and `nextitem` read one item ahead, `length` all of them.
  std::optional<Value> attribute(const std::string& name) override;
  std::string type_name() const override { return "LoopContext"; }
  std::string text() override;
  int nesting() const override { return nesting_; }

 private:
  int64_t size();
  const std::optional<Value>& ahead();
  Value method(const char* name, Value (Loop::*call)(const Arguments&));
  Value cycle(const Arguments& arguments);
  Value changed(const Arguments& arguments);

  Budget& budget_;
  std::shared_ptr<Iterator> items_;
  std::optional<int64_t> size_;
  int nesting_;
  int64_t index_ = -1;  // from 0
  std::optional<Value> ahead_, current_, before_;
  std::optional<std::vector<Value>> last_values_;  // that `changed` was called with
};

}  // namespace plumbline::text::jinja
