#include "plumbline/engine/feature_store.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/engine/feature_memory.h"
#include "plumbline/image/image_source.h"

namespace plumbline::engine {
namespace {
constexpr size_t kImagesAtOnce = 64;
constexpr size_t kMostProblems = 10;  // shown

void fail_on(const std::vector<std::string>& problems) {
  if (problems.empty()) return;
  std::string list = fmt::format("{} that cannot be used:", problems.size());
  for (size_t i = 0; i < std::min(problems.size(), kMostProblems); ++i) list += "\n" + problems[i];
  if (problems.size() > kMostProblems) list += "\n...";
  throw DataError(Complaint{
      .component = "image", .doing = "looking at images", .expected = "pictures", .got = list});
}

std::vector<std::vector<std::string>> portions(const std::set<std::string>& images) {
  std::vector<std::vector<std::string>> parts;
  for (const auto& image : images) {
    if (parts.empty() || parts.back().size() == kImagesAtOnce) parts.emplace_back();
    parts.back().push_back(image);
  }
  return parts;
}

}  // namespace

void FeatureStore::prepare(model::Llava& model, const std::vector<std::string>& images) {
  model_ = &model;
  std::set<std::string> wanted;
  for (const auto& image : images) {
    const bool is_known = by_name_.contains(image) || not_held_.contains(image);
    if (!image.empty() && !is_known) wanted.insert(image);
  }
  if (wanted.empty()) return;  // a language model alone has no features
  const int64_t room = feature_memory(room_) / feature_bytes(model);  // in images
  const int64_t num_places = std::clamp<int64_t>(room - num_held(), 0, std::ssize(wanted));
  const at::Tensor block = feature_block(model, num_places, at::kCPU);
  // All places first: what is kept must not lie between what comes and goes (feature_block).
  const auto parts = portions(wanted);
  std::vector<at::Tensor> places(parts.size());  // undefined for images that are not held
  std::unordered_map<std::string, at::Tensor> added;
  std::set<std::string> beyond;
  for (size_t p = 0; p < parts.size(); ++p) {
    const auto& part = parts[p];
    if (std::ssize(added) + std::ssize(part) > num_places) {
      beyond.insert(part.begin(), part.end());
      continue;
    }
    places[p] = block.narrow(0, std::ssize(added), std::ssize(part));
    for (size_t i = 0; i < part.size(); ++i) {
      added.emplace(part[i], places[p][static_cast<int64_t>(i)]);
    }
  }
  std::vector<std::string> problems;
  Progress progress("looking at images", std::ssize(wanted));
  int64_t num_seen = 0;
  for (size_t p = 0; p < parts.size(); ++p) {
    const at::Tensor seen = pixels(parts[p], problems);
    progress.update(num_seen += std::ssize(parts[p]));
    stop_if_interrupted();
    if (!problems.empty()) continue;  // only look for more of them
    if (places[p].defined()) places[p].copy_(encoded(model, seen));
  }
  fail_on(problems);
  by_name_.merge(added);
  if (beyond.empty()) return;
  log_info(
      "what the tower sees in {} of {} images is not held, for want of memory, but computed "
      "as it is needed",
      beyond.size(), wanted.size());
  not_held_.merge(beyond);
}

at::Tensor FeatureStore::encoded(model::Llava& model, const at::Tensor& pixels) const {
  const at::NoGradGuard no_grad;
  return model.encode_images(pixels.to(model.device(), model.dtype()));
}

at::Tensor FeatureStore::pixels(const std::vector<std::string>& images,
                                std::vector<std::string>& problems) const {
  const int64_t size = preprocess_.size;
  at::Tensor result = at::empty({static_cast<int64_t>(images.size()), 3, size, size}, at::kFloat);
  auto* out = result.data_ptr<float>();
  const int64_t stride = 3 * size * size;
  std::vector<std::string> found(images.size());
  at::parallel_for(0, static_cast<int64_t>(images.size()), 4, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const std::string& name = images[static_cast<size_t>(i)];
      const fs::path path = image::is_data_url(name) ? fs::path(name) : fs::path(folder_) / name;
      try {
        const auto values = image::preprocess_file(path, preprocess_);
        std::copy(values.begin(), values.end(), out + i * stride);
      } catch (const Error& e) {
        found[static_cast<size_t>(i)] = e.what();
      }
    }
  });
  std::copy_if(found.begin(), found.end(), std::back_inserter(problems),
               [](const std::string& text) { return !text.empty(); });
  return result;
}

std::unordered_map<std::string, at::Tensor> FeatureStore::look_again(
    const std::set<std::string>& images) const {
  std::unordered_map<std::string, at::Tensor> features;
  for (const auto& part : portions(images)) {
    std::vector<std::string> problems;
    const at::Tensor seen = pixels(part, problems);
    fail_on(problems);
    const at::Tensor all = encoded(*model_, seen);
    for (size_t i = 0; i < part.size(); ++i) {
      features.emplace(part[i], all[static_cast<int64_t>(i)]);
    }
  }
  return features;
}

at::Tensor FeatureStore::features(const std::vector<std::string>& images) const {
  std::set<std::string> missing;
  for (const auto& image : images) {
    if (image.empty() || by_name_.contains(image)) continue;
    PLUMBLINE_CHECK(not_held_.contains(image), "image '" + image + "' was not prepared");
    missing.insert(image);
  }
  const auto seen = look_again(missing);
  std::vector<at::Tensor> list;
  for (const auto& image : images) {
    if (image.empty()) continue;
    const auto held = by_name_.find(image);
    list.push_back(held != by_name_.end() ? held->second.to(model_->device()) : seen.at(image));
  }
  return list.empty() ? at::Tensor() : at::stack(list);
}

int64_t FeatureStore::planned_bytes(const model::Llava& model,
                                    const std::vector<std::string>& images) const {
  std::set<std::string> distinct(images.begin(), images.end());
  distinct.erase("");
  return std::min(std::ssize(distinct) * feature_bytes(model), feature_memory(room_));
}

}  // namespace plumbline::engine
