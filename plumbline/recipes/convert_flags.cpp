// Apart from convert.cpp, for programs that only read the command line.
#include "plumbline/recipes/stages.h"

namespace plumbline::recipes {

const std::vector<std::pair<std::string, std::string>>& convert_flags() {
  static const std::vector<std::pair<std::string, std::string>> flags = {
      {"questions", "questions (vqav2, aokvqa)"},
      {"annotations", "annotations (vqav2), or the folder of boxes (flickr30k)"},
      {"captions", "captions (coco-captions, flickr30k)"},
      {"sentences", "folder of sentences with phrases (flickr30k)"},
      {"ids", "image ids to take, one per line (flickr30k)"},
      {"split", "train, val or test (flickr30k)"},
      {"images", "folder of the images, to check that they are there"},
      {"prefix", "put before every image name, such as train2017"},
      {"names",
       "2014, unless set, or 2017: how COCO's image files are named (vqav2, coco-captions)"},
      {"instruction",
       "what is asked behind a question (vqav2, aokvqa), or of a picture (flickr30k, sugarcrepe)"},
      {"instruction-place", "first, unless set, or every: behind which rounds it stands (vqav2)"},
      {"facts-prefix", "put before image names in facts; aok_ unless set (aokvqa)"},
      {"places", "padded, unless set, or picture: what places are fractions of (flickr30k)"},
      {"pairs",
       "pairs of captions, a file or a folder of files (sugarcrepe); comparisons (preferences)"},
      {"facts", "facts about the images, such as COCO's captions (sugarcrepe)"},
      {"text-only", "false, unless set, or true: leave the pictures out (sugarcrepe)"},
      {"held-out",
       "share of the images kept for evaluation; unless set 0.2 (sugarcrepe) or none "
       "(preferences)"},
      {"form", "messages, unless set, or llava: the form to write (preferences)"},
      {"max-rounds", "rounds per conversation at most; 0, as when missing: all (vqav2)"},
      {"max-conversations", "conversations at most, drawn; 0, as when missing: all"},
      {"max-prompts", "prompts for PPO at most, drawn; 0, as when missing: all (vqav2, aokvqa)"},
      {"captions-per-image", "captions used of each image; 1 unless set, 0: all (flickr30k)"},
      {"allow",
       "what may be left out: none, unless set, missing (images), unmatched (entries) or both"}};
  return flags;
}

}  // namespace plumbline::recipes
