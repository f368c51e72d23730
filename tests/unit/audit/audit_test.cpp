#include "plumbline/audit/audit.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "sample_audit.h"

namespace plumbline::audit {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(Audit, ReadsBackWhatWasWritten) {
  const json written = json::parse(to_json(sample_audit()).dump());
  const Audit read = audit_from_json(written, "audit.json");
  // All that is in the structs is in the JSON: what differs would show in it.
  EXPECT_EQ(json::parse(to_json(read).dump()), written);
  EXPECT_EQ(read.models[0].name, "with facts");
  EXPECT_EQ(read.models[0].measures.num_ties, sample_audit().models[0].measures.num_ties);
  EXPECT_EQ(read.models[1].probes.size(), 0U);
  EXPECT_EQ(read.comparisons[0].figures.only_b_right,
            sample_audit().comparisons[0].figures.only_b_right);
}

TEST(Audit, SaysWhatAPlainReaderNeeds) {
  const json j = to_json(sample_audit());
  const json& model = j["models"][0];
  EXPECT_EQ(model["pairs"], 200);
  EXPECT_EQ(model["types"].size(), 3U);
  EXPECT_EQ(model["calibration"]["bins"].size(), 10U);
  EXPECT_EQ(model["scores"]["better"].size(), 20U);
  EXPECT_EQ(model["probes"][0]["probe"], "append_true");
  EXPECT_TRUE(model["accuracy"]["low"].is_number());
}

// Writing and reading could be wrong in the same way, so each member is looked at by itself.
TEST(Audit, MembersHaveTheirOwnNames) {
  const Audit audit = sample_audit();
  const json j = to_json(audit);
  const json& model = j["models"][0];
  const RewardMeasures& m = audit.models[0].measures;
  EXPECT_EQ(model["ties"], m.num_ties);
  EXPECT_EQ(model["images"], m.num_images);
  const auto& bin = m.calibration.bins[9];
  EXPECT_EQ(model["calibration"]["bins"][9], json({{"low", bin.low},
                                                   {"high", bin.high},
                                                   {"pairs", bin.pairs},
                                                   {"confidence", bin.confidence},
                                                   {"accuracy", bin.accuracy}}));
  EXPECT_EQ(model["scores"], json({{"low", m.scores.low},
                                   {"high", m.scores.high},
                                   {"better", m.scores.better},
                                   {"worse", m.scores.worse}}));
  EXPECT_EQ(model["types"][2]["group"], m.types[2].group);
  EXPECT_EQ(model["types"][2]["pairs"], m.types[2].pairs);
  const auto value = [](const json& interval) { return interval.at("value").get<double>(); };
  EXPECT_EQ(value(model["accuracy"]), m.accuracy.value);
  EXPECT_EQ(value(model["log_loss"]), m.log_loss.value);
  EXPECT_EQ(value(model["calibration"]["ece"]), m.calibration.ece.value);
  EXPECT_EQ(value(model["length"]["pearson"]), m.length.pearson.value);
  EXPECT_EQ(value(model["length"]["spearman"]), m.length.spearman.value);
  EXPECT_EQ(value(model["lengths"][0]["accuracy"]), m.lengths[0].accuracy.value);
  EXPECT_EQ(value(model["hallucinations"][0]["accuracy"]), m.hallucinations[0].accuracy.value);
  EXPECT_EQ(value(model["baselines"][0]["accuracy"]), m.baselines[0].accuracy.value);
  const ProbeFigures& probe = audit.models[0].probes[1];
  EXPECT_EQ(value(model["probes"][1]["right"]), probe.right.value);
  EXPECT_EQ(value(model["probes"][1]["change"]), probe.change.value);
  EXPECT_EQ(value(model["probes"][1]["absolute_change"]), probe.absolute_change.value);
  const json& comparison = j["comparisons"][0];
  const PairedComparison& f = audit.comparisons[0].figures;
  EXPECT_EQ(value(comparison["accuracy_a"]), f.accuracy_a.value);
  EXPECT_EQ(value(comparison["accuracy_b"]), f.accuracy_b.value);
  EXPECT_EQ(value(comparison["difference"]), f.difference.value);
  EXPECT_EQ(comparison["only_a_right"], f.only_a_right);
  EXPECT_EQ(comparison["only_b_right"], f.only_b_right);
}

TEST(Audit, RefusesOtherFiles) {
  const json good = to_json(sample_audit());
  const auto complaint = [](const json& value) -> std::string {
    try {
      audit_from_json(value, "runs/x/audit.json");
    } catch (const DataError& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(complaint(good), "");
  json bad = good;
  bad["models"][0].erase("accuracy");
  EXPECT_THAT(complaint(bad), HasSubstr("runs/x/audit.json"));
  bad = good;
  bad["models"][0]["probes"][0]["probe"] = "append";
  EXPECT_THAT(complaint(bad), HasSubstr("'append'"));
  bad = good;
  bad["models"][0]["scores"]["better"] = "many";
  EXPECT_NE(complaint(bad), "");
  EXPECT_NE(complaint(json::array()), "");
  EXPECT_NE(complaint(nullptr), "");
}

}  // namespace
}  // namespace plumbline::audit
