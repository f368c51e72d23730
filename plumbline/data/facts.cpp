#include "plumbline/data/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::data {

std::vector<std::string> facts_of(const Facts& facts, const std::string& image) {
  const std::string stem = fs::path(image).stem().string();
  const size_t first = std::min(stem.find_first_not_of('0'), stem.empty() ? 0 : stem.size() - 1);
  for (const std::string& name : {image, stem, stem.substr(first)}) {
    if (const auto it = facts.find(name); it != facts.end()) return it->second;
  }
  return {};
}

std::vector<std::string> shuffled_facts(const Facts& facts, const std::string& image,
                                        int64_t max_facts, RandomKey key) {
  auto result = facts_of(facts, image);
  Random(key).shuffle(result);
  if (static_cast<int64_t>(result.size()) > max_facts)
    result.resize(static_cast<size_t>(max_facts));
  return result;
}

void check_facts(const Facts& facts, const std::vector<std::string>& images,
                 const std::string& path) {
  std::set<std::string> missing;
  for (const auto& image : images) {
    if (!image.empty() && facts_of(facts, image).empty()) missing.insert(image);
  }
  if (missing.empty()) return;
  throw DataError(Complaint{
      .component = "data",
      .doing = "looking up the facts of images",
      .expected = "facts for every image",
      .got = fmt::format("none for {} of them, such as '{}'", missing.size(), *missing.begin()),
      .where = path,
      .hint =
          "the file maps an image's file name (or its id) to a list of captions; set facts = false "
          "for a reward model without them."});
}

}  // namespace plumbline::data
