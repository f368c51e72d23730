// State dicts as PyTorch's torch.save writes them (.bin, .pt, .pth).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plumbline/base/file_view.h"
#include "plumbline/formats/arrays.h"

namespace plumbline::formats {

// A flat dict from names to tensors or parameters, of any device. Nothing in the file is executed.
// Arrays lie in the mapped file, tensors that share a storage in the same bytes; those that are not
// contiguous (transposed, strided, expanded) are copies. Both stay valid while this object or a
// copy lives. Cheap to copy, immutable, safe to share between threads.
//
// Throws IoError when the file cannot be read, and DataError naming file and reason for:
//   - files written before PyTorch 1.6, which are not zip archives, or on big-endian machines
//   - anything but tensors in the dict, a dict inside ("state_dict", "model") and optimiser states
//   - element types without an entry in Dtype, and all globals that plain state dicts do not need
//   - sizes, strides and offsets that leave their storage; copies of more than four times the
//     file's size plus 1 MiB
// Source: torch/serialization.py (_save) and torch/_utils.py (_rebuild_tensor_v2,
// _rebuild_parameter) of PyTorch 2.13.
class TorchFile {
 public:
  explicit TorchFile(const std::string& path);
  explicit TorchFile(const FileView& file);

  const std::string& path() const { return file_.name(); }
  const Arrays& arrays() const { return arrays_; }

 private:
  FileView file_;
  std::vector<std::shared_ptr<const std::byte[]>> copies_;
  Arrays arrays_;
};

}  // namespace plumbline::formats
