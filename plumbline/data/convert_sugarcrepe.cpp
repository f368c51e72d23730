#include "plumbline/data/convert_sugarcrepe.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/base/random.h"
#include "plumbline/data/coco_images.h"
#include "plumbline/data/facts.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

// One entry of a file.
struct CaptionPair {
  std::string kind, key, file;
  std::string right, wrong;
};

// Letters and digits alone, in lower case: "A dog, sitting." and "a dog sitting" say the same.
std::string plain(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) {
      result += byte < 0x80 ? static_cast<char>(std::tolower(byte)) : c;
    }
  }
  return result;
}

std::vector<fs::path> files_of(const std::string& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (!files.empty()) return files;
  throw DataError(Complaint{.component = "data",
                            .doing = "looking for pairs of captions",
                            .expected = "files such as replace_obj.json",
                            .got = "none",
                            .where = path});
}

CaptionPair read_pair(const json& entry, const std::string& kind, const std::string& key) {
  CaptionPair pair{.kind = kind,
                   .key = key,
                   .file = full_text_member(entry, "filename"),
                   .right = full_text_member(entry, "caption"),
                   .wrong = full_text_member(entry, "negative_caption")};
  if (plain(pair.right) == plain(pair.wrong)) {
    throw std::invalid_argument("expected captions that differ, got the same twice");
  }
  return pair;
}

void read_file_of_pairs(const fs::path& path, std::vector<CaptionPair>& pairs, Problems& problems) {
  const std::string kind = path.stem().string();
  const json file = try_parse_json(read_file(path), path.string());
  if (!file.is_object() && !file.is_array()) {
    return problems.add(path.string(), "expected pairs of captions by number, or a list of them");
  }
  for (const auto& [key, entry] : file.items()) {
    const std::string where = fmt::format("{}, entry {}", path.string(), key);
    try {
      if (!entry.is_object()) throw std::invalid_argument("expected an object");
      pairs.push_back(read_pair(entry, kind, key));
    } catch (const std::invalid_argument& e) {
      problems.add(where, e.what());
    } catch (const json::exception& e) {
      problems.add(where, untagged(e));
    }
  }
}

std::vector<std::string> without(std::vector<std::string> facts, const std::string& caption) {
  std::erase_if(facts, [&](const std::string& fact) { return plain(fact) == plain(caption); });
  return facts;
}

Comparison comparison_of(const CaptionPair& pair, const std::string& image,
                         std::vector<std::string> facts, const SugarCrepeOptions& options,
                         RandomKey key) {
  Comparison c{.id = pair.kind + "-" + pair.key};
  if (options.has_images) c.images = {image};
  c.turns = {{.text = options.has_images ? text::with_image(options.question) : options.question}};
  const bool is_right_first = Random(key.at("side").at(c.id)).chance(0.5);
  c.output_1 = is_right_first ? pair.right : pair.wrong;
  c.output_2 = is_right_first ? pair.wrong : pair.right;
  c.preference = is_right_first ? Choice::First : Choice::Second;
  c.hallucination = true;
  c.facts = std::move(facts);
  c.metadata = {{"type", pair.kind}, {"picture", image}};
  return c;
}

}  // namespace

SugarCrepeRecords convert_sugarcrepe(const std::string& pairs_path, const std::string& facts_path,
                                     const SugarCrepeOptions& options) {
  if (!(options.held_out_share >= 0 && options.held_out_share < 1)) {
    throw ConfigError(Complaint{.component = "convert",
                                .doing = "choosing what is held out",
                                .expected = "a share of 0 or more and less than 1",
                                .got = fmt::format("{}", options.held_out_share)});
  }
  Problems problems(pairs_path, "converting pairs of captions");
  std::vector<CaptionPair> pairs;
  for (const auto& path : files_of(pairs_path)) read_file_of_pairs(path, pairs, problems);
  const Facts facts = read_facts(facts_path);
  LeftOut left_out;
  ImageCheck images(options.tolerance, left_out);
  const RandomKey key = random_key(options.seed, "convert.sugarcrepe");
  SugarCrepeRecords result{.comparisons = {}, .held_out = {}, .left_out = {}};
  for (const CaptionPair& pair : pairs) {
    const std::string image = in_folder(options.image_folder_prefix, pair.file);
    auto own = without(facts_of(facts, pair.file), pair.right);
    if (own.empty()) {
      left_out.add("pairs without another caption of their image", pair.file,
                   options.tolerance.skip_unmatched);
    } else if (!options.has_images || images.has(image)) {
      const bool is_held_out =
          Random(key.at("held-out").at(pair.file)).chance(options.held_out_share);
      (is_held_out ? result.held_out : result.comparisons)
          .push_back(comparison_of(pair, image, std::move(own), options, key));
    }
  }
  left_out.refuse(problems);
  problems.finish();
  result.left_out = left_out.counts();
  return result;
}

}  // namespace plumbline::data
