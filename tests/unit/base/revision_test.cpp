#include "plumbline/base/revision.h"

#include <gtest/gtest.h>

#include "plumbline/base/pattern.h"

namespace plumbline {
namespace {

TEST(Revision, IsACommit) {
  EXPECT_TRUE(Pattern("[0-9a-f]{12}(-dirty)?|unknown").match(revision())) << revision();
}

}  // namespace
}  // namespace plumbline
