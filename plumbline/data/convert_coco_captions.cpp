#include "plumbline/data/convert_coco_captions.h"

#include <fmt/format.h>

#include <set>
#include <stdexcept>

#include "plumbline/base/random.h"
#include "plumbline/data/coco_images.h"
#include "plumbline/data/dialogue.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

struct Captioned {
  int64_t id = 0;
  std::map<int64_t, std::string> captions;  // by caption id
};

using Names = std::map<int64_t, std::string>;     // image id -> name
using Captions = std::map<int64_t, Captioned>;    // by image id
using ByName = std::map<std::string, Captioned>;  // by image name

Names names_of(const AnnotationFile& source, const CocoCaptionOptions& options,
               Problems& problems) {
  const auto images = source.header.find("images");
  if (images == source.header.end() || !images->is_array()) {
    problems.add(source.path, "expected a list \"images\", got none");
    return {};
  }
  Names names;
  std::set<std::string> known;
  const CocoImages renamed{CocoYear::Y2017, options.image_folder_prefix};
  for_each_entry(*images, source.path, "image", problems,
                 [&](const json& entry, const std::string&) {
                   const int64_t id = id_member(entry, "id");
                   const std::string file = full_text_member(entry, "file_name");
                   const std::string name = options.is_renamed_2017
                                                ? coco_image(renamed, "", id)
                                                : in_folder(options.image_folder_prefix, file);
                   if (!names.emplace(id, name).second || !known.insert(name).second) {
                     throw std::invalid_argument(
                         fmt::format("expected unique images, got {} ('{}') again", id, file));
                   }
                 });
  return names;
}

Captions captions_of(const AnnotationFile& source, const Tolerance& tolerance, LeftOut& left_out,
                     Problems& problems) {
  Captions captions;
  std::set<int64_t> ids;
  for_each_entry(
      source.entries, source.path, "caption", problems, [&](const json& entry, const std::string&) {
        const int64_t id = id_member(entry, "id");
        if (!ids.insert(id).second) {
          throw std::invalid_argument(fmt::format("expected unique caption ids, got {} again", id));
        }
        Captioned& image = captions[id_member(entry, "image_id")];
        const std::string text = text_member(entry, "caption");
        if (text.empty()) {
          left_out.add("empty captions", fmt::format("caption {}", id), tolerance.skip_unmatched);
        } else {
          image.captions[id] = text;
        }
      });
  return captions;
}

// Captions by the names of their images, without what is left out.
ByName joined(const Names& names, Captions captions, const Tolerance& tolerance,
              LeftOut& left_out) {
  ByName result;
  ImageCheck images(tolerance, left_out);
  for (const auto& [id, name] : names) {
    const auto found = captions.find(id);
    if (found == captions.end() || found->second.captions.empty()) {
      left_out.add("images without a caption", name, tolerance.skip_unmatched);
    } else if (images.has(name)) {
      found->second.id = id;
      result[name] = std::move(found->second);
    }
    if (found != captions.end()) captions.erase(found);
  }
  for (const auto& [id, image] : captions) {
    for (const auto& caption : image.captions) {
      left_out.add("captions without an image",
                   fmt::format("caption {} of image {}", caption.first, id),
                   tolerance.skip_unmatched);
    }
  }
  return result;
}

}  // namespace

CocoCaptionRecords convert_coco_captions(const std::string& path,
                                         const CocoCaptionOptions& options) {
  check_limit("conversations", options.max_conversations);
  Problems problems("", "converting COCO captions");
  LeftOut left_out;
  const AnnotationFile source = read_source(path, SourceKind::CocoCaptions);
  const Names names = names_of(source, options, problems);
  Captions captions = captions_of(source, options.tolerance, left_out, problems);
  const ByName images = joined(names, std::move(captions), options.tolerance, left_out);
  left_out.refuse(problems);
  problems.finish();

  const RandomKey key = random_key(options.seed, "convert.coco-captions");
  CocoCaptionRecords result{.facts = {}, .conversations = {}, .left_out = left_out.counts()};
  for (const auto& [name, image] : images) {
    auto& facts = result.facts[name];
    for (const auto& caption : image.captions) facts.push_back(caption.second);
    const RandomKey draw = key.at("caption").at(static_cast<uint64_t>(image.id));
    result.conversations.push_back(dialogue(fmt::format("coco-{}", image.id), name,
                                            {{options.question, Random(draw).pick(facts)}}));
  }
  result.conversations = drawn_records(std::move(result.conversations), options.max_conversations,
                                       key.at("conversations"));
  return result;
}

}  // namespace plumbline::data
