// chat, score and inspect as a user runs them, on the base of the demo.
#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/process.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using nlohmann::json;
using support::Outcome;
using support::plumbline;
using testing::HasSubstr;

const std::string kModel = "assets/world-base";

class Models : public testing::Test {
 protected:
  std::vector<json> score(const std::string& lines) {
    write_file(scratch_ / "in.jsonl", lines);
    const Outcome o = plumbline({"score", "--model", kModel, "--conversation", "brief", "--dtype",
                                 "float32", "--in", scratch_ / "in.jsonl"});
    EXPECT_EQ(o.exit_code, 0) << o.err;
    std::vector<json> out;
    std::istringstream stream(o.out);
    for (std::string line; std::getline(stream, line);) out.push_back(json::parse(line));
    return out;
  }
  support::ScratchFolder scratch_;
};

// The same answer as a conversation, as messages, and as the tokens that inspect shows.
TEST_F(Models, ScoreGivesOneAnswerTheSameNumbersInEveryForm) {
  const std::string prompt =
      R"({"id": "p", "prompt": "what color is the cup?", "answer": "the cup is red."})";
  const std::string messages =
      R"({"id": 5, "messages": [{"role": "user", "content": "what color is the cup?"},)"
      R"( {"role": "assistant", "content": "the cup is red."}]})";
  const auto both = score(prompt + "\n" + messages);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0]["id"], "p");
  EXPECT_EQ(both[1]["id"], 5);
  EXPECT_EQ(both[0]["tokens"], both[1]["tokens"]);
  double sum = 0;
  for (const json& value : both[0]["logprobs"]) {
    EXPECT_LE(value.get<double>(), 0);
    sum += value.get<double>();
  }
  EXPECT_NEAR(sum, both[0]["sum"].get<double>(), 1e-9);
  // Alone as in company, up to rounding.
  const auto alone = score(prompt);
  EXPECT_NEAR(alone[0]["sum"].get<double>(), sum, 1e-4);
  // A false end makes the answer less likely.
  const auto odd =
      score(R"({"prompt": "what color is the cup?", "answer": "kitchen cup three the."})");
  EXPECT_LT(odd[0]["sum"].get<double>(), sum - 5);
}

// A question about two pictures, in order and exchanged; the model by --base.
TEST_F(Models, ScoreSeesSeveralImagesInTheirOrder) {
  ASSERT_EQ(plumbline({"world", "--split", "benchmark", "--images", "2", "--out", scratch_ / "w"})
                .exit_code,
            0);
  std::vector<std::string> images;
  for (const auto& entry : fs::directory_iterator(scratch_.path() / "w/images"))
    images.push_back(fs::absolute(entry.path()).string());
  ASSERT_EQ(images.size(), 2u);
  const json image = {{"type", "image"}};
  const json question = {image, image, {{"type", "text"}, {"text", "what places are these?"}}};
  const auto record = [&](const std::vector<std::string>& shown) {
    return json{{"messages",
                 {{{"role", "user"}, {"content", question}},
                  {{"role", "assistant"}, {"content", "this is a kitchen."}}}},
                {"images", shown}}
               .dump() +
           "\n";
  };
  const auto scored = score(record(images) + record({images[1], images[0]}) + record(images));
  ASSERT_EQ(scored.size(), 3u);
  EXPECT_NEAR(scored[0]["sum"], scored[2]["sum"], 1e-4);
  EXPECT_GT(std::abs(scored[0]["sum"].get<double>() - scored[1]["sum"].get<double>()), 1e-3);
  write_file(scratch_ / "in.jsonl", record({images[0]}));
  const Outcome few = plumbline({"score", "--base", kModel, "--in", scratch_ / "in.jsonl"});
  EXPECT_EQ(few.exit_code, 3);
  EXPECT_THAT(few.err, HasSubstr("image"));
  write_file(scratch_ / "in.jsonl", record(images));
  EXPECT_EQ(plumbline({"score", "--base", kModel, "--in", scratch_ / "in.jsonl"}).exit_code, 0);
  EXPECT_EQ(plumbline({"chat", "--model", kModel, "--image", images[0], "--image", images[1],
                       "--prompt", "what place is this?", "--set", "generation.max_tokens=4"})
                .exit_code,
            0);
}

TEST_F(Models, ScoreNamesEveryBadRecordAndEndsWith3) {
  write_file(scratch_ / "in.jsonl", "{\"prompt\": \"a\"}\n{\"input_ids\": [1, 99999]}\n");
  const Outcome o = plumbline({"score", "--model", kModel, "--in", scratch_ / "in.jsonl"});
  EXPECT_EQ(o.exit_code, 3);
  EXPECT_THAT(o.err, HasSubstr("answer to be text"));
  write_file(scratch_ / "in.jsonl", "{\"input_ids\": [1, 99999]}\n");
  const Outcome ids = plumbline({"score", "--model", kModel, "--in", scratch_ / "in.jsonl"});
  EXPECT_EQ(ids.exit_code, 3);
  EXPECT_THAT(ids.err, HasSubstr("got 99999"));
}

TEST_F(Models, ChatAnswersAQuestionAboutAPicture) {
  ASSERT_EQ(plumbline({"world", "--split", "benchmark", "--images", "1", "--out", scratch_ / "w"})
                .exit_code,
            0);
  fs::path image;
  for (const auto& entry : fs::directory_iterator(scratch_.path() / "w/images"))
    image = entry.path();
  const std::vector<std::string> ask = {"chat",
                                        "--model",
                                        kModel,
                                        "--conversation",
                                        "brief",
                                        "--image",
                                        image.string(),
                                        "--prompt",
                                        "what place is this?",
                                        "--set",
                                        "generation.temperature=0"};
  const Outcome o = plumbline(ask);
  EXPECT_EQ(o.exit_code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("this is a"));
  EXPECT_EQ(plumbline(ask).out, o.out);
}

TEST_F(Models, ChatNamesWhatIsWrong) {
  const Outcome image =
      plumbline({"chat", "--model", kModel, "--image", scratch_ / "none.png", "--prompt", "a?"});
  EXPECT_EQ(image.exit_code, 3);
  EXPECT_THAT(image.err, HasSubstr("none.png"));
  const Outcome own =
      plumbline({"chat", "--model", kModel, "--conversation", "template", "--prompt", "a?"});
  EXPECT_EQ(own.exit_code, 2);
  EXPECT_THAT(own.err, HasSubstr("chat template"));
  EXPECT_EQ(plumbline({"chat", "--model", "no/such/folder", "--prompt", "a?"}).exit_code, 3);
}

TEST_F(Models, InspectFindsNothingMissingInOurBase) {
  const Outcome o = plumbline({"inspect", kModel, "--json"});
  ASSERT_EQ(o.exit_code, 0) << o.err;
  const json d = json::parse(o.out);
  EXPECT_THAT(d["layout"].get<std::string>(), HasSubstr("LLaVA"));
  EXPECT_TRUE(d["missing"].empty() && d["unused"].empty());
  EXPECT_NEAR(d["parameters"].get<double>(), 1.9e6, 0.1e6);
  const Outcome text = plumbline({"inspect", "tests/golden/architectures/llama/model.gguf"});
  EXPECT_THAT(text.out, HasSubstr("GGUF"));
  EXPECT_THAT(text.out, HasSubstr("missing: none"));
}

TEST_F(Models, InspectNamesTensorsOfOtherShapes) {
  const fs::path folder = scratch_ / "llama";
  fs::copy("tests/golden/architectures/llama", folder);
  fs::copy(folder / "dynamic.json", folder / "config.json", fs::copy_options::overwrite_existing);
  const Outcome sound = plumbline({"inspect", folder.string()});
  EXPECT_EQ(sound.exit_code, 0) << sound.err;
  EXPECT_THAT(sound.out, testing::Not(HasSubstr("other shapes")));
  json config = json::parse(read_file(folder / "config.json"));
  config["intermediate_size"] = 64;
  write_file(folder / "config.json", config.dump());
  EXPECT_THAT(plumbline({"inspect", folder.string()}).out,
              HasSubstr("mlp.up_proj.weight: expected [64, 32], got [48, 32]"));
}

// A weight that is no number ends with 4, and says so.
TEST_F(Models, ScoreRefusesWhatIsNotFinite) {
  const fs::path folder = scratch_ / "model";
  fs::copy(kModel, folder, fs::copy_options::recursive);
  std::string weights = read_file(folder / "model.safetensors");
  uint64_t header_size = 0;
  std::memcpy(&header_size, weights.data(), sizeof header_size);
  const json header = json::parse(weights.substr(8, header_size));
  const auto norm = header.at("language_model.model.norm.weight").at("data_offsets").at(0);
  // All bits set is no number in float32 and bfloat16.
  weights.replace(8 + header_size + norm.get<uint64_t>(), 4, "\xff\xff\xff\xff");
  write_file(folder / "model.safetensors", weights);
  write_file(scratch_ / "in.jsonl", R"({"prompt": "what is it?", "answer": "a cup."})");
  const Outcome o = plumbline({"score", "--model", folder.string(), "--in", scratch_ / "in.jsonl"});
  EXPECT_EQ(o.exit_code, 4) << o.out;
  EXPECT_THAT(o.err, HasSubstr("finite"));
}

TEST_F(Models, InspectShowsAnExampleTokenByToken) {
  write_file(scratch_ / "in.jsonl",
             R"({"prompt": "what is it?", "answer": "a cup.", "images": ["x.png"]})");
  const Outcome o =
      plumbline({"inspect", kModel, "--conversation", "brief", "--example", scratch_ / "in.jsonl"});
  ASSERT_EQ(o.exit_code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("image\n"));
  EXPECT_THAT(o.out, HasSubstr("trained  \"</s>\""));
  EXPECT_THAT(o.out, HasSubstr("rows, 1 image\n"));
}

}  // namespace
}  // namespace plumbline
