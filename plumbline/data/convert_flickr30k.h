// Flickr30k in the forms that training reads.
//
// The paper turns Flickr30k into "spotting captioning" and takes that task from Shikra: a caption
// in which every mentioned thing is followed by the place where it was spotted. So with the boxes
// of Flickr30k Entities the question asks for one sentence with places, and the answer is a human
// caption with the boxes of each phrase behind it:
//   "Two men [0.100, 0.320, 0.405, 0.900; 0.510, 0.300, 0.790, 0.900] smile at a dog [...]."
// Places are left, top, right, bottom as fractions of the picture, by default of the square that it
// is padded to before a LLaVA sees it. Phrases without boxes (the scene, what cannot be seen) stay
// words; a caption without any box is not used. Files without boxes give plain captioning.
// Facts of an image are its captions.
// Source: Sun et al. 2023 (arXiv 2309.14525), section 2.2; Chen et al. 2023 (arXiv 2306.15195) for
// the task and its three digits. Deliberate difference: the question's words and the spaces around
// places are ours.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plumbline/data/facts.h"
#include "plumbline/data/records.h"
#include "plumbline/data/source_files.h"

namespace plumbline::data {

// Either the two folders of Flickr30k Entities or a file of captions.
struct Flickr30kFiles {
  std::string sentences = {};    // Sentences: 36979.txt, a caption with phrases per line
  std::string annotations = {};  // Annotations: 36979.xml, the boxes; empty for plain captions
  // results_20130124.token ("36979.jpg#0", a tab, the caption) or dataset_flickr30k.json, told
  // apart by content.
  std::string captions = {};
  std::string ids = {};  // train.txt and its like: image ids to take, one per line; empty for all
};

enum class BoxFrame { PaddedSquare, Picture };

struct Flickr30kOptions {
  std::string image_folder_prefix = {};  // put before every image name, such as "flickr30k-images"
  Tolerance tolerance = {};
  std::string split = {};     // of dataset_flickr30k.json: train, val or test; empty for all
  std::string question = {};  // empty: one for a sentence, with places where there are boxes
  BoxFrame frame = BoxFrame::PaddedSquare;
  int64_t digits = 3;              // behind the point of a place, 1 to 6
  int64_t captions_per_image = 1;  // as many conversations, of drawn captions; 0: all
  int64_t max_conversations = 0;   // 0: all; else that many, drawn
  int64_t seed = 0;
};

struct Flickr30kRecords {
  std::vector<Conversation> conversations;  // by image; ids "flickr30k-IMAGE-CAPTION", from 0
  Facts facts;                              // image name -> its captions
  std::map<std::string, int64_t> left_out;  // reason -> entries
};

// The result does not depend on the order of a file's entries. Throws IoError; ConfigError for
// files or options that do not go together; DataError for a file of another kind, and one with
// all problems of all files. Images without captions, boxes' file or picture, and empty captions
// are problems unless the tolerance lets them be left out; images none of whose captions has a
// box are always left out of the conversations.
Flickr30kRecords convert_flickr30k(const Flickr30kFiles& files, const Flickr30kOptions& options);

}  // namespace plumbline::data
