// Python pickles as data: what they describe is recorded, nothing is imported or called.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::formats {

// One value; others are named by their index in Pickle::values.
struct PickleValue {
  enum class Kind {
    None,
    Bool,        // integer
    Integer,     // integer
    Real,        // real
    Text,        // text, UTF-8 unless the file lies
    Bytes,       // text
    Tuple,       // items
    List,        // items
    Dict,        // items: key, value, key, value, ... in the order written, duplicates and all
    Global,      // text: "module.name"
    Call,        // items: a Global and a Tuple of its arguments
    Persistent,  // items: the name by which the file's owner knows something outside the pickle
  };

  Kind kind = Kind::None;
  bool is_ordered = false;  // of a Dict: collections.OrderedDict
  int64_t integer = 0;
  double real = 0;
  std::string_view text = {};
  std::vector<uint32_t> items = {};
};

std::string_view kind_name(PickleValue::Kind kind);  // for messages: "a dict"

struct Pickle {
  std::vector<PickleValue> values;
  uint32_t root = 0;

  const PickleValue& operator[](uint32_t index) const { return values.at(index); }
};

// Reads a pickle of protocols 2 to 5. `globals` are those that it may mention, spelt "module.name",
// beside collections.OrderedDict; only these can be called, which yields a Call (an empty Dict, of
// OrderedDict). The state of an OrderedDict (torch's `_metadata`) is read and dropped. The result
// refers to `bytes` and `globals`.
// Throws DataError naming `where` and the byte: another global, an operation that state dicts do
// not need (objects, sets, buffers), an integer beyond 64 bits, more than 64 MiB, 2 million values
// or 64 open marks. Values refer to each other by index, so a file cannot make them larger than
// itself, and deep nesting costs no stack: whoever walks the result limits the depth.
// Source: Python's Lib/pickletools.py, the table of opcodes.
Pickle read_pickle(std::string_view bytes, std::span<const std::string_view> globals,
                   const std::string& where);

}  // namespace plumbline::formats
