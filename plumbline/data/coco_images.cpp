#include "plumbline/data/coco_images.h"

#include <fmt/format.h>

namespace plumbline::data {

std::string coco_image(const CocoImages& images, const std::string& subset, int64_t image_id) {
  const std::string file = images.year == CocoYear::Y2017
                               ? fmt::format("{:012}.jpg", image_id)
                               : fmt::format("COCO_{}_{:012}.jpg", subset, image_id);
  return in_folder(images.folder, file);
}

std::string in_folder(const std::string& folder, const std::string& file) {
  if (folder.empty()) return file;
  return folder.ends_with('/') ? folder + file : folder + "/" + file;
}

}  // namespace plumbline::data
