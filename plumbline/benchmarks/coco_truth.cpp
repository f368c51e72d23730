#include "plumbline/benchmarks/coco_truth.h"

#include <fmt/format.h>

#include "plumbline/benchmarks/coco_annotations.h"
#include "plumbline/eval/join.h"
#include "plumbline/eval/unfit.h"

namespace plumbline::benchmarks {
namespace {

std::vector<std::string> paths_of(const std::string& list) {
  std::vector<std::string> paths;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) paths.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return paths;
}

constexpr eval::Unfit unfit{"reading COCO's annotations"};

std::string place(const std::string& path, const CocoAnnotation& annotation) {
  return fmt::format("{}, annotation {}", path, annotation.number);
}

void add_instances(const std::string& path, const CocoObjects& objects, ObjectsByImage& truth) {
  std::map<int64_t, std::set<int64_t>> found;  // category ids by image
  const auto categories = for_each_annotation(path, [&](const CocoAnnotation& instance) {
    if (!instance.image_id || !instance.category_id) {
      throw unfit("numbers as 'image_id' and 'category_id'", "none", place(path, instance),
                  "instances are in instances_val2014.json and its like.");
    }
    if (truth.contains(*instance.image_id)) found[*instance.image_id].insert(*instance.category_id);
  });
  for (const auto& [image, ids] : found) {
    for (const int64_t id : ids) {
      const auto category = categories.find(id);
      if (category == categories.end()) {
        throw unfit(fmt::format("the name of category {}", id), "none", path);
      }
      const std::string node = objects.node_of(category->second);
      if (node.empty()) {
        throw unfit(fmt::format("'{}' among the synonyms", category->second), "none", path,
                    "the synonym file must have all of COCO's categories.");
      }
      truth[image].insert(node);
    }
  }
}

void add_captions(const std::string& path, const CocoObjects& objects, const CaptionWords& words,
                  ObjectsByImage& truth, std::set<int64_t>& uncaptioned) {
  for_each_annotation(path, [&](const CocoAnnotation& caption) {
    if (!caption.image_id || !caption.caption) {
      throw unfit("a number as 'image_id' and a text as 'caption'", "none", place(path, caption),
                  "captions are in captions_val2014.json and its like.");
    }
    const auto image = truth.find(*caption.image_id);
    if (image == truth.end()) return;
    uncaptioned.erase(image->first);
    for (const auto& mention : objects.mentions(objects.merged(words(*caption.caption)))) {
      image->second.insert(mention.node);
    }
  });
}

}  // namespace

std::vector<eval::InputSpec> coco_inputs() {
  return {{"instances", "COCO's instances_*.json; several with ',' between"},
          {"captions", "COCO's captions_*.json, the same"},
          {"synonyms", "lines 'node, synonym, synonym'"}};
}

ObjectsByImage coco_truth(const std::set<int64_t>& images, const eval::EvalRequest& request,
                          const CocoObjects& objects, const CaptionWords& words) {
  ObjectsByImage truth;
  for (const int64_t image : images) truth[image] = {};
  for (const auto& path : paths_of(request.file("instances"))) add_instances(path, objects, truth);
  std::set<int64_t> uncaptioned = images;
  for (const auto& path : paths_of(request.file("captions"))) {
    add_captions(path, objects, words, truth, uncaptioned);
  }
  if (uncaptioned.empty()) return truth;
  std::vector<std::string> ids;
  for (const int64_t image : uncaptioned) ids.push_back(std::to_string(image));
  throw unfit("reference captions of all images", "none of " + eval::first_of(ids),
              request.file("captions"),
              "name the files of train and val, with ',' between, if images are of both.");
}

}  // namespace plumbline::benchmarks
