#include "plumbline/engine/feature_cache.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plumbline/base/content_hash.h"
#include "plumbline/base/error.h"
#include "plumbline/base/log.h"
#include "plumbline/checkpoint/tensors.h"

namespace plumbline::engine {
namespace {

constexpr const char* kName = "features";

void add_tensor(ContentHash& hash, const std::string& name, const at::Tensor& tensor) {
  const at::Tensor bytes = tensor.detach().cpu().contiguous();
  hash.add(fmt::format("{} {}", name, static_cast<int>(tensor.scalar_type())));
  hash.add({static_cast<const char*>(bytes.const_data_ptr()), bytes.nbytes()});
}

// Every setting that changes the pixels.
std::string text_of(const image::Preprocess& p) {
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {}", p.size, p.use_exif_orientation,
                     p.pad_to_square, p.use_resize, p.shortest_edge, p.keeps_aspect,
                     static_cast<int>(p.resample), p.use_center_crop, p.use_rescale,
                     p.rescale_factor, p.use_normalize, fmt::join(p.mean, " "),
                     fmt::join(p.std, " "));
}

}  // namespace

FeatureCache::FeatureCache(fs::path folder, model::Llava& model,
                           const image::Preprocess& preprocess)
    : folder_(std::move(folder)) {
  const config::LlavaConfig& config = model.config();
  ContentHash hash;
  hash.add("plumbline features 2");
  hash.add(text_of(preprocess));
  const config::VisionConfig& vision = config.vision;
  hash.add(fmt::format("{} {} {} {} {}", config::num_tower_blocks(config), config.skip_first_row,
                       static_cast<int>(vision.activation), vision.layer_norm_eps,
                       vision.num_heads));
  for (const auto& [name, tensor] : model.parameters()) {
    if (name.starts_with("vision_tower.")) add_tensor(hash, name, tensor);
  }
  tower_ = hash.hex();
  shape_ = {config.image_rows(), config.vision.hidden_size};
}

std::string FeatureCache::key_of(std::string_view image_bytes) const {
  ContentHash hash;
  hash.add(tower_);
  hash.add(image_bytes);
  return hash.hex();
}

fs::path FeatureCache::path_of(const std::string& key) const {
  return folder_ / key.substr(0, 2) / (key + ".safetensors");
}

std::optional<at::Tensor> FeatureCache::load(const std::string& key) const {
  const fs::path path = path_of(key);
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  try {
    const auto tensors = checkpoint::load_tensors(path.string());
    if (const auto found = tensors.find(kName);
        found != tensors.end() && found->second.sizes() == shape_) {
      return found->second;
    }
  } catch (const Error&) {
  }
  log_warning("{} is not what the feature cache wrote, and is made anew", path.string());
  return std::nullopt;
}

void FeatureCache::save(const std::string& key, const at::Tensor& features) const {
  const fs::path path = path_of(key);
  make_folders(path.parent_path());
  checkpoint::save_tensors(path.string(), {{kName, features}});
}

}  // namespace plumbline::engine
