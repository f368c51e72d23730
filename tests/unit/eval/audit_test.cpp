#include "plumbline/eval/audit.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "sample_audit.h"

namespace plumbline::eval {
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
}  // namespace plumbline::eval
