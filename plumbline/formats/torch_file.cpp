#include "plumbline/formats/torch_file.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/formats/pickle.h"
#include "plumbline/formats/strided.h"
#include "plumbline/formats/zip_archive.h"

namespace plumbline::formats {
namespace {

using Kind = PickleValue::Kind;
using Copies = std::vector<std::shared_ptr<const std::byte[]>>;

constexpr std::string_view kRebuildTensor = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view kRebuildParameter = "torch._utils._rebuild_parameter";
constexpr std::string_view kSize = "torch.Size";
constexpr size_t kMaxDimensions = 64;  // torch's own limit
constexpr uint64_t kMoreCopies = 1 << 20;

constexpr std::array<std::pair<std::string_view, Dtype>, 10> kStorages = {{
    {"torch.DoubleStorage", Dtype::F64},
    {"torch.LongStorage", Dtype::I64},
    {"torch.FloatStorage", Dtype::F32},
    {"torch.IntStorage", Dtype::I32},
    {"torch.HalfStorage", Dtype::F16},
    {"torch.BFloat16Storage", Dtype::BF16},
    {"torch.ShortStorage", Dtype::I16},
    {"torch.CharStorage", Dtype::I8},
    {"torch.ByteStorage", Dtype::U8},
    {"torch.BoolStorage", Dtype::Bool},
}};

std::vector<std::string_view> known_globals() {
  std::vector<std::string_view> names = {kRebuildTensor, kRebuildParameter, kSize};
  for (const auto& [name, dtype] : kStorages) names.push_back(name);
  return names;
}

std::optional<Dtype> storage_dtype(std::string_view global) {
  for (const auto& [name, dtype] : kStorages) {
    if (name == global) return dtype;
  }
  return std::nullopt;
}

DataError bad_file(const std::string& where, const std::string& expected, const std::string& got,
                   const std::string& hint = "the file is damaged or of another format.") {
  return DataError({.component = "torch file",
                    .doing = "reading",
                    .expected = expected,
                    .got = got,
                    .where = where,
                    .hint = hint});
}

// Before 1.6 torch.save wrote several pickles in a row, the first a number that marks such files.
void refuse_old_files(const FileView& file) {
  if (!file.bytes().starts_with("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.")) return;
  throw bad_file(file.name(), "a zip archive", "a file in the layout before PyTorch 1.6",
                 "load it with a PyTorch you trust it to and torch.save it again.");
}

struct Storage {
  Dtype dtype = Dtype::F32;
  std::string_view bytes;
};

// Turns the values of data.pkl into arrays on the entries of the archive.
class StateDict {
 public:
  StateDict(const FileView& file, const ZipArchive& archive)
      : where_(file.name()),
        entries_(archive.entries()),
        root_(find_root()),
        copies_left_(4 * file.bytes().size() + kMoreCopies) {
    check_byte_order();
    static const std::vector<std::string_view> globals = known_globals();
    pickle_ = read_pickle(entries_.at(root_ + "data.pkl"), globals, where_ + ", data.pkl");
  }

  // Non-contiguous tensors go to `copies`.
  Arrays read(Copies& copies) {
    const PickleValue& dict = pickle_[pickle_.root];
    if (dict.kind != Kind::Dict) fail("a dict of tensors", describe(dict));
    Arrays arrays;
    for (size_t i = 0; i < dict.items.size(); i += 2) {
      const PickleValue& key = pickle_[dict.items[i]];
      if (key.kind != Kind::Text) fail("names as keys", describe(key));
      name_ = key.text;
      if (!arrays.emplace(name_, tensor(pickle_[dict.items[i + 1]], copies)).second) {
        fail("each name once", fmt::format("'{}' twice", name_));
      }
    }
    return arrays;
  }

 private:
  // The folder, with a slash, in which the one data.pkl lies.
  std::string find_root() const {
    std::optional<std::string> root;
    for (const auto& [name, bytes] : entries_) {
      const size_t slash = name.find('/');
      if (slash == std::string::npos || name.substr(slash + 1) != "data.pkl") continue;
      if (root) fail("one data.pkl", "several");
      root = name.substr(0, slash + 1);
    }
    if (!root) fail("an archive of torch.save", "no data.pkl in a folder");
    return *root;
  }

  void check_byte_order() const {
    const auto found = entries_.find(root_ + "byteorder");
    if (found == entries_.end() || found->second == "little") return;
    fail("little-endian numbers", fmt::format("byteorder '{}'", found->second.substr(0, 16)));
  }

  ArrayView tensor(const PickleValue& value, Copies& copies) {
    const PickleValue* call = &value;
    if (is_call(*call, kRebuildParameter)) {
      const auto& arguments = pickle_[call->items[1]].items;
      if (arguments.size() != 3) fail("3 parts of a parameter", arguments.size());
      call = &pickle_[arguments[0]];
    }
    if (!is_call(*call, kRebuildTensor)) {
      throw bad_file(where_, fmt::format("a tensor as '{}'", name_), describe(value),
                     "save the state dict alone: torch.save(model.state_dict(), path).");
    }
    const auto& arguments = pickle_[call->items[1]].items;
    if (arguments.size() < 6 || arguments.size() > 7) fail("6 parts of a tensor", arguments.size());
    const Storage from = storage(pickle_[arguments[0]]);
    const Strided layout = {.offset = integer(pickle_[arguments[1]]),
                            .shape = integers(pickle_[arguments[2]]),
                            .strides = integers(pickle_[arguments[3]])};
    return array(from, layout, copies);
  }

  ArrayView array(const Storage& from, const Strided& layout, Copies& copies) {
    const size_t element_size = dtype_size(from.dtype);
    const uint64_t available = from.bytes.size() / element_size;
    const std::optional<int64_t> needed = extent(layout);
    const std::optional<uint64_t> size = needed ? bytes_needed(from.dtype, layout.shape) : 0;
    if (!needed || !size || static_cast<uint64_t>(*needed) > available) {
      fail(fmt::format("a storage of {} elements around '{}'", available, name_),
           fmt::format("offset {}, shape [{}], strides [{}]", layout.offset,
                       fmt::join(layout.shape, ", "), fmt::join(layout.strides, ", ")));
    }
    ArrayView result = {.dtype = from.dtype, .shape = layout.shape, .size = *size};
    const auto* storage = reinterpret_cast<const std::byte*>(from.bytes.data());
    if (is_contiguous(layout)) {
      result.data = *size == 0 ? storage : storage + layout.offset * element_size;
      return result;
    }
    if (*size > copies_left_) {
      fail(fmt::format("at most {} more bytes of copies", copies_left_),
           fmt::format("'{}' of {} bytes, which is not contiguous", name_, *size));
    }
    copies_left_ -= *size;
    const auto copy = std::make_shared_for_overwrite<std::byte[]>(*size);
    copy_rows(layout, element_size, storage, copy.get());
    result.data = copy.get();
    copies.push_back(copy);
    return result;
  }

  // ('storage', torch.FloatStorage, key, device, number of elements)
  Storage storage(const PickleValue& value) const {
    if (value.kind != Kind::Persistent) fail("a storage", describe(value));
    const PickleValue& id = pickle_[value.items[0]];
    if (id.kind != Kind::Tuple || id.items.size() != 5) fail("5 parts of a storage", describe(id));
    const PickleValue& type = pickle_[id.items[1]];
    const PickleValue& key = pickle_[id.items[2]];
    const std::optional<Dtype> dtype = storage_dtype(type.text);
    if (pickle_[id.items[0]].text != "storage" || type.kind != Kind::Global || !dtype) {
      fail("the type of a storage", describe(type));
    }
    const auto entry = entries_.find(fmt::format("{}data/{}", root_, key.text));
    if (key.kind != Kind::Text || entry == entries_.end()) {
      fail("data of each storage", fmt::format("none of '{}'", key.text));
    }
    const int64_t count = integer(pickle_[id.items[4]]);
    const std::optional<uint64_t> size = count < 0 ? std::nullopt : bytes_needed(*dtype, {count});
    if (size != entry->second.size()) {
      fail(fmt::format("{} elements of {} in storage '{}'", count, dtype_name(*dtype), key.text),
           fmt::format("{} bytes", entry->second.size()));
    }
    return {*dtype, entry->second};
  }

  int64_t integer(const PickleValue& value) const {
    if (value.kind != Kind::Integer) fail("an integer", describe(value));
    return value.integer;
  }

  // A tuple of integers, or torch.Size of one.
  std::vector<int64_t> integers(const PickleValue& value) const {
    const PickleValue* tuple = &value;
    if (is_call(value, kSize) && pickle_[value.items[1]].items.size() == 1) {
      tuple = &pickle_[pickle_[value.items[1]].items[0]];
    }
    if (tuple->kind != Kind::Tuple) fail("a tuple of integers", describe(*tuple));
    if (tuple->items.size() > kMaxDimensions) fail("at most 64 dimensions", tuple->items.size());
    std::vector<int64_t> result;
    for (const uint32_t item : tuple->items) result.push_back(integer(pickle_[item]));
    return result;
  }

  bool is_call(const PickleValue& value, std::string_view global) const {
    return value.kind == Kind::Call && pickle_[value.items[0]].text == global;
  }

  std::string describe(const PickleValue& value) const {
    if (value.kind == Kind::Call) return fmt::format("a {}", pickle_[value.items[0]].text);
    if (value.kind == Kind::Global) return std::string(value.text);
    return std::string(kind_name(value.kind));
  }

  [[noreturn]] void fail(const std::string& expected, const std::string& got) const {
    throw bad_file(where_, expected, got);
  }
  [[noreturn]] void fail(const std::string& expected, size_t got) const {
    fail(expected, fmt::format("{}", got));
  }

  std::string where_;
  const ZipArchive::Entries& entries_;
  std::string root_;
  uint64_t copies_left_;
  Pickle pickle_;
  std::string name_;  // of the tensor being read
};

}  // namespace

TorchFile::TorchFile(const std::string& path) : TorchFile(FileView(path)) {}

TorchFile::TorchFile(const FileView& file) : file_(file) {
  refuse_old_files(file_);
  const ZipArchive archive(file_);
  arrays_ = StateDict(file_, archive).read(copies_);
}

}  // namespace plumbline::formats
