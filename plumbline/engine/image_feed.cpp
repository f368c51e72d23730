#include "plumbline/engine/image_feed.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/engine/feature_memory.h"
#include "plumbline/image/decode.h"
#include "plumbline/image/image_source.h"

namespace plumbline::engine {
namespace {

constexpr size_t kImagesAtOnce = 64;
constexpr int64_t kPixelBytesAhead = int64_t{1} << 28;

std::vector<float> pixels_of(const std::string& bytes, const std::string& name,
                             const image::Preprocess& p) {
  return image::preprocess(
      image::decode_bytes(bytes, name, {.use_exif_orientation = p.use_exif_orientation}), p,
      image::source_name(name));
}

// Calls run(i) for each i below n in several threads; what it throws becomes a problem of names[i].
template <class Run>
void for_each_image(const std::vector<std::string>& names,
                    std::map<std::string, std::string>& problems, const Run& run) {
  std::vector<std::string> found(names.size());
  at::parallel_for(0, std::ssize(names), 1, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      try {
        run(i);
      } catch (const Error& e) {
        found[i] = e.what();
      }
    }
  });
  for (size_t i = 0; i < names.size(); ++i) {
    if (!found[i].empty()) problems.emplace(names[i], found[i]);
  }
}

}  // namespace

ImageFeed::ImageFeed(model::Llava& model, image::Preprocess preprocess, ImageFeedOptions options)
    : model_(model), preprocess_(preprocess), options_(std::move(options)) {
  if (!options_.trains_tower && !options_.cache_folder.empty() && model.config().takes_images()) {
    cache_.emplace(options_.cache_folder, model, preprocess_);
  }
}
ImageFeed::~ImageFeed() = default;

int64_t ImageFeed::planned_bytes(const std::vector<std::string>& images) const {
  if (options_.trains_tower) return 0;
  const std::set<std::string> distinct(images.begin(), images.end());
  const int64_t bytes = std::ssize(distinct) * feature_bytes(model_);
  return bytes <= feature_memory(options_.memory_bytes) ? bytes : 0;
}

std::map<std::string, std::string> ImageFeed::prepare(const std::vector<std::string>& images,
                                                      parallel::Communicator& processes) {
  const at::NoGradGuard no_grad;
  Problems problems;
  const std::set<std::string> distinct(images.begin(), images.end());
  const std::vector<std::string> list(distinct.begin(), distinct.end());
  if (list.empty()) return problems;
  holds_features_ = planned_bytes(list) > 0;
  Progress progress("looking at images", std::ssize(list));
  // All places first: what is kept must not lie between what comes and goes (feature_block).
  const at::Tensor block =
      feature_block(model_, holds_features_ ? std::ssize(list) : 0, model_.device());
  for (size_t i = 0; holds_features_ && i < list.size(); ++i) {
    held_.emplace(list[i], block[static_cast<int64_t>(i)]);
  }
  int64_t owner = 0;  // of the portion
  for (size_t first = 0; first < list.size(); first += kImagesAtOnce) {
    const size_t last = std::min(list.size(), first + kImagesAtOnce);
    const std::vector<std::string> part(list.begin() + static_cast<int64_t>(first),
                                        list.begin() + static_cast<int64_t>(last));
    std::vector<at::Tensor> features;
    if (owner == processes.rank()) features = look_at(part, problems);
    if (processes.size() > 1) exchange(part, features, problems, owner, processes);
    for (size_t i = 0; holds_features_ && i < part.size(); ++i) {
      if (features[i].defined()) {
        held_.at(part[i]).copy_(features[i]);
      } else {
        held_.erase(part[i]);
      }
    }
    owner = (owner + 1) % processes.size();
    progress.update(static_cast<int64_t>(last));
    stop_if_interrupted();
  }
  if (!holds_features_) {
    log_info("the features of {} images would take {:.1f} GiB: {}", list.size(),
             static_cast<double>(std::ssize(list) * feature_bytes(model_)) / (1 << 30),
             cache_ ? "they are read from the cache" : "pictures are read as they are needed");
  }
  return problems;
}

std::vector<at::Tensor> ImageFeed::look_at(const std::vector<std::string>& images,
                                           Problems& problems) {
  const size_t count = images.size();
  std::vector<std::string> keys(count);
  std::vector<std::vector<float>> pixels(count);
  std::vector<at::Tensor> features(count);
  for_each_image(images, problems, [&](size_t i) {
    const std::string bytes = image::read_image_bytes(images[i]);
    if (cache_) {
      keys[i] = cache_->key_of(bytes);
      if (const auto found = cache_->load(keys[i])) features[i] = *found;
    }
    if (!features[i].defined()) pixels[i] = pixels_of(bytes, images[i], preprocess_);
  });
  if (holds_features_ || cache_) {
    std::vector<std::string> names;
    std::vector<std::vector<float>> unseen;
    std::vector<size_t> places;
    for (size_t i = 0; i < count; ++i) {
      if (pixels[i].empty()) continue;
      names.push_back(images[i]);
      unseen.push_back(std::move(pixels[i]));
      places.push_back(i);
    }
    const at::Tensor seen = names.empty() ? at::Tensor() : encoded(names, unseen);
    for (size_t j = 0; j < places.size(); ++j) {
      features[places[j]] = seen[static_cast<int64_t>(j)].clone();
      if (cache_) cache_->save(keys[places[j]], features[places[j]]);
    }
  }
  for (size_t i = 0; i < count; ++i) {
    if (cache_) keys_[images[i]] = keys[i];
    if (features[i].defined()) features[i] = features[i].to(model_.device(), model_.dtype());
  }
  return features;
}

void ImageFeed::exchange(const std::vector<std::string>& images, std::vector<at::Tensor>& features,
                         Problems& problems, int64_t owner, parallel::Communicator& processes) {
  const config::LlavaConfig& config = model_.config();
  const auto count = std::ssize(images);
  const bool is_owner = owner == processes.rank();
  at::Tensor bad = at::zeros({count}, at::kFloat);
  for (int64_t i = 0; is_owner && i < count; ++i) {
    if (problems.contains(images[static_cast<size_t>(i)])) bad[i] = 1;
  }
  processes.sum(bad);
  for (int64_t i = 0; i < count; ++i) {
    if (bad[i].item<float>() > 0) {
      problems.try_emplace(images[static_cast<size_t>(i)],
                           images[static_cast<size_t>(i)] + " cannot be used");
    }
  }
  if (!holds_features_) return;
  at::Tensor all = at::zeros({count, config.image_rows(), config.vision.hidden_size}, at::kFloat);
  for (int64_t i = 0; is_owner && i < count; ++i) {
    const at::Tensor& one = features[static_cast<size_t>(i)];
    if (one.defined()) all[i].copy_(one);
  }
  processes.sum(all);
  if (is_owner) return;
  features.assign(static_cast<size_t>(count), at::Tensor());
  for (int64_t i = 0; i < count; ++i) {
    if (bad[i].item<float>() == 0) {
      features[static_cast<size_t>(i)] = all[i].to(model_.device(), model_.dtype());
    }
  }
}

at::Tensor ImageFeed::encoded(const std::vector<std::string>& images,
                              const std::vector<std::vector<float>>& pixels) {
  const int64_t size = preprocess_.size;
  at::Tensor batch = at::empty({std::ssize(images), 3, size, size}, at::kFloat);
  auto* out = batch.data_ptr<float>();
  for (const auto& one : pixels) out = std::copy(one.begin(), one.end(), out);
  return model_.encode_images(batch.to(model_.device(), model_.dtype()));
}

void ImageFeed::announce(const std::vector<std::string>& images) {
  if (holds_features_ || cache_ || images.empty()) return;
  if (!pixels_) {
    const int64_t bytes_each = 3 * preprocess_.size * preprocess_.size * 4;
    pixels_ = std::make_unique<image::PixelFeed>(
        [p = preprocess_](const std::string& name) {
          return pixels_of(image::read_image_bytes(name), name, p);
        },
        options_.num_threads, kPixelBytesAhead / bytes_each);
  }
  pixels_->announce(images);
}

at::Tensor ImageFeed::features(const std::vector<std::string>& images) {
  if (images.empty()) return {};
  if (holds_features_) {
    std::vector<at::Tensor> list;
    for (const auto& name : images) list.push_back(held_.at(name));
    return at::stack(list);
  }
  const at::AutoGradMode gradients(options_.trains_tower && at::GradMode::is_enabled());
  if (cache_) {
    std::vector<at::Tensor> list;
    for (const auto& name : images) {
      auto& key = keys_[name];  // another process may have looked at it
      if (key.empty()) key = cache_->key_of(image::read_image_bytes(name));
      auto found = cache_->load(key);
      if (!found) {
        const auto bytes = image::read_image_bytes(name);
        found = encoded({name}, {pixels_of(bytes, name, preprocess_)})[0];
        cache_->save(key, *found);
      }
      list.push_back(found->to(model_.device(), model_.dtype()));
    }
    return at::stack(list);
  }
  std::vector<std::vector<float>> pixels;
  for (const auto& name : images) {
    pixels.push_back(pixels_ ? pixels_->take(name)
                             : pixels_of(image::read_image_bytes(name), name, preprocess_));
  }
  return encoded(images, pixels);
}

}  // namespace plumbline::engine
