#include "plumbline/formats/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <unordered_map>
#include <utility>

#include "plumbline/formats/byte_reader.h"
#include "plumbline/formats/pickle_opcodes.h"

namespace plumbline::formats {
namespace {

using Kind = PickleValue::Kind;

constexpr size_t kMaxBytes = 64 << 20;
constexpr size_t kMaxValues = 2'000'000;  // 64 bytes each
constexpr size_t kMaxMarks = 64;
constexpr size_t kMaxLine = 256;
constexpr std::string_view kOrderedDict = "collections.OrderedDict";

// The machine that a pickle is a program for: a stack, marks on it, and a memo.
class Reader {
 public:
  Reader(std::string_view bytes, std::span<const std::string_view> globals,
         const std::string& where)
      : in_(bytes, "pickle", where), globals_(globals) {}

  Pickle read() {
    if (in_.rest() > kMaxBytes) {
      in_.fail(fmt::format("{}", in_.rest()), fmt::format("at most {} bytes", kMaxBytes));
    }
    if (in_.rest() == 0 || in_.number<uint8_t>() != kProto) in_.fail("no protocol", "a pickle");
    check_protocol();
    for (;;) {
      const auto opcode = in_.number<uint8_t>();
      if (opcode == kStop) break;
      const bool is_known =
          scalar(opcode) || text(opcode) || container(opcode) || memory(opcode) || foreign(opcode);
      if (!is_known) in_.fail(fmt::format("operation {:#04x}", opcode), "those of a state dict");
    }
    pickle_.root = pop();
    return std::move(pickle_);
  }

 private:
  void check_protocol() {
    const auto protocol = in_.number<uint8_t>();
    if (protocol < 2 || protocol > 5) in_.fail(fmt::format("{}", protocol), "protocol 2 to 5");
  }

  // Numbers and other single values.
  bool scalar(uint8_t opcode) {
    switch (opcode) {
      case kNone:
        push({});
        return true;
      case kNewTrue:
      case kNewFalse:
        push({.kind = Kind::Bool, .integer = opcode == kNewTrue});
        return true;
      case kBinInt:
        push_integer(in_.number<int32_t>());
        return true;
      case kBinInt1:
        push_integer(in_.number<uint8_t>());
        return true;
      case kBinInt2:
        push_integer(in_.number<uint16_t>());
        return true;
      case kLong1:
        push_integer(long_integer(in_.number<uint8_t>()));
        return true;
      case kLong4:
        push_integer(long_integer(in_.number<uint32_t>()));
        return true;
      case kBinFloat:  // the one big-endian number
        push({.kind = Kind::Real,
              .real = std::bit_cast<double>(__builtin_bswap64(in_.number<uint64_t>()))});
        return true;
      default:
        return false;
    }
  }

  bool text(uint8_t opcode) {
    switch (opcode) {
      case kShortBinUnicode:
      case kShortBinString:
        push({.kind = Kind::Text, .text = in_.take(in_.number<uint8_t>())});
        return true;
      case kBinUnicode:
      case kBinString:
        push({.kind = Kind::Text, .text = in_.take(in_.number<uint32_t>())});
        return true;
      case kBinUnicode8:
        push({.kind = Kind::Text, .text = in_.take(in_.number<uint64_t>())});
        return true;
      case kShortBinBytes:
        push({.kind = Kind::Bytes, .text = in_.take(in_.number<uint8_t>())});
        return true;
      case kBinBytes:
        push({.kind = Kind::Bytes, .text = in_.take(in_.number<uint32_t>())});
        return true;
      case kBinBytes8:
        push({.kind = Kind::Bytes, .text = in_.take(in_.number<uint64_t>())});
        return true;
      default:
        return false;
    }
  }

  bool container(uint8_t opcode) {
    switch (opcode) {
      case kEmptyTuple:
        push({.kind = Kind::Tuple});
        return true;
      case kEmptyList:
        push({.kind = Kind::List});
        return true;
      case kEmptyDict:
        push({.kind = Kind::Dict});
        return true;
      case kTuple:
        push({.kind = Kind::Tuple, .items = pop_marked()});
        return true;
      case kTuple1:
      case kTuple2:
      case kTuple3:
        push({.kind = Kind::Tuple, .items = pop_many(1 + opcode - kTuple1)});
        return true;
      case kList:
        push({.kind = Kind::List, .items = pop_marked()});
        return true;
      case kDict:
        push({.kind = Kind::Dict});
        add(Kind::Dict, pop_marked_below_top());
        return true;
      case kAppend:
        add(Kind::List, pop_many(1));
        return true;
      case kAppends:
        add(Kind::List, pop_marked());
        return true;
      case kSetItem:
        add(Kind::Dict, pop_many(2));
        return true;
      case kSetItems:
        add(Kind::Dict, pop_marked());
        return true;
      default:
        return false;
    }
  }

  // The stack itself and the memo.
  bool memory(uint8_t opcode) {
    switch (opcode) {
      case kMark:
        if (marks_.size() == kMaxMarks)
          in_.fail("deeper nesting", fmt::format("{} marks", kMaxMarks));
        marks_.push_back(stack_.size());
        return true;
      case kPop:
        pop();
        return true;
      case kPopMark:
        pop_marked();
        return true;
      case kDup:
        stack_.push_back(top());
        return true;
      case kPut:
        memo_[line_number()] = top();
        return true;
      case kBinPut:
        memo_[in_.number<uint8_t>()] = top();
        return true;
      case kLongBinPut:
        memo_[in_.number<uint32_t>()] = top();
        return true;
      case kMemoize:
        memo_[static_cast<uint32_t>(memo_.size())] = top();
        return true;
      case kGet:
        recall(line_number());
        return true;
      case kBinGet:
        recall(in_.number<uint8_t>());
        return true;
      case kLongBinGet:
        recall(in_.number<uint32_t>());
        return true;
      case kProto:
        check_protocol();
        return true;
      case kFrame: {
        const auto size = in_.number<uint64_t>();
        if (size > in_.rest()) in_.fail(fmt::format("a frame of {} bytes", size));
        return true;
      }
      default:
        return false;
    }
  }

  // What would reach outside of the pickle.
  bool foreign(uint8_t opcode) {
    switch (opcode) {
      case kGlobal: {
        const std::string module(line());
        push_global(module + "." + std::string(line()));
        return true;
      }
      case kStackGlobal: {
        const std::vector<uint32_t> names = pop_many(2);
        push_global(fmt::format("{}.{}", text_of(names[0]), text_of(names[1])));
        return true;
      }
      case kReduce:
        reduce();
        return true;
      case kBuild:
        pop();
        if (!pickle_[top()].is_ordered) {
          in_.fail(fmt::format("one for {}", kind_name(pickle_[top()].kind)),
                   "a state for an OrderedDict");
        }
        return true;
      case kBinPersId:
        push({.kind = Kind::Persistent, .items = pop_many(1)});
        return true;
      default:
        return false;
    }
  }

  void reduce() {
    const std::vector<uint32_t> call = pop_many(2);
    const PickleValue& callable = pickle_[call[0]];
    const PickleValue& arguments = pickle_[call[1]];
    if (callable.kind != Kind::Global || arguments.kind != Kind::Tuple) {
      in_.fail(fmt::format("{} and {}", kind_name(callable.kind), kind_name(arguments.kind)),
               "a known function and a tuple of arguments");
    }
    if (callable.text != kOrderedDict) return push({.kind = Kind::Call, .items = call});
    if (!arguments.items.empty()) in_.fail("an OrderedDict with arguments");
    push({.kind = Kind::Dict, .is_ordered = true});
  }

  void push_global(const std::string& name) {
    if (name == kOrderedDict) return push({.kind = Kind::Global, .text = kOrderedDict});
    const auto known = std::find(globals_.begin(), globals_.end(), name);
    if (known == globals_.end()) in_.fail(fmt::format("'{}'", name), "only globals of state dicts");
    push({.kind = Kind::Global, .text = *known});
  }

  std::string_view text_of(uint32_t index) const {
    const PickleValue& value = pickle_[index];
    if (value.kind != Kind::Text) in_.fail(std::string(kind_name(value.kind)), "a name");
    return value.text;
  }

  int64_t long_integer(uint64_t size) {
    if (size > sizeof(int64_t)) in_.fail(fmt::format("an integer of {} bytes", size));
    uint64_t value = 0;
    for (uint64_t i = 0; i < size; ++i) value |= uint64_t{in_.number<uint8_t>()} << (8 * i);
    const uint64_t unused = 64 - 8 * size;  // these bits repeat the sign
    return size == 0 ? 0 : static_cast<int64_t>(value << unused) >> unused;
  }

  // Up to the next line break, without it.
  std::string_view line() {
    const uint64_t begin = in_.position();
    for (size_t size = 0; size <= kMaxLine; ++size) {
      if (in_.take(1) != "\n") continue;
      in_.seek(begin);
      const std::string_view result = in_.take(size);
      in_.take(1);
      return result;
    }
    in_.fail("a longer one", fmt::format("a line of at most {} bytes", kMaxLine));
  }

  uint32_t line_number() {
    const std::string_view digits = line();
    uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      in_.fail(fmt::format("'{}'", digits), "a number");
    }
    return value;
  }

  void push(PickleValue value) {
    if (pickle_.values.size() == kMaxValues) {
      in_.fail("more", fmt::format("at most {} values", kMaxValues));
    }
    stack_.push_back(static_cast<uint32_t>(pickle_.values.size()));
    pickle_.values.push_back(std::move(value));
  }
  void push_integer(int64_t value) { push({.kind = Kind::Integer, .integer = value}); }

  void recall(uint32_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) in_.fail(fmt::format("memo {}, which is not set", key));
    stack_.push_back(found->second);
  }

  // A mark hides what lies below it.
  size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  uint32_t top() const {
    if (stack_.size() <= floor()) in_.fail("an empty stack");
    return stack_.back();
  }
  uint32_t pop() {
    const uint32_t index = top();
    stack_.pop_back();
    return index;
  }
  std::vector<uint32_t> pop_many(size_t count) {
    if (stack_.size() - floor() < count) in_.fail("an empty stack");
    std::vector<uint32_t> items(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return items;
  }
  std::vector<uint32_t> pop_marked() {
    if (marks_.empty()) in_.fail("no mark");
    std::vector<uint32_t> items = pop_many(stack_.size() - marks_.back());
    marks_.pop_back();
    return items;
  }
  // The same for what lies under the newest value, which stays.
  std::vector<uint32_t> pop_marked_below_top() {
    const uint32_t newest = pop();
    std::vector<uint32_t> items = pop_marked();
    stack_.push_back(newest);
    return items;
  }

  // Adds to the list or dict on top.
  void add(Kind kind, const std::vector<uint32_t>& items) {
    PickleValue& target = pickle_.values[top()];
    if (target.kind != kind) {
      in_.fail(std::string(kind_name(target.kind)), std::string(kind_name(kind)));
    }
    if (kind == Kind::Dict && items.size() % 2 != 0) in_.fail("a key without a value");
    target.items.insert(target.items.end(), items.begin(), items.end());
  }

  ByteReader in_;
  std::span<const std::string_view> globals_;
  Pickle pickle_;
  std::vector<uint32_t> stack_;
  std::vector<size_t> marks_;  // sizes of the stack below
  std::unordered_map<uint32_t, uint32_t> memo_;
};

}  // namespace

std::string_view kind_name(PickleValue::Kind kind) {
  switch (kind) {
    case Kind::None:
      return "None";
    case Kind::Bool:
      return "a truth value";
    case Kind::Integer:
      return "an integer";
    case Kind::Real:
      return "a number";
    case Kind::Text:
      return "a string";
    case Kind::Bytes:
      return "bytes";
    case Kind::Tuple:
      return "a tuple";
    case Kind::List:
      return "a list";
    case Kind::Dict:
      return "a dict";
    case Kind::Global:
      return "a name of Python";
    case Kind::Call:
      return "an object";
    case Kind::Persistent:
      return "a storage";
  }
  return "something else";
}

Pickle read_pickle(std::string_view bytes, std::span<const std::string_view> globals,
                   const std::string& where) {
  return Reader(bytes, globals, where).read();
}

}  // namespace plumbline::formats
