#include "plumbline/image/preprocess.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/image/resize.h"

namespace plumbline::image {
namespace {

using nlohmann::json;

constexpr int kBicubic = 3;  // Pillow's number

[[noreturn]] void fail(const fs::path& path, const std::string& expected, const std::string& got) {
  throw DataError(Complaint{.component = "image",
                            .doing = "reading the preprocessor config",
                            .expected = expected,
                            .got = got,
                            .where = path.string()});
}

// Typed access to one config file; every complaint names the field.
class Fields {
 public:
  Fields(const json& root, const fs::path& path) : root_(root), path_(path) {}

  bool flag(const char* name, bool fallback) const {
    const json* value = find(name);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) wrong(name, "true or false", *value);
    return value->get<bool>();
  }
  double number(const char* name, double fallback) const {
    const json* value = find(name);
    if (value == nullptr) return fallback;
    if (!value->is_number()) wrong(name, "a number", *value);
    return value->get<double>();
  }
  std::string text(const char* name) const {
    const json* value = find(name);
    if (value == nullptr) return {};
    if (!value->is_string()) wrong(name, "text", *value);
    return value->get<std::string>();
  }
  std::array<double, 3> triple(const char* name, const std::array<double, 3>& fallback) const {
    const json* value = find(name);
    if (value == nullptr) return fallback;
    const bool is_triple =
        value->is_array() && value->size() == 3 &&
        std::all_of(value->begin(), value->end(), [](const json& v) { return v.is_number(); });
    if (!is_triple) wrong(name, "three numbers", *value);
    return value->get<std::array<double, 3>>();
  }
  // A number, {"shortest_edge": n} or {"height": n, "width": n}; `is_exact` tells the last form.
  int64_t edge(const char* name, int64_t fallback, bool* is_exact = nullptr) const {
    const json* value = find(name);
    if (value == nullptr) return fallback;
    const json* side = value;
    if (value->is_object() && value->contains("shortest_edge")) {
      side = &value->at("shortest_edge");
    } else if (value->is_object() && value->contains("height") && value->contains("width")) {
      side = &value->at("height");
      if (*side != value->at("width")) wrong(name, "a square", *value);
      if (is_exact != nullptr) *is_exact = true;
    }
    if (!side->is_number_integer() || *side < 1 || *side > 16384) {
      wrong(name, "an edge from 1 to 16384", *value);
    }
    return side->get<int64_t>();
  }

 private:
  const json* find(const char* name) const {
    const auto found = root_.find(name);
    return found == root_.end() || found->is_null() ? nullptr : &*found;
  }
  [[noreturn]] void wrong(const char* name, const std::string& expected, const json& got) const {
    fail(path_, fmt::format("\"{}\" to be {}", name, expected), got.dump());
  }
  const json& root_;
  const fs::path& path_;
};

Image center_crop(const Image& image, int size) {
  const int top = (image.height - size) / 2, left = (image.width - size) / 2;
  Image result{size, size, {}};
  result.rgb.reserve(size_t{3} * size * size);
  for (int y = 0; y < size; ++y) {
    const auto row = image.rgb.begin() + 3 * (int64_t{top + y} * image.width + left);
    result.rgb.insert(result.rgb.end(), row, row + 3 * size);
  }
  return result;
}

Image resize_shortest(const Image& image, int64_t edge) {
  const int64_t shorter = std::min(image.width, image.height);
  const int64_t longer = std::max(image.width, image.height);
  if (edge * longer / shorter > kMaxPixels / edge) {
    throw DataError(Complaint{.component = "image",
                              .doing = "preprocessing",
                              .expected = "a picture less narrow",
                              .got = fmt::format("{} x {} pixels", image.width, image.height)});
  }
  const auto other = [&](int64_t side) { return static_cast<int>(edge * side / shorter); };
  return resize_bicubic(image, other(image.width), other(image.height));
}

}  // namespace

Preprocess load_preprocess(const fs::path& path) {
  const json root = json::parse(read_file(path), nullptr, false);
  if (!root.is_object())
    fail(path, "a JSON object", root.is_discarded() ? "broken JSON" : root.type_name());
  const Fields fields(root, path);
  Preprocess p;
  bool is_exact = false;
  p.shortest_edge = fields.edge("size", p.shortest_edge, &is_exact);
  p.use_resize = fields.flag("do_resize", true);
  p.use_center_crop = fields.flag("do_center_crop", true) && !is_exact;
  p.size = p.use_center_crop ? fields.edge("crop_size", p.shortest_edge) : p.shortest_edge;
  p.use_rescale = fields.flag("do_rescale", true);
  p.rescale_factor = fields.number("rescale_factor", p.rescale_factor);
  p.use_normalize = fields.flag("do_normalize", true);
  p.mean = fields.triple("image_mean", p.mean);
  p.std = fields.triple("image_std", p.std);
  p.pad_to_square = fields.text("image_aspect_ratio") == "pad";
  const double resample = fields.number("resample", kBicubic);
  if (resample != kBicubic) fail(path, "\"resample\" 3 (bicubic)", fmt::format("{}", resample));
  if (is_exact && !p.pad_to_square) {
    fail(path, "\"size\" as a shortest edge, or \"image_aspect_ratio\": \"pad\"",
         "an exact size, which would distort pictures that are not square");
  }
  if (p.use_resize && p.size > p.shortest_edge) {
    fail(path, fmt::format("\"crop_size\" of at most {}", p.shortest_edge),
         fmt::format("{}", p.size));
  }
  if (*std::min_element(p.std.begin(), p.std.end()) <= 0) {
    fail(path, "positive \"image_std\"", fmt::format("{} {} {}", p.std[0], p.std[1], p.std[2]));
  }
  return p;
}

void save_preprocess(const fs::path& path, const Preprocess& p) {
  json root = {{"image_processor_type", "CLIPImageProcessor"},
               {"do_convert_rgb", true},
               {"do_resize", p.use_resize},
               {"size", {{"shortest_edge", p.shortest_edge}}},
               {"resample", kBicubic},
               {"do_center_crop", p.use_center_crop},
               {"crop_size", {{"height", p.size}, {"width", p.size}}},
               {"do_rescale", p.use_rescale},
               {"rescale_factor", p.rescale_factor},
               {"do_normalize", p.use_normalize},
               {"image_mean", p.mean},
               {"image_std", p.std}};
  if (p.pad_to_square) root["image_aspect_ratio"] = "pad";
  write_file(path, root.dump(2) + "\n");
}

Image pad_to_square(const Image& image, const std::array<double, 3>& mean) {
  const int side = std::max(image.width, image.height);
  if (image.width == image.height) return image;
  Image result{side, side, std::vector<uint8_t>(size_t{3} * side * side)};
  for (size_t i = 0; i < result.rgb.size(); ++i) {
    result.rgb[i] = static_cast<uint8_t>(mean[i % 3] * 255);
  }
  const int top = (side - image.height) / 2, left = (side - image.width) / 2;
  for (int y = 0; y < image.height; ++y) {
    std::copy_n(image.rgb.begin() + int64_t{3} * image.width * y, 3 * image.width,
                result.rgb.begin() + 3 * (int64_t{top + y} * side + left));
  }
  return result;
}

std::vector<float> preprocess(const Image& image, const Preprocess& p) {
  Image square = p.pad_to_square ? pad_to_square(image, p.mean) : image;
  if (p.use_resize) square = resize_shortest(square, p.shortest_edge);
  const int side = static_cast<int>(p.size);
  if (p.use_center_crop && std::min(square.width, square.height) >= side) {
    square = center_crop(square, side);
  }
  if (square.width != side || square.height != side) {
    throw DataError(
        Complaint{.component = "image",
                  .doing = "preprocessing",
                  .expected = fmt::format("{} x {} pixels", side, side),
                  .got = fmt::format("{} x {}", square.width, square.height),
                  .hint = "switch on resize and centre crop in preprocessor_config.json."});
  }
  const size_t num_pixels = size_t{1} * side * side;
  std::vector<float> values(3 * num_pixels);
  for (size_t c = 0; c < 3; ++c) {
    const auto mean = static_cast<float>(p.use_normalize ? p.mean[c] : 0.0);
    const auto std = static_cast<float>(p.use_normalize ? p.std[c] : 1.0);
    const double factor = p.use_rescale ? p.rescale_factor : 1.0;
    for (size_t i = 0; i < num_pixels; ++i) {
      const auto value = static_cast<float>(square.rgb[3 * i + c] * factor);
      values[c * num_pixels + i] = (value - mean) / std;
    }
  }
  return values;
}

}  // namespace plumbline::image
