// Making JSON values of a parser's events.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace plumbline {

// One value after the other, each without the members that are left out.
class JsonBuilder {
 public:
  // Deeper levels would be refused by their caller: destroying them could end the process.
  static constexpr size_t kDeepest = 64;

  // The next value is a member of this name; left out, it takes no memory.
  void key(std::string name, bool is_left_out = false);
  // A value that is no list and no object; whether what was begun is whole with it.
  bool scalar(nlohmann::json value);
  // An empty list or object begins.
  void open(nlohmann::json value);
  // The innermost one ends; whether what was begun is whole with it.
  bool close();

  // Lists and objects around the parser's place, those left out among them.
  size_t depth() const { return open_.size() + num_left_out_; }
  // The value that is whole.
  nlohmann::json take() { return std::move(root_); }

 private:
  bool is_left_out();
  nlohmann::json& placed(nlohmann::json value);

  nlohmann::json root_;
  // Only the last of those grows, so all stay where they are.
  std::vector<nlohmann::json*> open_;
  std::string key_;
  bool is_next_left_out_ = false;
  size_t num_left_out_ = 0;  // lists and objects around the parser's place that are left out
};

}  // namespace plumbline
