// The facts an annotator or reward model is shown about an image.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/data/records.h"

namespace plumbline::data {

// Image file name or id -> its facts.
using Facts = std::map<std::string, std::vector<std::string>>;

// Which of a file's facts are meant: captions, or what A-OKVQA's annotators wrote (rationales and
// the right option), which stand under names that begin with kAokvqaPrefix.
enum class FactKind { Captions, Aokvqa };
inline constexpr const char* kAokvqaPrefix = "aok_";
// Multiple-choice questions have A-OKVQA's, as in LLaVA-RLHF's trainer.
FactKind fact_kind_of(CaptionType type);

// Reads, told apart by content,
//   {"image name or id": ["fact", ...], ...}          LLaVA-RLHF's image_to_caption.json
//   {"images": [...], "annotations": [{"image_id", "caption"}, ...]}    COCO's captions files
//   {"image": name, "facts": ["fact", ...]}           one line each, or a list
// An image that comes twice has the facts of both. Throws IoError, or one DataError with the first
// ten problems; an empty fact is one.
Facts read_facts(const std::string& path);
void write_facts(const std::string& path, const Facts& facts);

// Facts of an image by its file name, by its stem, and by the id within it
// (COCO_val2014_000000000139 and 000000000139 are 139). Those of A-OKVQA where they are meant and
// there are any, else captions. Empty when there are none.
std::vector<std::string> facts_of(const Facts& facts, const std::string& image,
                                  FactKind kind = FactKind::Captions);

// The facts in an order drawn from `key`: the reward model must not learn their places.
std::vector<std::string> shuffled(std::vector<std::string> facts, RandomKey key);

}  // namespace plumbline::data
