// What COCO calls its image files.
#pragma once

#include <cstdint>
#include <string>

namespace plumbline::data {

enum class CocoYear {
  Y2014,  // COCO_train2014_000000000009.jpg
  Y2017,  // 000000000009.jpg; LLaVA's and LLaVA-RLHF's files name images so
};

struct CocoImages {
  CocoYear year = CocoYear::Y2014;
  std::string folder = {};  // put before every name: "train2017" gives train2017/000000000009.jpg
};

// The file of an image. `subset` is the official files' data_subtype ("train2014"), which the names
// of 2017 do without.
std::string coco_image(const CocoImages& images, const std::string& subset, int64_t image_id);

// `folder`/`file`, or the file alone when there is no folder.
std::string in_folder(const std::string& folder, const std::string& file);

}  // namespace plumbline::data
