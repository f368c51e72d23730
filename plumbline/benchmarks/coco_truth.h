// Which objects COCO's annotations know in an image.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "plumbline/benchmarks/caption_words.h"
#include "plumbline/benchmarks/coco_objects.h"
#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

using ObjectsByImage = std::map<int64_t, std::set<std::string>>;

// The inputs "instances", "captions" and "synonyms", which coco_truth and CocoObjects read.
std::vector<eval::InputSpec> coco_inputs();

// Of each image the nodes of its instances' categories and of what its reference captions mention,
// from the request's inputs "instances" and "captions": each one file or several with "," between
// (train and val). Throws IoError; DataError for broken files, for a category without synonyms, and
// for images that no captions are of, which then are other images.
ObjectsByImage coco_truth(const std::set<int64_t>& images, const eval::EvalRequest& request,
                          const CocoObjects& objects, const CaptionWords& words);

}  // namespace plumbline::benchmarks
