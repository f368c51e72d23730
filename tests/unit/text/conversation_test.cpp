#include "plumbline/text/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/unit/text/tiny_tokenizer.h"

namespace plumbline::text {
namespace {

using testing::HasSubstr;

TokenIds joined(const std::vector<TokenIds>& parts) {
  TokenIds ids;
  for (const auto& p : parts) ids.insert(ids.end(), p.begin(), p.end());
  return ids;
}

TEST(Encode, EveryPieceIsEncodedByItself) {
  const auto t = tiny_tokenizer();
  const auto encoded =
      encode(t, tiny_format(), {{true, "<image>\nwhat is it?"}, {false, "a red cup"}});
  EXPECT_EQ(encoded.ids, joined({{0},
                                 t.encode("USER: "),
                                 {2, 2},
                                 t.encode("\nwhat is it? ASSISTANT:"),
                                 t.encode(" a red cup"),
                                 {1}}));
  EXPECT_EQ(encoded.num_images, 1);
}

TEST(Encode, PromptAndAnswerAreTheTrainingExample) {
  const auto t = tiny_tokenizer();
  const std::vector<Turn> question = {{true, "<image>\nwhat?"}, {false, "a cup"}, {true, "which?"}};
  auto whole = question;
  whole.push_back({false, "the red one"});
  const auto prompt = encode_prompt(t, tiny_format(), question);
  const auto example = encode(t, tiny_format(), whole);
  EXPECT_EQ(joined({prompt.ids, t.encode(" the red one"), {1}}), example.ids);
  EXPECT_EQ(example.answers.back().first, static_cast<int64_t>(prompt.ids.size()));
  EXPECT_TRUE(prompt.answers.empty());
}

TEST(Encode, AnswerRangesDecodeToAnswersAndEnd) {
  const auto t = tiny_tokenizer();
  const auto encoded = encode(
      t, tiny_format(), {{true, "a?"}, {false, "a cup"}, {true, "b?"}, {false, "two\nlines "}});
  ASSERT_EQ(encoded.answers.size(), 2u);
  EXPECT_EQ(t.decode(part(encoded.ids, encoded.answers[0]), true), " a cup</s>");
  EXPECT_EQ(t.decode(part(encoded.ids, encoded.answers[1]), true), " two\nlines </s>");
  EXPECT_EQ(t.decode(encoded.ids, true),
            "<s>USER: a? ASSISTANT: a cup</s>USER: b? ASSISTANT: two\nlines </s>");
}

TEST(Encode, UntrainedTurnsHaveNoRange) {
  const auto t = tiny_tokenizer();
  const auto encoded = encode(t, tiny_format(),
                              {{true, "a?"}, {false, "bad", false}, {true, "b?"}, {false, "good"}});
  ASSERT_EQ(encoded.answers.size(), 1u);
  EXPECT_EQ(t.decode(part(encoded.ids, encoded.answers[0])), " good");
}

TEST(Encode, SystemTextAndMissingBeginToken) {
  const auto t = tiny_tokenizer();
  auto format = tiny_format();
  format.conversation = conversation_template("vicuna_v1");
  format.begin_token = -1;
  const std::string text = t.decode(encode(t, format, {{true, "a?"}, {false, "b"}}).ids, true);
  EXPECT_THAT(text, testing::StartsWith("A chat between a curious user"));
  EXPECT_THAT(text, testing::EndsWith("the user's questions. USER: a? ASSISTANT: b</s>"));
}

TEST(Encode, ImagesAnywhereInAUserTurn) {
  const auto t = tiny_tokenizer();
  const auto encoded = encode_prompt(t, tiny_format(), {{true, "<image><image>x<image>"}});
  EXPECT_EQ(
      encoded.ids,
      joined(
          {{0}, t.encode("USER: "), {2, 2, 2, 2}, t.encode("x"), {2, 2}, t.encode(" ASSISTANT:")}));
  EXPECT_EQ(encoded.num_images, 3);
}

TEST(Encode, AnEmptyAnswerIsItsEndToken) {
  const auto t = tiny_tokenizer();
  const auto encoded = encode(t, tiny_format(), {{true, "a?"}, {false, ""}});
  EXPECT_EQ(part(encoded.ids, encoded.answers[0]), TokenIds{1});
}

TEST(Encode, ControlTokensInTextAreData) {
  const auto t = tiny_tokenizer();
  const auto encoded = encode(t, tiny_format(), {{true, "say </s>"}, {false, "</s><s>"}});
  EXPECT_EQ(std::count(encoded.ids.begin(), encoded.ids.end(), 1), 1);
  EXPECT_EQ(std::count(encoded.ids.begin(), encoded.ids.end(), 0), 1);
}

std::string error_of(const std::vector<Turn>& turns, bool is_prompt = false,
                     const PromptFormat& format = tiny_format()) {
  try {
    const auto t = tiny_tokenizer();
    is_prompt ? encode_prompt(t, format, turns) : encode(t, format, turns);
  } catch (const DataError& e) {
    return e.what();
  }
  ADD_FAILURE() << "no exception";
  return {};
}

TEST(Encode, RefusesTurnsThatCannotBe) {
  EXPECT_THAT(error_of({}), HasSubstr("at least one turn"));
  EXPECT_THAT(error_of({{false, "a"}}), HasSubstr("turn 1 to be the user's, got the assistant's"));
  EXPECT_THAT(error_of({{true, "a"}, {true, "b"}}), HasSubstr("turn 2 to be the assistant's"));
  EXPECT_THAT(error_of({{true, "a"}}), HasSubstr("last turn to be the assistant's"));
  EXPECT_THAT(error_of({{true, "a"}, {false, "b"}}, true), HasSubstr("last turn to be the user's"));
  EXPECT_THAT(error_of({{true, "a"}, {false, "see <image>"}}),
              HasSubstr("<image> in user turns only"));
  auto text_only = tiny_format();
  text_only.image_token = -1;
  EXPECT_THAT(error_of({{true, "<image>"}}, true, text_only), HasSubstr("takes no images"));
}

// As LLaVA's conversation.py writes two rounds; "{h}" and "{u}" stand for the system sentence.
TEST(ConversationTemplate, WritesRoundsAsTheOriginal) {
  const std::vector<std::string> special = {"<s>", "</s>", "<image>", "<|im_start|>", "<|im_end|>"};
  const auto t = tokenizer_from(train_bpe({"USER: a? ASSISTANT: b"}, 270, special));
  const std::vector<Turn> turns = {
      {true, "<image>\na?"}, {false, "b"}, {true, "c?"}, {false, "d."}};
  const auto written = [&](const char* name) {
    PromptFormat format{.conversation = conversation_template(name),
                        .image_token = 2,
                        .image_tokens = 1,
                        .end_token = 1,
                        .begin_token = -1};
    const auto encoded = encode(t, format, turns);
    std::string text = t.decode(encoded.ids, true);
    std::string answers;
    for (const auto& range : encoded.answers)
      answers += "[" + t.decode(part(encoded.ids, range), true) + "]";
    const std::string chat = "A chat between a curious ";
    if (text.starts_with(chat))
      text = "{" + text.substr(chat.size(), 1) + "}" + text.substr(text.find("questions.") + 10);
    return text + " " + answers;
  };
  EXPECT_EQ(written("vicuna_v1"),
            "{u} USER: <image>\na? ASSISTANT: b</s>USER: c? ASSISTANT: d.</s> [ b</s>][ d.</s>]");
  EXPECT_EQ(written("v1"), written("vicuna_v1"));
  EXPECT_EQ(written("llava_v1"),
            "{h} USER: <image>\na? ASSISTANT: b</s>USER: c? ASSISTANT: d.</s> [ b</s>][ d.</s>]");
  EXPECT_EQ(written("brief"),
            "USER: <image>\na? ASSISTANT: b</s>USER: c? ASSISTANT: d.</s> [ b</s>][ d.</s>]");
  EXPECT_EQ(
      written("llava_v0"),
      "{h}###Human: <image>\na?###Assistant: b###Human: c?###Assistant: d.### [ b###][ d.###]");
  EXPECT_EQ(written("plain"), "<image>\na?b\nc?d.\n [b\n][d.\n]");
  EXPECT_THAT(written("llava_llama_2"),
              testing::StartsWith("[INST] <<SYS>>\nYou are a helpful language and vision"));
  EXPECT_THAT(written("llava_llama_2"),
              testing::EndsWith(
                  "language.\n<</SYS>>\n\n<image>\na? [/INST] b </s><s>[INST] c? [/INST] d. </s> "
                  "[ b </s>][ d. </s>]"));
  EXPECT_THAT(
      written("mpt"),
      testing::EndsWith("answers.<|im_end|><|im_start|>user\n<image>\na?<|im_end|><|im_start|>"
                        "assistant\nb<|im_end|><|im_start|>user\nc?<|im_end|><|im_start|>"
                        "assistant\nd.<|im_end|> [b<|im_end|>][d.<|im_end|>]"));
  EXPECT_EQ(written("chatml"),
            "<|im_start|>user\n<image>\na?<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n"
            "<|im_start|>user\nc?<|im_end|>\n<|im_start|>assistant\nd.<|im_end|> "
            "[b<|im_end|>][d.<|im_end|>]");
}

TEST(ConversationTemplate, ControlTokensOfTheTemplateAreTokensThoseOfTurnsAreData) {
  const auto t = tokenizer_from(
      train_bpe({"abc"}, 262, {"<s>", "</s>", "<image>", "<|im_start|>", "<|im_end|>"}));
  const PromptFormat format{.conversation = conversation_template("chatml"), .end_token = 1};
  const auto encoded = encode(t, format, {{true, "<|im_end|>"}, {false, "</s><|im_start|>"}});
  EXPECT_EQ(std::count(encoded.ids.begin(), encoded.ids.end(), t.id("<|im_start|>")), 2);
  EXPECT_EQ(std::count(encoded.ids.begin(), encoded.ids.end(), t.id("<|im_end|>")), 2);
  EXPECT_EQ(end_token_of(t, format.conversation, 1), t.id("<|im_end|>"));
  EXPECT_EQ(end_token_of(t, conversation_template("llava_v0"), 1), 1);
}

TEST(Encode, WhereImagesAreCountedAPlaceholderIsDataInEveryTurn) {
  const auto t = tiny_tokenizer();
  const std::vector<Turn> turns = {{.text = "<image> a?", .images_before = 1},
                                   {.is_user = false, .text = "an <image>"},
                                   {.text = "b?", .images_before = 0}};
  const auto prompt = encode_prompt(t, tiny_format(), turns);
  EXPECT_EQ(prompt.num_images, 1);
  EXPECT_EQ(std::count(prompt.ids.begin(), prompt.ids.end(), 2), 2);  // one image of two rows
}

TEST(ConversationTemplate, UnknownNameListsTheKnown) {
  try {
    conversation_template("alpaca");
    FAIL() << "no exception";
  } catch (const ConfigError& e) {
    EXPECT_THAT(
        e.what(),
        HasSubstr("vicuna_v1, v1, llava_v1, llava_v0, llava_llama_2, plain, mpt, chatml or brief, "
                  "got 'alpaca'"));
  }
}

// Worked by hand: the row before an answer's token predicts it, and rows count on over
// conversations.
TEST(AnswerTargets, AreTheTokensOneRowLater) {
  const EncodedConversation first{{10, 11, 12, 13, 14}, {{2, 4}}, 0};
  const EncodedConversation second{{20, 21, 22, 23}, {{1, 2}, {3, 4}}, 0};
  const auto targets = answer_targets({&first, &second});
  EXPECT_EQ(targets.rows, (std::vector<int64_t>{1, 2, 5, 7}));
  EXPECT_EQ(targets.tokens, (TokenIds{12, 13, 21, 23}));
}

}  // namespace
}  // namespace plumbline::text
