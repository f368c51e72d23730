// CHAIR against its rules restated in Python (tools/golden/eval/objects.py), by all variants.
#include <fmt/format.h>

#include "tests/golden/eval/object_files.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenChair, FiguresOfAllVariants) {
  if (!has_wordnet()) GTEST_SKIP() << "needs the package wordnet-base";
  const auto& chair = benchmark("chair");
  const std::string folder = kEvalFolder + "chair/";
  int compared = 0;
  const auto expected = expected_of("chair");
  for (const auto& [variant, figures] : expected.items()) {
    const size_t blank = variant.find(' ');
    auto request = golden_request(
        chair, {{"answers", "captions.jsonl"}, {"synonyms", "synonyms.txt"}},
        {"chair.lemma=" + variant.substr(0, blank), "chair.synonyms=" + variant.substr(blank + 1)});
    for (const char* name : {"instances", "captions"}) {
      request.files[name] = fmt::format("{0}{1}_val.json,{0}{1}_train.json", folder, name);
    }
    const auto scoring = chair.score(request);
    for (const auto& [name, value] : figures.items()) {
      EXPECT_NEAR(golden_figure(scoring, name), value.get<double>(), 1e-12)
          << variant << " " << name;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 24);
}

}  // namespace
}  // namespace plumbline::benchmarks
