// Fine-tuning that stops and goes on, and that several processes share. The data and the losses are
// those of the golden runs (tests/golden/training).
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/integration/metrics_of.h"
#include "tests/support/process.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using nlohmann::json;
using support::Outcome;
using testing::HasSubstr;

const char* kGolden = "tests/golden/training/";

class Sft : public support::Scratch {
 protected:
  using Arguments = std::vector<std::string>;

  static json expected(const std::string& run) {
    return json::parse(read_file(kGolden + run + "/expected.json"));
  }
  // plumbline sft with the settings of a golden run, then `more`.
  Arguments sft(const std::string& run, const std::string& out,
                const std::vector<std::string>& more = {}) const {
    Arguments arguments = {"sft", "--quiet", "--out", path(out)};
    const json golden = expected(run);
    for (const auto& setting : golden["settings"]) {
      arguments.insert(arguments.end(), {"--set", setting.get<std::string>()});
    }
    for (const auto& setting : more) arguments.insert(arguments.end(), {"--set", setting});
    return arguments;
  }
  static void must(const Outcome& outcome) { ASSERT_EQ(outcome.exit_code, 0) << outcome.err; }

  std::vector<json> metrics(const std::string& run) const { return metrics_of(folder_ / run); }

  // A copy of a run that was cut off after `step`, with later checkpoints gone.
  void cut_after(const std::string& run, const std::string& copy, int64_t step) const {
    fs::remove_all(folder_ / copy);
    fs::copy(folder_ / run, folder_ / copy, fs::copy_options::recursive);
    auto about = json::parse(read_file(folder_ / copy / "run.json"));
    about.erase("finished");
    write_file(folder_ / copy / "run.json", about.dump());
    fs::remove_all(folder_ / copy / "adapter");
    fs::remove_all(folder_ / copy / "model");
    // What a later step has found best was not there yet.
    const fs::path best = folder_ / copy / "best";
    if (fs::exists(best) && json::parse(read_file(best / "state.json"))["step"] > step) {
      fs::remove_all(best);
    }
    for (const auto& entry : fs::directory_iterator(folder_ / copy / "checkpoints")) {
      if (std::stoll(entry.path().filename().string().substr(5)) > step) {
        fs::remove_all(entry.path());
      }
    }
  }

  // mpirun -n COUNT before plumbline's arguments; `shell` may stand around the program.
  static Outcome together(int count, const Arguments& arguments, const std::string& shell = "") {
    Arguments all = support::mpirun(count);
    if (shell.empty()) {
      all.push_back(support::program());
    } else {
      all.insert(all.end(), {"sh", "-c", shell, support::program()});
    }
    all.insert(all.end(), arguments.begin(), arguments.end());
    return support::run(all);
  }
  void expect_losses(const std::string& run, const std::string& golden) const {
    const auto lines = metrics(run);
    const json losses = expected(golden)["losses"], norms = expected(golden)["grad_norms"];
    ASSERT_EQ(lines.size(), losses.size());
    for (size_t i = 0; i < lines.size(); ++i) {
      EXPECT_NEAR(lines[i]["loss"].get<double>(), losses[i].get<double>(), 2e-5) << i;
      EXPECT_NEAR(lines[i]["grad_norm"].get<double>(), norms[i].get<double>(), 1e-4) << i;
    }
  }
};

TEST_F(Sft, GoesOnBitForBitFromEveryStep) {
  const std::vector<std::string> settings = {"sft.epochs=2",
                                             "sft.order=shuffled",
                                             "sft.micro_tokens=600",
                                             "lora.dropout=0.1",
                                             "run.checkpoint_every=1",
                                             "run.keep_checkpoints=99",
                                             "optimizer.ema_decay=0.9",
                                             "data.eval=tests/golden/training/conversations.json",
                                             "sft.eval_every=3"};
  must(support::plumbline(sft("lora", "whole", settings)));
  const auto whole = metrics("whole");
  ASSERT_EQ(whole.size(), 10U);
  for (int64_t step = 1; step < 10; ++step) {
    cut_after("whole", "cut", step);
    auto arguments = sft("lora", "cut", settings);
    arguments.erase(arguments.begin() + 1);  // --quiet
    arguments.push_back("--resume");
    const Outcome resumed = support::plumbline(arguments);
    must(resumed);
    EXPECT_THAT(resumed.err, HasSubstr("after step " + std::to_string(step)));
    EXPECT_EQ(metrics("cut"), whole) << "after step " << step;
    for (const char* file :
         {"adapter/adapter_model.safetensors", "best/adapter_model.safetensors"}) {
      EXPECT_TRUE(read_file(folder_ / "cut" / file) == read_file(folder_ / "whole" / file))
          << file << " after step " << step;
    }
  }
}

TEST_F(Sft, DropoutDoesNotDependOnPortionsOrProcesses) {
  const std::vector<std::string> settings = {"sft.epochs=2", "model.adapter=", "lora.dropout=0.3"};
  auto small = settings, plain = settings;
  small.emplace_back("sft.micro_tokens=1");
  plain[2] = "lora.dropout=0";
  must(support::plumbline(sft("lora", "whole", settings)));
  must(support::plumbline(sft("lora", "small", small)));
  must(support::plumbline(sft("lora", "plain", plain)));
  const auto whole = metrics("whole"), portions = metrics("small"), without = metrics("plain");
  ASSERT_EQ(whole.size(), 10U);
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_NEAR(portions[i]["loss"].get<double>(), whole[i]["loss"].get<double>(), 2e-5) << i;
    EXPECT_NEAR(portions[i]["grad_norm"].get<double>(), whole[i]["grad_norm"].get<double>(), 1e-4);
  }
  EXPECT_GT(std::abs(without[5]["grad_norm"].get<double>() - whole[5]["grad_norm"].get<double>()),
            1e-3);
  if (!support::has_mpi()) GTEST_SKIP() << "no MPI for the part with two processes";
  must(together(2, sft("lora", "two", settings)));
  const auto two = metrics("two");
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_NEAR(two[i]["loss"].get<double>(), whole[i]["loss"].get<double>(), 2e-5) << i;
  }
}

TEST_F(Sft, TheFullModelAndItsTowerGoOnToo) {
  for (const char* golden : {"full", "full_tower"}) {
    const std::vector<std::string> settings = {"sft.epochs=2", "run.checkpoint_every=4"};
    const std::string run = golden, cut = run + "-cut";
    must(support::plumbline(sft(golden, run, settings)));
    cut_after(run, cut, 4);
    auto arguments = sft(golden, cut, settings);
    arguments.push_back("--resume");
    must(support::plumbline(arguments));
    EXPECT_EQ(metrics(cut), metrics(run));
    EXPECT_TRUE(read_file(folder_ / cut / "model/model.safetensors") ==
                read_file(folder_ / run / "model/model.safetensors"));
  }
}

TEST_F(Sft, SeveralProcessesGiveTheCurveOfOne) {
  if (!support::has_mpi()) GTEST_SKIP() << "no MPI";
  for (const auto& [golden, count] :
       {std::pair("lora", 2), std::pair("full", 4), std::pair("full_tower", 2)}) {
    const std::string run = std::string(golden) + std::to_string(count);
    must(together(count, sft(golden, run)));
    expect_losses(run, golden);
  }
}

TEST_F(Sft, AProcessThatDiesEndsAllAndOthersGoOn) {
  if (!support::has_mpi()) GTEST_SKIP() << "no MPI";
  const std::vector<std::string> settings = {"sft.epochs=40", "run.checkpoint_every=1",
                                             "run.keep_checkpoints=2"};
  must(support::plumbline(sft("lora", "whole", settings)));
  // The second process is killed as soon as there is a checkpoint.
  const std::string mark = path("run/checkpoints/step-000003");
  const std::string shell =
      "if [ \"$OMPI_COMM_WORLD_RANK\" = 1 ]; then \"$0\" \"$@\" & pid=$!; "
      "while [ ! -e '" +
      mark +
      "' ]; do sleep 0.01; done; kill -9 $pid; wait $pid; exit 137; "
      "else exec \"$0\" \"$@\"; fi";
  auto arguments = sft("lora", "run", settings);
  EXPECT_NE(together(2, arguments, shell).exit_code, 0);
  EXPECT_LT(metrics("run").size(), 200U);
  arguments.push_back("--resume");
  must(together(4, arguments));
  const auto whole = metrics("whole"), resumed = metrics("run");
  ASSERT_EQ(resumed.size(), 200U);
  for (size_t i = 0; i < 200; ++i) {
    EXPECT_NEAR(resumed[i]["loss"].get<double>(), whole[i]["loss"].get<double>(), 1e-3) << i;
  }
}

TEST_F(Sft, SeveralProcessesReportOneError) {
  if (!support::has_mpi()) GTEST_SKIP() << "no MPI";
  const Outcome outcome = together(2, sft("lora", "run", {"data.train=gone.json"}));
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("gone.json"));
  EXPECT_EQ(outcome.err.find("error:"), outcome.err.rfind("error:")) << outcome.err;
}

TEST_F(Sft, ADryRunPlansAndWritesNothing) {
  auto arguments = sft("lora", "run");
  arguments.push_back("--dry-run");
  arguments.erase(arguments.begin() + 1);  // --quiet
  const Outcome outcome = support::plumbline(arguments);
  must(outcome);
  EXPECT_THAT(outcome.err, HasSubstr("memory planned"));
  EXPECT_THAT(outcome.err, HasSubstr("30 steps"));
  EXPECT_FALSE(fs::exists(folder_ / "run"));
}

TEST_F(Sft, BadInputIsNamedBeforeTraining) {
  const auto refused = [&](const std::vector<std::string>& settings, int code) {
    const Outcome outcome = support::plumbline(sft("lora", "run", settings));
    EXPECT_EQ(outcome.exit_code, code) << outcome.err;
    EXPECT_FALSE(fs::exists(folder_ / "run/metrics.jsonl"));
    return outcome.err;
  };
  write_file(folder_ / "empty.json", "[]");
  EXPECT_THAT(refused({"data.train=" + path("empty.json")}, 3), HasSubstr("empty.json"));
  EXPECT_THAT(refused({"sft.max_tokens=8"}, 3), HasSubstr("20 problems"));
  EXPECT_THAT(refused({"sft.max_tokens=8", "sft.too_long=skip"}, 3),
              HasSubstr("20 too long and left out"));
  EXPECT_THAT(refused({"model.adapter=", "lora.targets=[nothing]"}, 2), HasSubstr("'nothing'"));
  EXPECT_THAT(refused({"model.adapter=", "sft.train=full", "model.quantization=nf4"}, 2),
              HasSubstr("lora"));
  write_file(folder_ / "muted.json",
             R"([{"id": "1", "conversations": [{"from": "human", "value": "a"},
                 {"from": "gpt", "value": "b", "weight": 0}]}])");
  EXPECT_THAT(refused({"data.train=" + path("muted.json")}, 3), HasSubstr("an answer to learn"));
}

TEST_F(Sft, BrokenPicturesAreRefusedOrSkippedWithACount) {
  fs::copy("tests/golden/training/images", folder_ / "images");
  const fs::path first = fs::directory_iterator(folder_ / "images")->path();
  write_file(first, read_file(first).substr(0, 60));
  auto arguments = sft("lora", "run", {"data.images=" + path("images")});
  const Outcome refused = support::plumbline(arguments);
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr(first.filename().string()));
  arguments.insert(arguments.end(), {"--set", "data.bad_records=skip", "--force"});
  const Outcome skipped = support::plumbline(arguments);
  must(skipped);
  EXPECT_THAT(skipped.err, HasSubstr("1 images cannot be used"));
}

TEST_F(Sft, ResumingWithAnotherConfigNamesTheKeys) {
  must(support::plumbline(sft("lora", "run", {"sft.epochs=1", "run.checkpoint_every=2"})));
  cut_after("run", "cut", 2);
  auto arguments = sft("lora", "cut", {"sft.epochs=1", "run.checkpoint_every=2"});
  arguments.insert(arguments.end(), {"--resume", "--set", "optimizer.lr=0.5"});
  const Outcome outcome = support::plumbline(arguments);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("optimizer.lr"));
}

TEST_F(Sft, AFullDiskKeepsTheLastCheckpoint) {
  const std::vector<std::string> settings = {"run.checkpoint_every=5", "run.keep_checkpoints=99"};
  must(support::plumbline(sft("full", "whole", settings)));
  cut_after("whole", "run", 5);
  auto arguments = sft("full", "run", settings);
  arguments.push_back("--resume");
  const Outcome full = support::plumbline(arguments, [] { support::limit_file_size(200000); });
  EXPECT_EQ(full.exit_code, 3) << full.err;
  arguments.erase(arguments.begin() + 1);  // --quiet
  const Outcome resumed = support::plumbline(arguments);
  must(resumed);
  EXPECT_THAT(resumed.err, HasSubstr("after step 5"));
  EXPECT_EQ(metrics("run"), metrics("whole"));
}

}  // namespace
}  // namespace plumbline
