// Pairs of a true and a false caption, written or checked by people, as comparisons with facts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plumbline/data/comparison.h"
#include "plumbline/data/source_files.h"

namespace plumbline::data {

struct SugarCrepeOptions {
  std::string image_folder_prefix = {};  // put before every image name, such as "val2017"
  bool has_images = true;                // false: the captions and facts alone, as text
  Tolerance tolerance = {};
  std::string question = "Describe this picture in one sentence.";
  double held_out_share = 0.2;  // of the images
  int64_t seed = 0;
};

struct SugarCrepeRecords {
  // Ids "KIND-KEY", metadata {"type": KIND, "picture": name}; each with its own facts.
  std::vector<Comparison> comparisons;
  std::vector<Comparison> held_out;         // no image is in both
  std::map<std::string, int64_t> left_out;  // reason -> entries
};

// Reads files of the form {"0": {"filename", "caption", "negative_caption"}, ...}, or a list of
// such entries, one per kind of error (replace_obj.json, swap_att.json, ...), and facts about the
// images in any form that read_facts knows, such as COCO's captions_val2017.json. `pairs` is a file
// or a folder of such files. The true caption is never among its pair's facts, whatever its case,
// blanks and punctuation. Which caption stands first is drawn. Throws IoError; ConfigError for a
// share that is none; DataError with all problems of the entries: an unknown form, an empty
// caption, equal captions. Images without other captions, and without file, are problems unless the
// tolerance lets them be left out. Source of the form: Hsieh et al. 2023 (arXiv 2306.14610).
SugarCrepeRecords convert_sugarcrepe(const std::string& pairs, const std::string& facts,
                                     const SugarCrepeOptions& options);

}  // namespace plumbline::data
