#include "plumbline/model/initial_values.h"

#include "tiny.h"

namespace plumbline::model {
namespace {

TEST(InitialValues, FollowTheirDistribution) {
  const at::Tensor normal = normal_values({100, 100}, 0.5, random_key(1, "n"));
  EXPECT_NEAR(normal.mean().item<double>(), 0, 0.02);
  EXPECT_NEAR(normal.std().item<double>(), 0.5, 0.02);
  const at::Tensor uniform = uniform_values({100, 100}, 0.5, random_key(1, "u"));
  EXPECT_NEAR(uniform.std().item<double>(), 0.5 / std::sqrt(3.0), 0.02);
  EXPECT_LE(uniform.abs().max().item<double>(), 0.5);
}

TEST(InitialValues, FollowFromTheKeyAlone) {
  const at::Tensor values = normal_values({9000}, 1, random_key(1, "n"));
  EXPECT_TRUE(at::equal(values, normal_values({9000}, 1, random_key(1, "n"))));
  EXPECT_FALSE(at::equal(values, normal_values({9000}, 1, random_key(2, "n"))));
  EXPECT_FALSE(at::equal(values.narrow(0, 0, 4096), values.narrow(0, 4096, 4096)));
}

}  // namespace
}  // namespace plumbline::model
