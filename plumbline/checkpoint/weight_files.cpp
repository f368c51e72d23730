#include "plumbline/checkpoint/weight_files.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/json_fields.h"
#include "plumbline/formats/torch_file.h"

namespace plumbline::checkpoint {
namespace {

constexpr const char* kNames[] = {"model.safetensors", "pytorch_model.bin"};
constexpr const char* kIndex = ".index.json";

// The arrays of a file of any class that has `arrays()`; they keep the file open.
template <class File>
std::shared_ptr<const formats::Arrays> arrays_of(File file) {
  const auto held = std::make_shared<const File>(std::move(file));
  return {held, &held->arrays()};
}

CheckpointError bad_index(const fs::path& index, const std::string& got) {
  return CheckpointError({.component = "checkpoint",
                          .doing = "reading the index of weights",
                          .expected = "a weight_map from names to files beside it",
                          .got = got,
                          .where = index.string()});
}

std::vector<WeightFile> open_shards(const fs::path& index) {
  const JsonFields fields = JsonFields::read(index.string());
  if (!fields.has("weight_map")) throw bad_index(index, "none");
  const JsonFields weight_map = fields.object("weight_map");
  std::map<std::string, std::set<std::string>> names_by_file;
  for (const auto& [name, value] : weight_map.raw().items()) {
    names_by_file[weight_map.text(name, "")].insert(name);
  }
  std::vector<WeightFile> shards;
  for (const auto& [file, names] : names_by_file) {
    if (file.empty() || fs::path(file).filename() != file) {
      throw bad_index(index, fmt::format("the file name '{}'", file));
    }
    shards.push_back(WeightFile::open(index.parent_path() / file));
    for (const std::string& name : names) {
      if (!shards.back().arrays().contains(name)) {
        throw bad_index(index, fmt::format("'{}', which {} does not hold", name, file));
      }
    }
  }
  return shards;
}

}  // namespace

WeightFile WeightFile::held(std::string path, std::shared_ptr<const formats::Arrays> arrays) {
  WeightFile file;
  file.path_ = std::move(path);
  file.arrays_ = std::move(arrays);
  return file;
}

// The one place that knows formats of weights in folders: a class with `arrays()` joins by a line
// here.
WeightFile WeightFile::open(const fs::path& path) {
  WeightFile file;
  file.path_ = path.string();
  if (path.extension() == ".safetensors") {
    file.arrays_ = arrays_of(formats::SafetensorsFile(file.path_));
    return file;
  }
  if (path.extension() == ".bin" || !path.has_extension()) {
    file.arrays_ = arrays_of(formats::TorchFile(file.path_));
    return file;
  }
  throw IoError({.component = "checkpoint",
                 .doing = "opening weights",
                 .expected = "a .safetensors or .bin file",
                 .got = path.filename().string(),
                 .where = file.path_});
}

std::vector<WeightFile> open_weights(const fs::path& folder) {
  for (const std::string name : kNames) {
    if (fs::exists(folder / name)) return {WeightFile::open(folder / name)};
    if (fs::exists(folder / (name + kIndex))) return open_shards(folder / (name + kIndex));
  }
  throw IoError({.component = "checkpoint",
                 .doing = "looking for weights",
                 .expected = fmt::format("{} or {}, or an index of either", kNames[0], kNames[1]),
                 .got = "neither",
                 .where = folder.string()});
}

std::vector<WeightFile> open_if_present(const fs::path& folder, const std::string& stem) {
  for (const char* end : {".safetensors", ".bin"}) {
    const fs::path path = folder / (stem + end);
    if (fs::exists(path)) return {WeightFile::open(path)};
  }
  return {};
}

}  // namespace plumbline::checkpoint
