// Typed reading of a JSON object, with errors that name file and field. Torch-free.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace plumbline::checkpoint {

// The fields of one object. A field that is absent or null has the fallback's value; a field of
// another type throws CheckpointError.
class JsonFields {
 public:
  // `path` names the object in errors: "" or "text_config.". Throws CheckpointError when `object`
  // is not an object.
  JsonFields(nlohmann::json object, std::string where, std::string path = {});

  // Reads and parses a file. Throws IoError, or CheckpointError when it is not JSON.
  static JsonFields read(const std::string& file);

  bool has(const std::string& name) const;
  // Whether the field says null, which for some fields is not the same as being absent.
  bool is_null(const std::string& name) const;
  int64_t integer(const std::string& name, int64_t fallback) const;
  double number(const std::string& name, double fallback) const;
  bool flag(const std::string& name, bool fallback) const;
  std::string text(const std::string& name, const std::string& fallback) const;
  // The object in a field; without fields when absent.
  JsonFields object(const std::string& name) const;

  // Throws CheckpointError when the text is something else; absent is fine.
  void require_text(const std::string& name, const std::string& expected) const;
  // The same for a truth value.
  void require_flag(const std::string& name, bool expected) const;

  const nlohmann::json& raw() const { return object_; }
  const std::string& where() const { return where_; }
  // Throws CheckpointError about a field.
  [[noreturn]] void fail(const std::string& name, const std::string& expected) const;

 private:
  const nlohmann::json& at(const std::string& name) const { return object_.at(name); }

  nlohmann::json object_;
  std::string where_;
  std::string path_;
};

}  // namespace plumbline::checkpoint
