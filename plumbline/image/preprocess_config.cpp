#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/image/preprocess.h"

namespace plumbline::image {
namespace {

using nlohmann::json;

constexpr const char* kProcessorConfig = "processor_config.json";
constexpr int64_t kMaxEdge = 16384;
constexpr const char* kOrientationKey = "use_exif_orientation";

// What load_preprocess reads, and what says nothing about pixels: names of classes, and how
// transformers hands arrays around.
const std::set<std::string> kReadOptions = {"crop_size",
                                            "default_to_square",
                                            "do_center_crop",
                                            "do_convert_rgb",
                                            "do_normalize",
                                            "do_pad",
                                            "do_rescale",
                                            "do_resize",
                                            "image_aspect_ratio",
                                            "image_mean",
                                            "image_std",
                                            "resample",
                                            "rescale_factor",
                                            "size",
                                            kOrientationKey,
                                            "processor_class",
                                            "feature_extractor_type",
                                            "image_processor_type"};
const std::set<std::string> kSilentOptions = {
    "_valid_processor_keys", "data_format",       "device",        "disable_grouping",
    "image_seq_length",      "input_data_format", "return_tensors"};
const std::set<std::string> kTilingOptions = {"image_grid_pinpoints", "aspect_ratio_setting",
                                              "do_image_splitting", "crop_to_patches"};

[[noreturn]] void fail(const fs::path& path, const std::string& expected, const std::string& got,
                       const std::string& hint = "") {
  throw DataError(Complaint{.component = "image",
                            .doing = "reading the preprocessor config",
                            .expected = expected,
                            .got = got,
                            .where = path.string(),
                            .hint = hint});
}

[[noreturn]] void fail_tiling(const fs::path& path, const std::string& got) {
  fail(path, "one square per picture", got,
       "pictures in tiles (anyres) are not supported yet; use a model of LLaVA 1.5's kind.");
}

// Typed access to one config file; every complaint names the field. null counts as left out.
class Fields {
 public:
  Fields(const json& root, const fs::path& path) : root_(root), path_(path) {}

  const json* find(const char* name) const {
    const auto found = root_.find(name);
    return found == root_.end() || found->is_null() ? nullptr : &*found;
  }
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
  // Three numbers, or one for all channels.
  std::array<double, 3> triple(const char* name, const std::array<double, 3>& fallback) const {
    const json* value = find(name);
    if (value == nullptr) return fallback;
    if (value->is_number()) {
      const auto one = value->get<double>();
      return {one, one, one};
    }
    const bool is_triple =
        value->is_array() && value->size() == 3 &&
        std::all_of(value->begin(), value->end(), [](const json& v) { return v.is_number(); });
    if (!is_triple) wrong(name, "three numbers", *value);
    return value->get<std::array<double, 3>>();
  }
  // A number, or the side of a square {"height": n, "width": n}.
  int64_t edge(const char* name, const json& value) const {
    const bool is_square = value.is_object() && value.size() == 2 && value.contains("height") &&
                           value.contains("width");
    const json& side = is_square ? value.at("height") : value;
    if (is_square && side != value.at("width")) wrong(name, "a square", value);
    if (!side.is_number_integer() || side < 1 || side > kMaxEdge) {
      wrong(name, fmt::format("an edge from 1 to {}", kMaxEdge), value);
    }
    return side.get<int64_t>();
  }
  [[noreturn]] void wrong(const char* name, const std::string& expected, const json& got) const {
    fail(path_, fmt::format("\"{}\" to be {}", name, expected), got.dump());
  }

 private:
  const json& root_;
  const fs::path& path_;
};

// The type without what names only an implementation of it: "CLIPImageProcessorFast" is "CLIP".
std::string processor_kind(const Fields& fields, const fs::path& path) {
  std::string type = fields.text("image_processor_type");
  if (type.empty()) type = fields.text("feature_extractor_type");
  if (type.empty()) return "CLIP";
  for (const char* kind : {"CLIP", "Llava", "Siglip"}) {
    for (const char* ending :
         {"ImageProcessor", "ImageProcessorFast", "ImageProcessorPil", "FeatureExtractor"}) {
      if (type == std::string(kind) + ending) return kind;
    }
  }
  if (type.starts_with("Llava")) fail_tiling(path, type);
  fail(path, "CLIPImageProcessor, LlavaImageProcessor or SiglipImageProcessor", type);
}

void check_options(const json& root, const fs::path& path) {
  for (const auto& [name, value] : root.items()) {
    if (value.is_null() || kReadOptions.contains(name) || kSilentOptions.contains(name)) continue;
    if (kTilingOptions.contains(name)) fail_tiling(path, "\"" + name + "\"");
    fail(path, "options that are known", fmt::format("\"{}\": {}", name, value.dump()));
  }
}

Preprocess defaults(const std::string& kind) {
  Preprocess p;
  if (kind != "Siglip") return p;
  p.use_center_crop = p.keeps_aspect = false;
  p.mean = p.std = {0.5, 0.5, 0.5};
  return p;
}

void read_size(const Fields& fields, Preprocess& p) {
  const json* size = fields.find("size");
  if (size == nullptr) return;
  const bool is_shortest = size->is_object() && size->contains("shortest_edge");
  if (is_shortest && size->size() != 1) fields.wrong("size", "a shortest edge alone", *size);
  p.shortest_edge = fields.edge("size", is_shortest ? size->at("shortest_edge") : *size);
  p.keeps_aspect = is_shortest || (!size->is_object() && !fields.flag("default_to_square", false));
}

bool reads_padding(const Fields& fields, const std::string& kind, const fs::path& path) {
  const std::string aspect = fields.text("image_aspect_ratio");
  if (aspect.starts_with("anyres")) fail_tiling(path, "\"image_aspect_ratio\": " + aspect);
  if (aspect != "" && aspect != "square" && aspect != "pad") {
    fail(path, "\"image_aspect_ratio\" to be pad or square", aspect);
  }
  const bool does_pad = fields.flag("do_pad", false);
  // Elsewhere the option fills batches up to their largest picture.
  if (does_pad && kind != "Llava") fail(path, "\"do_pad\" with LlavaImageProcessor only", "true");
  return aspect == "pad" || does_pad;
}

void check_numbers(const Preprocess& p, const fs::path& path) {
  const auto text = [](const std::array<double, 3>& v) {
    return fmt::format("{} {} {}", v[0], v[1], v[2]);
  };
  if (*std::min_element(p.std.begin(), p.std.end()) <= 0) {
    fail(path, "positive \"image_std\"", text(p.std));
  }
  const auto [least, most] = std::minmax_element(p.mean.begin(), p.mean.end());
  if (p.pad_to_square && (*least < 0 || *most > 1)) {
    fail(path, "\"image_mean\" from 0 to 1, to pad with its colour", text(p.mean));
  }
}

// The image processor's part where the file holds a whole processor's.
json own_part(json root, const fs::path& path) {
  if (!root.is_object())
    fail(path, "a JSON object", root.is_discarded() ? "broken JSON" : root.type_name());
  if (path.filename() != kProcessorConfig) return root;
  const auto found = root.find("image_processor");
  if (found == root.end() || !found->is_object()) {
    fail(path, "an object \"image_processor\"", found == root.end() ? "none" : found->type_name());
  }
  json part = *found;
  if (root.contains("processor_class")) part["processor_class"] = root["processor_class"];
  return part;
}

}  // namespace

Preprocess load_preprocess(const fs::path& path) {
  const json root = own_part(try_parse_json(read_file(path), path), path);
  const Fields fields(root, path);
  const std::string kind = processor_kind(fields, path);
  check_options(root, path);
  Preprocess p = defaults(kind);
  read_size(fields, p);
  p.use_resize = fields.flag("do_resize", true);
  p.use_center_crop = fields.flag("do_center_crop", p.use_center_crop);
  p.size = p.shortest_edge;
  if (p.use_center_crop) {
    const json* crop = fields.find("crop_size");
    p.size = crop != nullptr ? fields.edge("crop_size", *crop) : Preprocess{}.size;
  }
  const double resample = fields.number("resample", static_cast<double>(p.resample));
  if (resample != std::clamp(std::floor(resample), 0.0, 5.0)) {
    fail(path, "\"resample\" to be one of Pillow's filters, 0 to 5", fmt::format("{}", resample));
  }
  p.resample = static_cast<Filter>(resample);
  p.use_rescale = fields.flag("do_rescale", true);
  p.rescale_factor = fields.number("rescale_factor", p.rescale_factor);
  p.use_normalize = fields.flag("do_normalize", true);
  p.mean = fields.triple("image_mean", p.mean);
  p.std = fields.triple("image_std", p.std);
  p.pad_to_square = reads_padding(fields, kind, path);
  p.use_exif_orientation = fields.flag(
      kOrientationKey, kind == "Llava" || fields.text("processor_class") == "LlavaProcessor");
  check_numbers(p, path);
  return p;
}

void save_preprocess(const fs::path& path, const Preprocess& p) {
  const json square = {{"height", p.shortest_edge}, {"width", p.shortest_edge}};
  const json shortest = {{"shortest_edge", p.shortest_edge}};
  json root = {{"image_processor_type", "CLIPImageProcessor"},
               {"do_convert_rgb", true},
               {"do_resize", p.use_resize},
               {"size", p.keeps_aspect ? shortest : square},
               {"resample", static_cast<int>(p.resample)},
               {"do_center_crop", p.use_center_crop},
               {"crop_size", {{"height", p.size}, {"width", p.size}}},
               {"do_rescale", p.use_rescale},
               {"rescale_factor", p.rescale_factor},
               {"do_normalize", p.use_normalize},
               {"image_mean", p.mean},
               {"image_std", p.std},
               {kOrientationKey, p.use_exif_orientation}};
  if (p.pad_to_square) {
    root["image_aspect_ratio"] = "pad";
    root["image_processor_type"] = "LlavaImageProcessor";  // transformers' CLIP one does not pad
    root["do_pad"] = true;
  }
  write_file(path, root.dump(2) + "\n");
}

}  // namespace plumbline::image
