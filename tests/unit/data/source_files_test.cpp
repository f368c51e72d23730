#include "plumbline/data/source_files.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kQuestions =
    R"({"data_subtype": "val2014", "questions": [{"question_id": 1}]})";
constexpr const char* kAnnotations =
    R"({"annotations": [{"multiple_choice_answer": "a", "answers": [{"answer": "b"}]}]})";

std::string error_of(const std::string& text, SourceKind kind) {
  const support::TemporaryFile file(text);
  return support::error_text<DataError>([&] { read_source(file.path(), kind); });
}

TEST(ReadSource, GivesEntriesAndHeader) {
  const support::TemporaryFile file(kQuestions);
  const AnnotationFile source = read_source(file.path(), SourceKind::VqaQuestions);
  EXPECT_EQ(source.entries.size(), 1U);
  EXPECT_EQ(header_text(source, "data_subtype"), "val2014");
  EXPECT_EQ(header_text(source, "license"), "");
  EXPECT_FALSE(source.header.contains("questions"));
  const support::TemporaryFile list(R"([{"choices": []}])");
  EXPECT_EQ(read_source(list.path(), SourceKind::AokvqaQuestions).entries.size(), 1U);
}

TEST(ReadSource, LeavesOutSingleAnswers) {
  const support::TemporaryFile file(kAnnotations);
  EXPECT_EQ(read_source(file.path(), SourceKind::VqaAnnotations).entries[0],
            json({{"multiple_choice_answer", "a"}}));
}

TEST(ReadSource, SaysWhatAnotherFileIs) {
  EXPECT_THAT(error_of(kQuestions, SourceKind::VqaAnnotations),
              HasSubstr("reading VQA-v2 annotations: expected an object whose \"annotations\" have "
                        "\"multiple_choice_answer\", got VQA-v2 questions ("));
  EXPECT_THAT(error_of(kAnnotations, SourceKind::VqaQuestions),
              HasSubstr("got VQA-v2 annotations"));
  EXPECT_THAT(error_of(kAnnotations, SourceKind::CocoCaptions),
              HasSubstr("got VQA-v2 annotations"));
  EXPECT_THAT(error_of(kQuestions, SourceKind::AokvqaQuestions),
              HasSubstr("a list whose entries have \"choices\", got VQA-v2 questions"));
  EXPECT_THAT(error_of(R"([{"id": 1, "image": "a"}])", SourceKind::AokvqaQuestions),
              HasSubstr("got a list of objects with the members id, image"));
  EXPECT_THAT(error_of(R"({"questions": []})", SourceKind::VqaQuestions),
              HasSubstr("got an object with the members questions"));
  EXPECT_THAT(error_of("[]", SourceKind::VqaQuestions), HasSubstr("got an empty list"));
  EXPECT_THAT(error_of("[1]", SourceKind::VqaQuestions), HasSubstr("got a list of numbers"));
  EXPECT_THAT(error_of("7", SourceKind::VqaQuestions), HasSubstr("got a single number"));
  EXPECT_THAT(error_of("{", SourceKind::VqaQuestions), HasSubstr("expected a JSON file"));
  EXPECT_THROW(read_source("/no/such/file", SourceKind::VqaQuestions), IoError);
}

TEST(ForEachEntry, MakesProblemsOfWhatDoesNotFit) {
  const json entries = json::parse(
      R"([1, {"id": -1}, {"id": 1.5}, {"id": 1e30}, {"id": 3}, {}, {"id": 4, "text": 5},
          {"id": 5, "text": "  "}, {"id": 6, "text": "an <image> here"}, {"id": 7, "text": " a b\n"}])");
  Problems problems("", "testing");
  std::vector<int64_t> ids;
  std::vector<std::string> texts;
  for_each_entry(entries, "f.json", "line", problems, [&](const json& entry, const std::string&) {
    ids.push_back(id_member(entry, "id"));
    texts.push_back(full_text_member(entry, "text"));
  });
  EXPECT_THAT(ids, ElementsAre(3, 4, 5, 6, 7));
  EXPECT_THAT(texts, ElementsAre("a b"));
  const auto error = support::error_text<DataError>([&] { problems.finish(); });
  EXPECT_THAT(error, HasSubstr("9 problems"));
  EXPECT_THAT(error, HasSubstr("f.json, line 1: expected an object, got number"));
  EXPECT_THAT(error, HasSubstr("f.json, line 2: expected \"id\" to be a whole number, got -1"));
  EXPECT_THAT(error, HasSubstr("f.json, line 5: expected \"text\", got none"));
  EXPECT_THAT(error, HasSubstr("f.json, line 6: expected \"id\", got none"));
  EXPECT_THAT(error, HasSubstr("f.json, line 7: expected \"text\" to be text, got 5"));
  EXPECT_THAT(error, HasSubstr("f.json, line 8: expected text in \"text\", got none"));
  EXPECT_THAT(error, HasSubstr("f.json, line 9: expected no <image> in \"text\", got one"));
}

TEST(LeftOutEntries, AreProblemsUnlessAllowed) {
  LeftOut left_out;
  left_out.add("cups", "cup 1", false);
  left_out.add("cups", "cup 2", false);
  left_out.add("jars", "jar 1", true);
  EXPECT_THAT(left_out.counts(), ElementsAre(testing::Pair("jars", 1)));
  Problems problems("", "testing");
  left_out.refuse(problems);
  const auto error = support::error_text<DataError>([&] { problems.finish(); });
  EXPECT_THAT(error, HasSubstr("cups: expected none, got 2, such as cup 1"));
  EXPECT_THAT(error, testing::Not(HasSubstr("jars")));
}

TEST(ImageChecks, CountAnImageOnce) {
  const support::ScratchFolder folder;
  write_file(folder / "a.jpg", "");
  LeftOut left_out;
  const Tolerance tolerance{.image_folder = folder.path().string(), .skip_missing_images = true};
  ImageCheck check(tolerance, left_out);
  EXPECT_TRUE(check.has("a.jpg"));
  EXPECT_FALSE(check.has("b.jpg"));
  EXPECT_FALSE(check.has("b.jpg"));
  EXPECT_THAT(left_out.counts(), ElementsAre(testing::Pair("images that are not there", 1)));
  const Tolerance none;
  EXPECT_TRUE(ImageCheck(none, left_out).has("b.jpg"));
}

}  // namespace
}  // namespace plumbline::data
