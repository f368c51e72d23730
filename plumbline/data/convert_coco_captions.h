// COCO's captions as the facts of images, and as conversations.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plumbline/data/facts.h"
#include "plumbline/data/records.h"
#include "plumbline/data/source_files.h"

namespace plumbline::data {

struct CocoCaptionOptions {
  bool is_renamed_2017 = false;          // 000000000009.jpg for COCO_train2014_000000000009.jpg
  std::string image_folder_prefix = {};  // put before every image name, such as "train2017"
  Tolerance tolerance = {};
  std::string question = "Describe this picture in one sentence.";  // of the conversations
  int64_t max_conversations = 0;  // 0: one per image; else that many, drawn
  int64_t seed = 0;
};

struct CocoCaptionRecords {
  Facts facts;  // image name -> its captions in the order of their ids
  // One per image, by name, with a drawn caption of it as the answer; ids "coco-IMAGE".
  std::vector<Conversation> conversations;
  std::map<std::string, int64_t> left_out;  // reason -> entries
};

// Reads captions_train2014.json, captions_val2017.json and their like. The result does not depend
// on the order of their entries. Throws IoError; ConfigError for a negative limit; DataError for a
// file of another kind, and one with all problems of the entries. Captions of images that the file
// does not list, images without captions, empty captions and images without file are problems
// unless the tolerance lets them be left out.
CocoCaptionRecords convert_coco_captions(const std::string& path,
                                         const CocoCaptionOptions& options);

}  // namespace plumbline::data
