#include "plumbline/checkpoint/sources.h"

#include <gtest/gtest.h>

#include <set>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::checkpoint {
namespace {

const std::string kFolder = "tests/golden/architectures/";

std::set<std::string> names(const std::string& path) {
  std::set<std::string> out;
  for (const Source& source : open_sources(path, read_config(path))) {
    for (const auto& [spelling, array] : source.file.arrays()) out.insert(source.classic(spelling));
  }
  return out;
}

TEST(Sources, TheOriginalLayoutFindsItsTowerInAFolderOfItsOwn) {
  const auto all = names(kFolder + "original_linear");
  EXPECT_TRUE(all.contains("multi_modal_projector.linear_1.weight"));
  EXPECT_TRUE(all.contains("vision_tower.vision_model.embeddings.class_embedding"));
  EXPECT_TRUE(all.contains("language_model.model.embed_tokens.weight"));
}

TEST(Sources, AnAdapterIsNoModel) {
  const support::ScratchFolder scratch;
  write_file(scratch / "adapter_config.json", "{}");
  try {
    read_config(scratch.path().string());
    FAIL() << "it was read";
  } catch (const ConfigError& e) {
    EXPECT_NE(std::string(e.what()).find("an adapter"), std::string::npos) << e.what();
  }
}

TEST(Sources, NothingThere) { EXPECT_THROW(read_config("no/such/folder"), IoError); }

}  // namespace
}  // namespace plumbline::checkpoint
