#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "samples.h"
#include "tests/support/scratch.h"

namespace plumbline::world {
namespace {

class BenchmarkFile : public support::Scratch {
 protected:
  std::string problem() {
    try {
      read_benchmark(path_.string());
    } catch (const DataError& e) {
      return e.what();
    }
    return "";
  }
  const fs::path path_ = folder_ / "benchmark.jsonl";
};

TEST_F(BenchmarkFile, ReadsBackEveryTypeOfItem) {
  std::vector<BenchmarkItem> items;
  for (const std::string& type : question_types()) {
    for_each_item(type, 5, [&](BenchmarkItem item, RandomKey) {
      item.id = type + std::to_string(items.size());
      item.image = "000001.png";
      items.push_back(item);
    });
  }
  write_benchmark(path_.string(), items);
  const auto again = read_benchmark(path_.string());
  ASSERT_EQ(again.size(), items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    EXPECT_EQ(again[i].id, items[i].id);
    EXPECT_EQ(again[i].image, items[i].image);
    EXPECT_EQ(again[i].type, items[i].type);
    EXPECT_EQ(again[i].question, items[i].question);
    EXPECT_EQ(again[i].reference, items[i].reference);
    EXPECT_EQ(again[i].expected, items[i].expected);
    EXPECT_EQ(again[i].subject, items[i].subject);
    EXPECT_EQ(again[i].other, items[i].other);
    EXPECT_EQ(again[i].sampling, items[i].sampling);
    EXPECT_EQ(again[i].scene, items[i].scene);
  }
}

TEST_F(BenchmarkFile, ComplaintsNameFileLineAndField) {
  const auto item = kitchen_item("yes_no", "is there a cup?", "yes", "cup");
  write_benchmark(path_.string(), {item, item});
  const std::string good = read_file(path_);
  const size_t second = good.find('\n') + 1;
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const size_t at = text.find(from, second);
    text.replace(at, from.size(), to);
    write_file(path_, text);
    return problem();
  };
  using testing::AllOf;
  using testing::HasSubstr;
  EXPECT_THAT(with("\"yes_no\"", "\"riddle\""),
              AllOf(HasSubstr("benchmark.jsonl:2"), HasSubstr("riddle")));
  EXPECT_THAT(with("\"red\"", "\"mauve\""),
              AllOf(HasSubstr("benchmark.jsonl:2"), HasSubstr("mauve")));
  EXPECT_THAT(with("[0,4]", "[0,16]"), HasSubstr("cells"));
  EXPECT_THAT(with("[0,4]", "[0,7]"), HasSubstr("distinct cells"));
  EXPECT_THAT(with("\"expected\":\"yes\"", "\"expected\":\"maybe\""), HasSubstr("maybe"));
  EXPECT_THAT(with("\"subject\":\"cup\"", "\"subject\":\"\""), HasSubstr("subject"));
  EXPECT_THAT(with("\"category\":\"chair\"", "\"category\":\"cup\""),
              HasSubstr("distinct categories"));
  EXPECT_THAT(with("\"reference\"", "\"referenz\""), HasSubstr("reference"));
}

}  // namespace
}  // namespace plumbline::world
