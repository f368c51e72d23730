#include "plumbline/data/data_report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr int64_t kImageToken = 900;

// A token per character, three per counted image; answers are trained. "refuse" throws.
text::EncodedConversation encode(const Conversation& c) {
  text::EncodedConversation out;
  const auto add = [&](const std::string& text) {
    if (text == "refuse") {
      throw DataError(Complaint{.component = "test", .doing = "encoding", .got = "refuse"});
    }
    out.ids.insert(out.ids.end(), text.begin(), text.end());
  };
  for (const text::Turn& turn : c.turns) {
    for (int64_t i = 0; i < 3 * turn.images_before; ++i) out.ids.push_back(kImageToken);
    const int64_t begin = std::ssize(out.ids);
    add(turn.text);
    if (!turn.is_user && turn.is_trained) out.answers.emplace_back(begin, std::ssize(out.ids));
  }
  if (!c.text.empty()) {
    add(c.text);
    out.answers.emplace_back(0, std::ssize(out.ids));
  }
  return out;
}

class DataReports : public support::Scratch {
 protected:
  void SetUp() override {
    for (const char* name : {"x.png", "y.png", "broken.png"}) write_file(path(name), "");
  }
  DataReport report(const std::string& lines, const ReportOptions& options = {}) {
    write_file(path("a.jsonl"), lines);
    return report_of("a.jsonl", options);
  }
  DataReport report_of(const std::string& name, const ReportOptions& options = {}) {
    inspected_.clear();
    const auto inspect = [this](const std::string& image) -> std::string {
      inspected_.push_back(image);
      return image.ends_with("broken.png") ? "ends too early" : "";
    };
    return report_data(path(name), folder_.string(), encode, inspect, options);
  }
  static std::string pair(const std::string& prompt, const std::string& answer,
                          const std::string& more = "") {
    return R"({"prompt": ")" + prompt + R"(", "completion": ")" + answer + "\"" + more + "}\n";
  }

  std::vector<std::string> inspected_;
};

TEST_F(DataReports, CountsFormsImagesAndTokens) {
  const auto r = report(pair("aaaa", "bb", R"(, "images": ["x.png", "y.png"])") +
                        pair("aaaa", "b", R"(, "images": ["x.png"])") + R"({"text": "abc"})");
  ASSERT_EQ(r.sources.size(), 1U);
  EXPECT_THAT(r.sources[0].forms, UnorderedElementsAre(Pair("prompt", 2), Pair("text", 1)));
  EXPECT_EQ(r.num_records, 3);
  EXPECT_EQ(r.num_bad, 0);
  EXPECT_EQ(r.num_images, 3);
  EXPECT_EQ(r.num_distinct_images, 2);
  EXPECT_THAT(inspected_, ElementsAre(path("x.png"), path("y.png")));
  // 6 + 4 + 2, 3 + 4 + 1, and 3 tokens, of which 2, 1 and 3 are trained.
  EXPECT_EQ(r.tokens.sum, 23);
  EXPECT_EQ(r.tokens.min, 3);
  EXPECT_EQ(r.tokens.median, 8);
  EXPECT_EQ(r.tokens.max, 12);
  EXPECT_EQ(r.num_answer_tokens, 6);
  EXPECT_TRUE(is_clean(r));
  EXPECT_EQ(r.would_be_dropped_silently, 0);
}

TEST_F(DataReports, FindsEveryKindInOneWalk) {
  const auto r = report(
      "{\n" + pair("same", "answer") + pair("same", "answer") + pair("1", "b", R"(, "id": "1")") +
      pair("2", "b", R"(, "id": "1")") + pair("3", "b", R"(, "images": "gone.png")") +
      pair("4", "b", R"(, "images": "broken.png")") +
      pair("5", "b", R"(, "images": "broken.png")") + pair("6", " ") + pair("refuse", "b") +
      R"({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}]})"
      "\n{\"role\": 3}\n");
  EXPECT_EQ(r.unreadable.count, 2);
  EXPECT_THAT(r.unreadable.first[0], HasSubstr("a.jsonl:1: "));
  EXPECT_THAT(r.unreadable.first[1], HasSubstr("a.jsonl:12: expected"));
  EXPECT_THAT(r.duplicates.first,
              ElementsAre(path("a.jsonl") + ":3: the same as " + path("a.jsonl") + ":2"));
  EXPECT_EQ(r.duplicate_ids.count, 1);
  EXPECT_EQ(r.missing_images.count, 1);
  EXPECT_THAT(r.broken_images.first,
              ElementsAre(path("a.jsonl") + ":7: " + path("broken.png") + ": ends too early"));
  EXPECT_EQ(r.wrong_turns.count, 1);
  EXPECT_EQ(r.unencodable.count, 1);
  EXPECT_THAT(r.unencodable.first[0], HasSubstr("a.jsonl:10: "));
  EXPECT_EQ(r.without_label.count, 1);
  EXPECT_EQ(r.would_be_dropped_silently, 1);
  EXPECT_EQ(r.num_records, 12);
  EXPECT_EQ(r.num_bad, 4);  // lines 1, 6, 9 and 12; an id that comes twice is told only
  EXPECT_THAT(r.sources[0].forms,
              UnorderedElementsAre(Pair("prompt", 9), Pair("messages", 1), Pair("unread", 2)));
  EXPECT_FALSE(is_clean(r));
}

TEST_F(DataReports, SayWhatBecomesOfTheOverLong) {
  // 10 tokens at most: fits; loses half of its answer; loses all of it; has images beyond.
  const std::string lines = pair("aaaaa", "bbbbb") + pair("aaaaaa", "bbbbbbbb") +
                            pair("aaaaaaaaaa", "bb") +
                            pair("a", "b", R"(, "images": ["x.png", "y.png", "x.png", "y.png"])");
  const auto cut = report(lines, {10, config::TooLong::Truncate, kImageToken});
  EXPECT_THAT(cut.over_long.first,
              ElementsAre(HasSubstr(":2: 14 tokens, of at most 10: cut, 4 of 8 answer tokens"),
                          HasSubstr(":3: 12 tokens, of at most 10: cut before its answer"),
                          HasSubstr(":4: 14 tokens, of at most 10: cut before its answer")));
  EXPECT_EQ(cut.over_long.count, 3);
  EXPECT_EQ(cut.num_truncated, 1);
  EXPECT_EQ(cut.num_label_cut, 2);
  EXPECT_EQ(cut.would_be_dropped_silently, 2);

  const auto none = report(
      R"({"messages": [{"role": "user", "content": "aaaaaaaaaaa"}, {"role": "assistant", "content": "b", "weight": 0}]})",
      {10, config::TooLong::Truncate});
  EXPECT_THAT(none.over_long.first, ElementsAre(HasSubstr("cut, nothing of it was trained")));
  EXPECT_EQ(none.num_label_cut, 0);
  EXPECT_EQ(none.would_be_dropped_silently, 1);

  const auto refuse = report(lines, {10, config::TooLong::Refuse, kImageToken});
  EXPECT_EQ(refuse.num_refused, 3);
  EXPECT_EQ(refuse.would_be_dropped_silently, 0);
  EXPECT_FALSE(is_clean(refuse));
  const auto skip = report(lines, {10, config::TooLong::Skip, kImageToken});
  EXPECT_EQ(skip.num_skipped, 3);
  EXPECT_EQ(skip.num_refused, 0);
  EXPECT_TRUE(is_clean(skip));
  EXPECT_EQ(report(lines).over_long.count, 0);
}

TEST_F(DataReports, ListTenAndCountAll) {
  std::string lines;
  for (int i = 0; i < 13; ++i) lines += "{}\n";
  const auto r = report(lines);
  EXPECT_EQ(r.unreadable.count, 13);
  EXPECT_EQ(r.unreadable.first.size(), 10U);
  EXPECT_THAT(report_text(r), HasSubstr("cannot be read: 13"));
  EXPECT_THAT(report_text(r), HasSubstr("... and 3 more"));
}

TEST_F(DataReports, ASourceThatCannotBeReadIsAFinding) {
  write_file(path("a.jsonl"), R"({"text": "a"})");
  write_file(path("mix.toml"),
             "[[source]]\nfile = \"a.jsonl\"\nweight = 0.5\n[[source]]\nfile = \"gone\"\n");
  const auto r = report_of("mix.toml");
  EXPECT_EQ(r.num_records, 1);
  EXPECT_EQ(r.unreadable.count, 1);
  EXPECT_EQ(r.sources[1].num_records, 0);
  EXPECT_FALSE(is_clean(r));
  EXPECT_THROW(report_of("gone.json"), IoError);
}

TEST_F(DataReports, AreTextAndJson) {
  const auto r = report(pair("aaa", "b") + pair("aaa", "b") + pair("aaaaaaaaa", "bbb"),
                        {10, config::TooLong::Truncate});
  EXPECT_EQ(report_text(r), fmt::format(R"(3 records, 0 bad; 0 images, 0 distinct
  {0}: 3 records (3 prompt), weight 1, 0 bad
tokens: 20 in 3 examples, 25.0 % of them trained
  shortest 4, median 4, p95 12, longest 12
        0 to 1              0 
        2 to 3              0 
        4 to 5              2 ###########################
        6 to 7              0 
        8 to 9              0 
       10 to 11             0 
       12 to 13             1 ##############
the same as an earlier record: 1
  {0}:2: the same as {0}:1
longer than the model takes: 1
  {0}:3: 12 tokens, of at most 10: cut, 1 of 3 answer tokens are left
  of these: 0 refused, 0 skipped, 1 cut, 0 cut before their answer
would be dropped silently: 0
)",
                                        path("a.jsonl")));
  const auto json = report_json(r);
  EXPECT_EQ(json["records"], 3);
  EXPECT_EQ(json["sources"][0]["forms"]["prompt"], 3);
  EXPECT_EQ(json["tokens"]["answer_share"], 0.25);
  EXPECT_EQ(json["tokens"]["buckets"][2]["count"], 2);
  EXPECT_EQ(json["findings"]["duplicates"]["count"], 1);
  EXPECT_EQ(json["findings"]["missing_images"]["count"], 0);
  EXPECT_EQ(json["over_long"]["truncated"], 1);
  EXPECT_EQ(json["is_clean"], true);
}

}  // namespace
}  // namespace plumbline::data
