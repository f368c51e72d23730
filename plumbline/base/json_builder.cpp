#include "plumbline/base/json_builder.h"

#include <utility>

namespace plumbline {

using nlohmann::json;

void JsonBuilder::key(std::string name, bool is_left_out) {
  if (num_left_out_ > 0) return;
  is_next_left_out_ = is_left_out;
  key_ = std::move(name);
}

bool JsonBuilder::scalar(json value) {
  if (is_left_out()) return false;
  placed(std::move(value));
  return open_.empty();
}

void JsonBuilder::open(json value) {
  if (is_left_out()) {
    ++num_left_out_;
  } else {
    open_.push_back(&placed(std::move(value)));
  }
}

bool JsonBuilder::close() {
  if (num_left_out_ > 0) {
    --num_left_out_;
    return false;
  }
  open_.pop_back();
  return open_.empty();
}

bool JsonBuilder::is_left_out() {
  return num_left_out_ > 0 || std::exchange(is_next_left_out_, false);
}

json& JsonBuilder::placed(json value) {
  if (open_.empty()) return root_ = std::move(value);
  json& parent = *open_.back();
  if (parent.is_object()) return parent[key_] = std::move(value);
  parent.push_back(std::move(value));
  return parent.back();
}

}  // namespace plumbline
