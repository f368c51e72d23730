#include "plumbline/checkpoint/tensors.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "plumbline/base/error.h"

namespace plumbline::checkpoint {
namespace {

using formats::ArrayView;
using formats::Dtype;

constexpr std::pair<Dtype, at::ScalarType> kTypes[] = {
    {Dtype::F64, at::kDouble},    {Dtype::F32, at::kFloat}, {Dtype::F16, at::kHalf},
    {Dtype::BF16, at::kBFloat16}, {Dtype::I64, at::kLong},  {Dtype::I32, at::kInt},
    {Dtype::I16, at::kShort},     {Dtype::I8, at::kChar},   {Dtype::U8, at::kByte},
    {Dtype::Bool, at::kBool}};

at::ScalarType torch_type(Dtype dtype) {
  for (const auto& [ours, torchs] : kTypes) {
    if (ours == dtype) return torchs;
  }
  throw InternalError("unknown dtype");
}

Dtype file_type(const std::string& name, at::ScalarType type) {
  for (const auto& [ours, torchs] : kTypes) {
    if (torchs == type) return ours;
  }
  throw InternalError(
      fmt::format("'{}' has a type that cannot be saved: {}", name, toString(type)));
}

// The array in memory of its own. Files of others may hold it unaligned, so bytes are copied.
at::Tensor copy_of(const ArrayView& array) {
  at::Tensor tensor = at::empty(array.shape, torch_type(array.dtype));
  if (array.size > 0) std::memcpy(tensor.data_ptr(), array.data, array.size);
  return tensor;
}

std::string listed(const std::vector<std::string>& items) {
  constexpr size_t kShown = 10;
  const size_t shown = std::min(items.size(), kShown);
  std::string text = fmt::format(
      "{}", fmt::join(items.begin(), items.begin() + static_cast<ptrdiff_t>(shown), ", "));
  if (items.size() > shown) text += fmt::format(" and {} more", items.size() - shown);
  return text;
}

// Empty when the array's values can be copied into the tensor.
std::string difference(const std::string& name, const at::Tensor& tensor, const ArrayView& array) {
  if (tensor.sizes() != at::IntArrayRef(array.shape)) {
    return fmt::format("'{}' expected [{}], got [{}]", name, fmt::join(tensor.sizes(), ", "),
                       fmt::join(array.shape, ", "));
  }
  // Integers where weights belong are quantised and mean something else.
  const at::ScalarType type = torch_type(array.dtype);
  const bool fits =
      tensor.is_floating_point() ? at::isFloatingType(type) : tensor.scalar_type() == type;
  return fits ? std::string()
              : fmt::format("'{}' expected {}, got {}", name, toString(tensor.scalar_type()),
                            formats::dtype_name(array.dtype));
}

void check_fit(const nn::Parameters& into, const formats::Arrays& from, const std::string& where,
               const std::string& hint) {
  std::vector<std::string> missing, unexpected, different;
  for (const auto& [name, tensor] : into) {
    const auto found = from.find(name);
    if (found == from.end()) {
      missing.push_back(name);
    } else if (const std::string text = difference(name, tensor, found->second); !text.empty()) {
      different.push_back(text);
    }
  }
  for (const auto& [name, array] : from) {
    if (!into.contains(name)) unexpected.push_back(name);
  }
  std::vector<std::string> parts;
  if (!missing.empty()) parts.push_back("missing " + listed(missing));
  if (!unexpected.empty()) parts.push_back("unexpected " + listed(unexpected));
  if (!different.empty()) parts.push_back(listed(different));
  if (parts.empty()) return;
  throw CheckpointError({.component = "checkpoint",
                         .doing = "comparing tensors with the model",
                         .got = fmt::format("{}", fmt::join(parts, "; ")),
                         .where = where,
                         .hint = hint});
}

}  // namespace

std::map<std::string, at::Tensor> load_tensors(const std::string& path) {
  const formats::SafetensorsFile file(path);
  std::map<std::string, at::Tensor> tensors;
  for (const auto& [name, array] : file.arrays()) tensors[name] = copy_of(array);
  return tensors;
}

void save_tensors(const std::string& path, const std::map<std::string, at::Tensor>& tensors) {
  std::vector<at::Tensor> held;
  formats::Arrays arrays;
  for (const auto& [name, tensor] : tensors) {
    // No copy for what already lies contiguous on the CPU.
    const at::Tensor host = tensor.detach().to(at::kCPU).contiguous();
    held.push_back(host);
    arrays[name] = {.dtype = file_type(name, host.scalar_type()),
                    .shape = host.sizes().vec(),
                    .data = static_cast<const std::byte*>(host.const_data_ptr()),
                    .size = static_cast<size_t>(host.nbytes())};
  }
  formats::write_safetensors(path, arrays);
}

void restore(const nn::Parameters& into, const fs::path& file) {
  const formats::SafetensorsFile source(file.string());
  restore(into, source.arrays(), file.string(),
          "the file belongs to a model or adapter of another shape.");
}

void restore(const nn::Parameters& into, const formats::Arrays& from, const std::string& where,
             const std::string& hint) {
  check_fit(into, from, where, hint);
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : into) at::Tensor(tensor).copy_(copy_of(from.at(name)));
}

}  // namespace plumbline::checkpoint
